"""A report as one HTML file that needs nothing beside it: tables, curves as SVG, sheets as PNG."""

import base64
import html
import io
import json
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from dfp_training.metrics.figure import Figure
from dfp_training.metrics.metric import Metric, notes, shown
from dfp_training.report.curves import curves
from dfp_training.report.pictures import Picture
from dfp_training.report.report import Findings

STYLE = """body{font:15px/1.45 sans-serif;max-width:1280px;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;margin:.6em 0}td,th{border:1px solid #bbb;padding:3px 9px;text-align:right}
th:first-child,td:first-child{text-align:left}.warn{background:#fdebd0;padding:.6em 1em}img{max-width:100%}
code,pre{background:#f3f3f3;white-space:pre-wrap;word-break:break-all}.sheet td,.sheet th{border:0;padding:1px;
text-align:center;font-size:12px}.note{color:#555}"""


def page(findings: Findings) -> str:
    """The whole page."""
    request = findings.request
    body = [
        "<h1>How good it is</h1>",
        _basis(findings),
        _budget(findings),
        f"<h2>Table 1: test sketches at d = {request.offsets[0]:g}</h2>",
        _table(findings, 0),
        "<h2>Deformed further and further</h2>",
        *curves(findings).values(),
        _growth(findings),
        _differences(findings),
        *(f"<h3>d = {d:g}</h3>" + _table(findings, i) for i, d in enumerate(request.offsets) if i),
        *(_sheet(picture) for picture in findings.pictures),
        "<h2>The models</h2>",
        *(_model(findings, i) for i in range(len(request.models))),
        "<h2>Made again by</h2>",
        f"<pre>{html.escape(request.command)}</pre>",
    ]
    head = f'<meta charset="utf-8"><title>How good it is</title><style>{STYLE}</style>'
    return f'<!doctype html><html lang="en"><head>{head}</head><body>{"".join(body)}</body></html>\n'


def _basis(findings: Findings) -> str:
    request = findings.request
    to = "the label maps" if request.data else "what the parser sees in the photos"
    sentences = [*notes(findings.metrics, to), *findings.left_out]
    said = "".join(f" {html.escape(sentence)}." for sentence in sentences)
    networks = ", ".join(f"{name} {checksum}" for name, checksum in findings.networks.items())
    return (
        f"<p>{findings.faces} faces of the {html.escape(request.split)} split of {html.escape(request.pack.name)} "
        f"(checksum {findings.pack_checksum}), {findings.size} x {findings.size}, seed {request.seed}; the same "
        "deformed sketches for all models. &plusmn; is half of the 95 % interval by bootstrap over faces; figures of "
        f"other numbers of faces cannot be compared.{said}</p>"
        f'<p class="note">Measured with {html.escape(networks)}.</p>'
    )


def _budget(findings: Findings) -> str:
    if not findings.unequal:
        return f"<p>Every model has seen {findings.request.models[0].pictures:,} pictures.</p>"
    return (
        '<p class="warn"><b>Unequal budgets:</b> these models have not seen the same number of pictures, or a file '
        "does not say how many. What separates them may be training and not their making.</p>"
    )


def _table(findings: Findings, which: int) -> str:
    metrics = shown(findings.metrics, [rows[which] for rows in findings.rows])
    mark = " &ne;" if findings.unequal else ""
    titles = ("model", f"pictures seen{mark}", *(html.escape(metric.heading) for metric in metrics))
    head = "".join(f"<th>{title}</th>" for title in titles)
    lines = []
    for model, rows in zip(findings.request.models, findings.rows, strict=True):
        cells = "".join(f"<td>{cell(rows[which][metric], metric.digits.page)}</td>" for metric in metrics)
        lines.append(f"<tr><td>{html.escape(model.name)}</td><td>{model.seen}</td>{cells}</tr>")
    if photos := findings.photos:
        cells = "".join(f"<td>{cell(photos[m], m.digits.page) if photos[m] else ''}</td>" for m in metrics)
        lines.append(f"<tr><td>the photos themselves</td><td></td>{cells}</tr>")
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"


def cell(figure: Figure | None, digits: int) -> str:
    """A figure and half of its 95 % interval, as tables show it."""
    return "-" if figure is None else f"{figure.value:.{digits}f} ± {figure.half:.{digits}f}"


