"""The short version of a report, for a README: a table, curves and a sheet as files of their own."""

import io
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from dfp_training.loop import checkpoint
from dfp_training.loop.sheets import grid
from dfp_training.report.curves import curves
from dfp_training.report.page import cell, columns, differences
from dfp_training.report.pictures import SIDE, Picture
from dfp_training.report.report import Findings


def write_short(findings: Findings, folder: Path) -> None:
    """Write table.md, differences.md, the curves, and the freehand sketches with their faces as sheet.jpg.

    The sheet is of test faces where there are no sketches, and one model differs from none.
    """
    checkpoint.write_text(folder / "table.md", table(findings))
    if len(findings.rows) > 1:
        head, *lines = differences(findings, columns(findings, _ends(findings), short=True))
        checkpoint.write_text(folder / "differences.md", _markdown([head, ["---"] * len(head), *lines]))
    for name, svg in curves(findings).items():
        checkpoint.write_text(folder / f"{name}.svg", svg)
    data = io.BytesIO()
    sheet(_shown(findings)).save(data, "JPEG", quality=90)
    checkpoint.write_bytes(folder / "sheet.jpg", data.getvalue())


def table(findings: Findings) -> str:
    """Markdown: every measure at the smallest and the largest d, +- half of the 95 % interval."""
    chosen = columns(findings, _ends(findings), short=True)
    lines = [["", "pictures seen", *(column.title for column in chosen)], ["---"] * (len(chosen) + 2)]
    for model, rows in zip(findings.request.models, findings.rows, strict=True):
        lines.append([model.name, model.seen, *(cell(rows[c.which][c.metric], c.digits) for c in chosen)])
    return _markdown(lines)


def _ends(findings: Findings) -> list[int]:
    return sorted({0, len(findings.request.offsets) - 1})


def _markdown(lines: list[list[str]]) -> str:
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _shown(findings: Findings) -> Picture:
    freehand = [picture for picture in findings.pictures if picture.title.startswith("Freehand")]
    return (freehand or findings.pictures)[0]


def sheet(picture: Picture) -> Image.Image:
    """The rows below each other, their labels beside them."""
    font = ImageFont.load_default(15)
    margin = round(max(font.getlength(label) for label in picture.labels)) + 12
    pictures = grid(picture.rows)
    canvas = Image.new("RGB", (margin + pictures.width, pictures.height), "white")
    canvas.paste(pictures, (margin, 0))
    pen = ImageDraw.Draw(canvas)
    for i, label in enumerate(picture.labels):
        pen.text((6, i * SIDE + SIDE // 2), label, "black", font, anchor="lm")
    return canvas
