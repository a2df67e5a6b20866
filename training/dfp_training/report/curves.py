"""Curves of a report as SVG."""

import html
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from dfp_training.metrics.figure import Figure
from dfp_training.metrics.metric import Metric
from dfp_training.report.report import Findings

COLOURS = ("#c0392b", "#2471a3", "#b7950b", "#1e8449", "#7d3c98", "#566573")
WIDTH, HEIGHT = 620, 320
LEFT, RIGHT, TOP, BOTTOM = 60, 150, 30, 40  # margins
FAR = 5.0  # times as high: the scale is then logarithmic


def curves(findings: Findings) -> dict[str, str]:
    """What a report shows over d, each an SVG of its own: by the measure's name."""
    return {metric.name: _curve(findings, metric) for metric in findings.metrics if metric.curve}


def _curve(findings: Findings, metric: Metric) -> str:
    """One measure of every model that has it, with 95 % intervals."""
    drawn = [
        (model.name, COLOURS[i % len(COLOURS)], figures)
        for i, (model, rows) in enumerate(zip(findings.request.models, findings.rows, strict=True))
        if len(figures := [figure for row in rows if (figure := row[metric])]) == len(rows)
    ]
    plane = _Plane.of(findings.request.offsets, [figure for *_, figures in drawn for figure in figures])
    title = html.escape(f"{metric.heading}, {metric.better} is better")
    parts = [
        '<rect width="100%" height="100%" fill="#fff"/>',
        f'<text x="{LEFT}" y="18" font-weight="bold">{title}</text>',
        *plane.axes(),
    ]
    for i, (name, colour, figures) in enumerate(drawn):
        parts += plane.line(figures, colour)
        label = f'<text x="{WIDTH - RIGHT + 12}" y="{TOP + 20 * i + 12}" fill="{colour}">{html.escape(name)}</text>'
        parts.append(label)
    size = f'width="{WIDTH}" height="{HEIGHT}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-size="12" font-family="sans-serif">{"".join(parts)}</svg>'
    )


@dataclass(frozen=True)
class _Plane:
    """Where things lie in the picture: d across, values from `low` to `high` upwards, logarithmic if they are `far`."""

    offsets: Sequence[float]
    low: float
    high: float
    far: bool

    @classmethod
    def of(cls, offsets: Sequence[float], figures: Sequence[Figure]) -> "_Plane":
        low = min(f.value - f.half for f in figures)
        high = max(f.value + f.half for f in figures)
        high = high if high > low else low + 1
        # One model far from the others would press their curves into one line.
        return cls(offsets, low, high, low > 0 and high > FAR * low)

    def x(self, d: float) -> float:
        span = (self.offsets[-1] - self.offsets[0]) or 1
        return LEFT + (d - self.offsets[0]) / span * (WIDTH - LEFT - RIGHT)

    def y(self, v: float) -> float:
        scale = np.log if self.far else np.asarray
        share = (scale(self.high) - scale(v)) / (scale(self.high) - scale(self.low))
        return float(TOP + share * (HEIGHT - TOP - BOTTOM))

    def axes(self) -> Iterator[str]:
        for d in self.offsets:
            yield f'<text x="{self.x(d):.1f}" y="{HEIGHT - 18}" text-anchor="middle">{d:g}</text>'
        yield f'<text x="{self.x(self.offsets[0]):.1f}" y="{HEIGHT - 2}">d, pixels of 512</text>'
        for v in (np.geomspace if self.far else np.linspace)(self.low, self.high, 5):
            at = self.y(v)
            yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>'
            yield f'<text x="{LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{_short(v)}</text>'

    def line(self, figures: Sequence[Figure], colour: str) -> Iterator[str]:
        places = list(zip(self.offsets, figures, strict=True))
        points = " ".join(f"{self.x(d):.1f},{self.y(f.value):.1f}" for d, f in places)
        yield f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>'
        for d, f in places:
            x = f"{self.x(d):.1f}"
            low, high = (self.y(f.value + sign * f.half) for sign in (-1, 1))
            yield f'<line x1="{x}" x2="{x}" y1="{low:.1f}" y2="{high:.1f}" stroke="{colour}"/>'


def _short(value: float) -> str:
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
