"""Sketches drawn in Krita with its own brushes; see `tests/krita/draw_sketches.py`, which made them."""

import json
from pathlib import Path

import cv2
import numpy as np

from dfp.sketch.frame import Frame

from .canvas import SHIFT, Sheet

FOLDER = Path(__file__).resolve().parent / "krita"


def drawn() -> list[Sheet]:
    """All of them; none before they were drawn."""
    index = FOLDER / "places.json"
    return [_sheet(entry) for entry in json.loads(index.read_text())] if index.exists() else []


def _sheet(entry: dict) -> Sheet:
    """One sketch. Its strokes are the ways that the brush was led, in the sheet's pixels."""
    pixels = cv2.imread(str(FOLDER / entry["file"]), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None, entry["file"]
    lines = np.zeros(pixels.shape, np.uint8)
    for stroke in entry["strokes"]:
        # Krita counts from a pixel's corner, OpenCV from its middle.
        fixed = np.round((np.array(stroke, float).reshape(-1, 2) - 0.5) * 2**SHIFT).astype(np.int32)
        cv2.polylines(lines, [fixed], False, 1, 1, cv2.LINE_8, SHIFT)
    heads = tuple(Frame(*place) for place in entry["heads"])
    return Sheet("krita", pixels, heads, (0.0,) * len(heads), lines.view(bool))
