"""A report as one HTML file that needs nothing beside it: tables, curves as SVG, sheets as PNG."""

import base64
import html
import io
import json
from collections.abc import Callable, Sequence

import numpy as np
from PIL import Image

from dfp_training.metrics.metric import Figure, Measured
from dfp_training.report.curves import curves
from dfp_training.report.pictures import Picture
from dfp_training.report.report import Findings

STYLE = """body{font:15px/1.45 sans-serif;max-width:1280px;margin:2em auto;padding:0 1em;color:#222}
table{border-collapse:collapse;margin:.6em 0}td,th{border:1px solid #bbb;padding:3px 9px;text-align:right}
th:first-child,td:first-child{text-align:left}.warn{background:#fdebd0;padding:.6em 1em}img{max-width:100%}
code,pre{background:#f3f3f3;white-space:pre-wrap;word-break:break-all}.sheet td,.sheet th{border:0;padding:1px;
text-align:center;font-size:12px}.note{color:#555}"""

Column = tuple[str, Callable[[Measured], Figure | None], int]
COLUMNS: tuple[Column, ...] = (
    ("IS", lambda row: row.score, 3),
    ("FID", lambda row: row.fid, 1),
    ("KID x1000", lambda row: row.kid, 1),
    ("Fréchet", lambda row: row.frechet, 3),
    ("mIoU", lambda row: row.conformance.mean, 3),
    ("LPIPS", lambda row: row.lpips, 3),
    ("face distance", lambda row: row.identity, 3),
    ("KID of people x1000", lambda row: row.people, 0),
    ("L1", lambda row: row.l1, 4),
)


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
    left_out = "" if request.inception else " FID and IS are left out: they need the standard Inception weights."
    missing = (
        ""
        if findings.rows[0][0].identity
        else " Face distance and KID of people are left out: they need OpenVINO and its network."
    )
    networks = ", ".join(f"{name} {checksum}" for name, checksum in findings.networks.items())
    return (
        f"<p>{findings.faces} faces of the {html.escape(request.split)} split of {html.escape(request.pack.name)} "
        f"(checksum {findings.pack_checksum}), {findings.size} x {findings.size}, seed {request.seed}; the same "
        "deformed sketches for all models. &plusmn; is half of the 95 % interval by bootstrap over faces. KID, Fréchet "
        "and LPIPS are on SqueezeNet's features, comparable only with figures made with the same network and the same "
        f"number of faces. mIoU: what a face parser sees, against {to}.{left_out}{missing}</p>"
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
    columns = [c for c in COLUMNS if any(c[1](rows[which]) for rows in findings.rows)]
    mark = " &ne;" if findings.unequal else ""
    head = "".join(f"<th>{name}</th>" for name in ("model", f"pictures seen{mark}", *(c[0] for c in columns)))
    lines = []
    for model, rows in zip(findings.request.models, findings.rows, strict=True):
        cells = "".join(f"<td>{cell(value(rows[which]), digits)}</td>" for _, value, digits in columns)
        lines.append(f"<tr><td>{html.escape(model.name)}</td><td>{model.seen}</td>{cells}</tr>")
    if findings.photos:
        blank = ["" if name != "mIoU" else cell(findings.photos.mean, 3) for name, _, _ in columns]
        lines.append("<tr><td>the photos themselves</td><td></td>" + "".join(f"<td>{b}</td>" for b in blank) + "</tr>")
    return f"<table><tr>{head}</tr>{''.join(lines)}</table>"


def cell(figure: Figure | None, digits: int) -> str:
    """A figure and half of its 95 % interval, as tables show it."""
    return "-" if figure is None else f"{figure.value:.{digits}f} ± {figure.half:.{digits}f}"


def differences(findings: Findings, columns: Sequence[Column], offsets: Sequence[int]) -> list[list[str]]:
    """How every other model differs from the first one, by the same faces: lines of cells, the first is the head.

    `offsets`: which of the report's d have columns. An asterisk stands where the 95 % interval leaves out zero.
    """
    first, *others = findings.rows
    chosen = at_offsets(findings, columns, offsets)
    lines = [[f"less {findings.request.models[0].name}", *(title for title, _, _, _ in chosen)]]
    for model, rows in zip(findings.request.models[1:], others, strict=True):
        cells = [_difference(value(rows[i]), value(first[i]), digits) for _, value, digits, i in chosen]
        lines.append([model.name, *cells])
    return lines


def at_offsets(
    findings: Findings, columns: Sequence[Column], offsets: Sequence[int]
) -> list[tuple[str, Callable[[Measured], Figure | None], int, int]]:
    """Every column that the first model has at each of the offsets: its title with d, what it shows, digits, offset."""
    return [
        (f"{name}, d = {findings.request.offsets[i]:g}", value, digits, i)
        for name, value, digits in columns
        for i in offsets
        if value(findings.rows[0][i])
    ]


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
        head, *lines = [[html.escape(cell) for cell in line] for line in differences(findings, COLUMNS, [i])]
        cells = [f"<tr>{''.join(f'<td>{cell}</td>' for cell in line)}</tr>" for line in lines]
        parts.append(f"<table><tr>{''.join(f'<th>{name}</th>' for name in head)}</tr>{''.join(cells)}</table>")
    note = "<p>On the same faces, so with narrower intervals than the figures have; * where zero lies outside.</p>"
    return "<h2>How the models differ from the first</h2>" + note + "".join(parts)


def _growth(findings: Findings) -> str:
    first, last = findings.request.offsets[0], findings.request.offsets[-1]
    lines = []
    for model, rows in zip(findings.request.models, findings.rows, strict=True):
        ratio = rows[-1].kid.value / rows[0].kid.value if rows[0].kid.value > 0 else float("nan")
        lines.append(f"<tr><td>{html.escape(model.name)}</td><td>{ratio:.2f}</td></tr>")
    return f"<table><tr><th>model</th><th>KID at d = {last:g} over d = {first:g}</th></tr>{''.join(lines)}</table>"


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