@dataclass(frozen=True)
class Column:
    """A measure at one of the report's d: `which` is its place among them."""

    metric: Metric
    digits: int
    which: int
    title: str


def columns(findings: Findings, offsets: Sequence[int], short: bool = False) -> list[Column]:
    """Every measure that the first model has at each of the offsets; `short`: of the short version alone."""
    return [
        Column(metric, digits, i, f"{metric.heading}, d = {findings.request.offsets[i]:g}")
        for metric in findings.metrics
        for i in offsets
        if findings.rows[0][i][metric]
        if (digits := metric.digits.short if short else metric.digits.page) is not None
    ]


def differences(findings: Findings, chosen: Sequence[Column]) -> list[list[str]]:
    """How every other model differs from the first one, by the same faces: lines of cells, the first is the head.

    An asterisk stands where the 95 % interval leaves out zero.
    """
    first, *others = findings.rows
    lines = [[f"less {findings.request.models[0].name}", *(column.title for column in chosen)]]
    for model, rows in zip(findings.request.models[1:], others, strict=True):
        apart = [_difference(rows[c.which][c.metric], first[c.which][c.metric], c.digits) for c in chosen]
        lines.append([model.name, *apart])
    return lines


def _difference(one: Figure | None, other: Figure | None, digits: int) -> str:
    if one is None or other is None:
        return "-"
    apart = one.minus(other)
    sure = " *" if abs(apart.value) > apart.half else ""
    return f"{apart.value:+.{digits}f} ± {apart.half:.{digits}f}{sure}"


def _differences(findings: Findings) -> str:
    if len(findings.rows) < 2:
        return ""
    parts = []
    for i, _ in enumerate(findings.request.offsets):
        head, *lines = [[html.escape(cell) for cell in line] for line in differences(findings, columns(findings, [i]))]
        cells = [f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines]
        parts.append(f"<table><tr>{''.join(f'<th>{name}</th>' for name in head)}</tr>{''.join(cells)}</table>")
    note = "<p>On the same faces, so with narrower intervals than the figures have; * where zero lies outside.</p>"
    return "<h2>How the models differ from the first</h2>" + note + "".join(parts)


def _growth(findings: Findings) -> str:
    first, last = findings.request.offsets[0], findings.request.offsets[-1]
    metrics = [metric for metric in findings.metrics if metric.curve]
    titles = (html.escape(f"{metric.title} at d = {last:g} over d = {first:g}") for metric in metrics)
    lines = [f"<tr><th>model</th>{''.join(f'<th>{title}</th>' for title in titles)}</tr>"]
    for model, rows in zip(findings.request.models, findings.rows, strict=True):
        cells = "".join(f"<td>{_ratio(rows[-1][metric], rows[0][metric])}</td>" for metric in metrics)
        lines.append(f"<tr><td>{html.escape(model.name)}</td>{cells}</tr>")
    return f"<table>{''.join(lines)}</table>"


def _ratio(last: Figure | None, first: Figure | None) -> str:
    if last is None or first is None:
        return "-"
    return f"{last.value / first.value if first.value > 0 else float('nan'):.2f}"


def _sheet(picture: Picture) -> str:
    head = "<tr><th></th>" + "".join(f"<th>{html.escape(name)}</th>" for name in picture.columns) + "</tr>"
    lines = [
        f"<tr><th>{html.escape(label)}</th>" + "".join(f"<td>{_png(cell)}</td>" for cell in row) + "</tr>"
        for label, row in zip(picture.labels, picture.rows, strict=True)
    ]
    return f'<h2>{html.escape(picture.title)}</h2><table class="sheet">{head}{"".join(lines)}</table>'


def _png(pixels: np.ndarray) -> str:
    data = io.BytesIO()
    Image.fromarray(pixels).save(data, "PNG")
    return f'<img alt="" src="data:image/png;base64,{base64.b64encode(data.getvalue()).decode()}">'


def _model(findings: Findings, which: int) -> str:
    model = findings.request.models[which]
    recipe = html.escape(json.dumps(model.recipe, indent=1))
    return (
        f"<p><b>{html.escape(model.name)}</b>: {html.escape(str(model.file))}, checksum {model.checksum}, "
        f"{model.seen} pictures seen</p><details><summary>its recipe</summary><pre>{recipe}</pre></details>"
    )
