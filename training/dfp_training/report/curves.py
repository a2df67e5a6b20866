"""Curves of a report as SVG."""

import html
from collections.abc import Callable

import numpy as np

from dfp_training.metrics.metric import Figure, Measured
from dfp_training.report.report import Findings

COLOURS = ("#c0392b", "#2471a3", "#b7950b", "#1e8449", "#7d3c98", "#566573")
FAR = 5.0  # times as high: the scale is then logarithmic


def curves(findings: Findings) -> dict[str, str]:
    """What a report shows over d, each an SVG of its own: by the measure's short name."""
    return {
        "kid": _curve(findings, "KID x1000, lower is better", lambda row: row.kid),
        "miou": _curve(findings, "mIoU with the label maps, higher is better", lambda row: row.conformance.mean),
    }


def _curve(findings: Findings, title: str, value: Callable[[Measured], Figure]) -> str:
    """One measure of every model, with 95 % intervals."""
    width, height, left, right, top, bottom = 620, 320, 60, 150, 30, 40
    figures = [[value(row) for row in rows] for rows in findings.rows]
    low = min(f.value - f.half for row in figures for f in row)
    high = max(f.value + f.half for row in figures for f in row)
    high = high if high > low else low + 1
    # One model far from the others would press their curves into one line.
    far = low > 0 and high > FAR * low
    scale = np.log if far else np.asarray
    ticks = np.geomspace(low, high, 5) if far else np.linspace(low, high, 5)
    offsets = findings.request.offsets
    span = (offsets[-1] - offsets[0]) or 1

    def x(d: float) -> float:
        return left + (d - offsets[0]) / span * (width - left - right)

    def y(v: float) -> float:
        return float(top + (scale(high) - scale(v)) / (scale(high) - scale(low)) * (height - top - bottom))

    parts = ['<rect width="100%" height="100%" fill="#fff"/>']
    parts.append(f'<text x="{left}" y="18" font-weight="bold">{html.escape(title)}</text>')
    for d in offsets:
        parts.append(f'<text x="{x(d):.1f}" y="{height - 18}" text-anchor="middle">{d:g}</text>')
    parts.append(f'<text x="{x(offsets[0]):.1f}" y="{height - 2}">d, pixels of 512</text>')
    for v in ticks:
        parts.append(f'<line x1="{left}" x2="{width - right}" y1="{y(v):.1f}" y2="{y(v):.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{left - 6}" y="{y(v) + 4:.1f}" text-anchor="end">{_short(v)}</text>')
    for i, (model, row) in enumerate(zip(findings.request.models, figures, strict=True)):
        colour = COLOURS[i % len(COLOURS)]
        points = " ".join(f"{x(d):.1f},{y(f.value):.1f}" for d, f in zip(offsets, row, strict=True))
        parts.append(f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for d, f in zip(offsets, row, strict=True):
            ends = [y(f.value + sign * f.half) for sign in (-1, 1)]
            parts.append(
                f'<line x1="{x(d):.1f}" x2="{x(d):.1f}" y1="{ends[0]:.1f}" y2="{ends[1]:.1f}" stroke="{colour}"/>'
            )
        name = html.escape(model.name)
        parts.append(f'<text x="{width - right + 12}" y="{top + 20 * i + 12}" fill="{colour}">{name}</text>')
    size = f'width="{width}" height="{height}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-size="12" font-family="sans-serif">{"".join(parts)}</svg>'
    )


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
