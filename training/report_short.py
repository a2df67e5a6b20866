"""The short version of a report, for a README: a table, curves and a sheet as files of their own."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from training import checkpoint
from training.measures import Figure, Measured
from training.report import Findings
from training.report_curves import curve
from training.report_pictures import SIDE, Picture

MEASURES: tuple[tuple[str, Callable[[Measured], Figure | None], int], ...] = (
    ("KID x1000", lambda row: row.kid, 0),
    ("mIoU", lambda row: row.conformance.mean, 3),
    ("LPIPS", lambda row: row.lpips, 3),
    ("face distance", lambda row: row.identity, 3),
)


def write_short(findings: Findings, folder: Path) -> None:
    """Write table.md, kid.svg, miou.svg and sheet.jpg: the last of the freehand sketches, where there are any."""
    checkpoint.write_text(folder / "table.md", table(findings))
    checkpoint.write_text(folder / "kid.svg", curve(findings, "KID x1000, lower is better", lambda row: row.kid))
    title = "mIoU with the label maps, higher is better"
    checkpoint.write_text(folder / "miou.svg", curve(findings, title, lambda row: row.conformance.mean))
    data = io.BytesIO()
    sheet(_shown(findings)).save(data, "JPEG", quality=90)
    checkpoint.write_bytes(folder / "sheet.jpg", data.getvalue())


def table(findings: Findings) -> str:
    """Markdown: every measure at the smallest and the largest d, +- half of the 95 % interval."""
    ends = sorted({0, len(findings.request.offsets) - 1})
    columns = [(name, value, digits, i) for name, value, digits in MEASURES for i in ends if value(findings.rows[0][i])]
    head = [f"{name}, d = {findings.request.offsets[i]:g}" for name, _, _, i in columns]
    lines = [["", "pictures seen", *head], ["---"] * (len(head) + 2)]
    for model, rows in zip(findings.request.models, findings.rows, strict=True):
        seen = "unknown" if model.pictures is None else f"{model.pictures:,}"
        lines.append([model.name, seen, *(_cell(value(rows[i]), digits) for _, value, digits, i in columns)])
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _cell(figure: Figure | None, digits: int) -> str:
    return "-" if figure is None else f"{figure.value:.{digits}f} ± {1.96 * figure.spread:.{digits}f}"


def _shown(findings: Findings) -> Picture:
    freehand = [picture for picture in findings.pictures if picture.title.startswith("Freehand")]
    return (freehand or findings.pictures)[0]


def sheet(picture: Picture) -> Image.Image:
    """The rows below each other, their labels beside them."""
    font = ImageFont.load_default(15)
    margin = round(max(font.getlength(label) for label in picture.labels)) + 12
    width = max(len(row) for row in picture.rows) * SIDE
    canvas = Image.new("RGB", (margin + width, SIDE * len(picture.rows)), "white")
    pen = ImageDraw.Draw(canvas)
    for i, (label, row) in enumerate(zip(picture.labels, picture.rows, strict=True)):
        pen.text((6, i * SIDE + SIDE // 2), label, "black", font, anchor="lm")
        canvas.paste(Image.fromarray(np.concatenate(list(row), axis=1)), (margin, i * SIDE))
    return canvas
