"""Figure 1's styles of edges, made from one photo and its label map."""

import colorsys
from pathlib import Path

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from dfp_training.data.boundary import boundary
from dfp_training.data.datasets import CLASSES, read_labels, read_photo
from dfp_training.data.deform import LABEL_SIDE, Deformation, aligned, deformed
from dfp_training.data.pack import strokes_of_face
from dfp_training.data.svg import face_of
from dfp_training.data.vectorise import Strokes, vectorise

# Classes inside the face; glasses hide skin without being an outline of the face.
FACE = tuple(
    CLASSES.index(name) for name in ["skin", "nose", "l_eye", "r_eye", "l_brow", "r_brow", "mouth", "u_lip", "l_lip"]
)
GLASSES, SKIN = CLASSES.index("eye_g"), CLASSES.index("skin")
BLUR = 1.6  # pixels of 512, before edges are looked for
EDGE_THRESHOLDS = (40, 110)  # of Canny's gradient, weak and strong
GAP, CAPTION = 8, 24  # pixels between pictures, and above each


def edge_map(photo: np.ndarray, size: int) -> np.ndarray:
    """H x W x 3 uint8 photo -> size x size bool, where its brightness changes (Canny)."""
    gray = cv2.cvtColor(cv2.resize(photo, (size, size), interpolation=cv2.INTER_AREA), cv2.COLOR_RGB2GRAY)
    smooth = cv2.GaussianBlur(gray, (0, 0), BLUR * size / LABEL_SIDE)
    return cv2.Canny(smooth, *EDGE_THRESHOLDS, L2gradient=True) > 0


def contour(labels: np.ndarray) -> Strokes:
    """The face's outline and its brows, eyes, nose, mouth and lips, out of an H x W label map."""
    inside = np.where(labels == GLASSES, SKIN, labels)
    return vectorise(boundary(np.where(np.isin(inside, FACE), inside, 0)))


def colours() -> np.ndarray:
    """19 x 3 uint8 RGB: a colour for each class; the background is white."""
    # Steps of the golden ratio set neighbours in the list far apart.
    hues = [(i * 0.618) % 1 for i in range(len(CLASSES))]
    made = [colorsys.hsv_to_rgb(hue, 0.45 + 0.2 * (i % 2), 0.95 - 0.15 * (i % 3)) for i, hue in enumerate(hues)]
    made[0] = (1, 1, 1)
    return np.rint(np.array(made) * 255).astype(np.uint8)


def styles(folder: Path, name: str | None, offsets: list[float], seed: int, size: int) -> Image.Image:
    """One face of a data folder in all styles side by side, each size x size under its name.

    Photo, label map, edge map of the photo, face contour, semantic boundary, and the boundary deformed by each of
    `offsets`. Raises DataError when the face cannot be used.
    """
    face = face_of(folder, name)
    labels, photo = read_labels(face.labels), np.asarray(read_photo(face.photo))
    strokes = strokes_of_face(face, labels)
    by_class = cv2.resize(labels, (size, size), interpolation=cv2.INTER_NEAREST)
    cells = [
        ("photo", cv2.resize(photo, (size, size), interpolation=cv2.INTER_AREA)),
        ("label map", colours()[by_class.astype(np.intp)]),
        ("edge map", _ink(edge_map(photo, size))),
        ("face contour", _ink(aligned(contour(labels), size))),
        ("semantic boundary", _ink(aligned(strokes, size))),
    ]
    for d in offsets:
        drawn = deformed(strokes, size, Deformation(d=d), np.random.default_rng(seed))
        cells.append((f"deformed boundary, d = {d:g}", _ink(drawn)))
    return _row(cells, size)


def _ink(mask: np.ndarray) -> np.ndarray:
    return np.repeat(np.where(mask, 0, 255).astype(np.uint8)[..., None], 3, axis=2)


def _row(cells: list[tuple[str, np.ndarray]], size: int) -> Image.Image:
    sheet = Image.new("RGB", (len(cells) * (size + GAP) + GAP, size + CAPTION + GAP), (225, 225, 225))
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(size=CAPTION // 2)
    for i, (name, picture) in enumerate(cells):
        left = GAP + i * (size + GAP)
        pen.text((left, CAPTION // 4), name, fill="black", font=font)
        sheet.paste(Image.fromarray(picture), (left, CAPTION))
    return sheet
