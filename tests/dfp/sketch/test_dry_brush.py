"""Strokes of a dry brush are made whole, and thin lines and strands are left alone."""

import cv2
import numpy as np
import pytest
from sheets.kinds import sheet
from sheets.measures import kept_and_invented, lines_in

from dfp.sketch.dry_brush import strokes_of_hairs
from dfp.sketch.prepare import prepare
from dfp.sketch.request import FaceRequest
from dfp.sketch.thickness import depth_of, usual_width

SIDE = 512
THICKEST = 33.0


def whole(mask: np.ndarray) -> np.ndarray:
    return strokes_of_hairs(mask, usual_width(mask, depth_of(mask)), SIDE, THICKEST)


def hairs(gap: int) -> np.ndarray:
    """A ring and a bar of six hairs two pixels thick."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for nth in range(6):
        away = nth * (2 + gap)
        cv2.circle(mask, (256, 256), 150 + away, 1, 2)
        cv2.rectangle(mask, (180, 250 + away), (330, 251 + away), 1, -1)
    return mask


@pytest.mark.parametrize("number", [1, 4, 7, 8])
def test_a_dry_brush_draws_one_line(number):
    page = sheet("dry brush", number)
    place = page.heads[0]
    lines = prepare(FaceRequest(page.pixels, (place.left, place.top, place.width, place.height)), 256).lines[0] == 1
    kept, invented = kept_and_invented(lines, lines_in(page, place, 256))
    assert kept > 0.85
    assert invented < 0.09
    # Hairs and grains were hundreds of pieces and meshes.
    pieces, _ = cv2.connectedComponents(lines.view(np.uint8))
    meshes, _ = cv2.connectedComponents((~lines).view(np.uint8), connectivity=4)
    assert pieces < 40
    assert meshes < 40


def test_hairs_become_strokes_and_grains_beside_them_go():
    mask = hairs(gap=3)
    mask[40:42, 40:42] = 1
    found = whole(mask)
    assert 22 < usual_width(found, depth_of(found)) < 32
    assert not found[30:50, 30:50].any()
    assert cv2.connectedComponents(found)[0] == 3


def test_lines_that_lie_apart_are_left_alone():
    mask = hairs(gap=14)
    assert whole(mask) is mask


def test_strands_beside_outlines_are_left_alone():
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(mask, (256, 280), (120, 160), 0, 0, 360, 1, 2)
    for nth in range(28):
        cv2.ellipse(mask, (256, 280), (130 + 4 * nth, 170 + 3 * nth), 0, 180, 360, 1, 2)
    assert whole(mask) is mask


def test_a_brush_too_thick_for_any_stroke_is_left_alone():
    mask = hairs(gap=6)
    assert whole(mask) is mask
