"""Pictures of every depth and colour model, with 8 bits a channel as the preparation reads them."""

import numpy as np
from PIL import Image

PLAIN = "L", "LA", "RGB", "RGBA"
# Where white is in whole numbers: scanners and cameras store 10, 12 and 14 bits in 16.
WHITES = 255, 1023, 4095, 16383, 65535, 2**31 - 1
# Where it is in numbers with a point. So few brighter places, or so little, are highlights of a rendered scene.
FLOAT_WHITES = 1.0, 255.0, 4095.0, 65535.0
HIGHLIGHTS = 0.001
OVEREXPOSED = 2.0
STRIP = 256  # rows at a time: copies of a whole picture would take twice its memory


def to_8_bit(picture: Image.Image) -> Image.Image:
    """The picture as L, LA, RGB or RGBA; itself when it is one of these. Raises ValueError for an unknown mode."""
    if picture.mode in PLAIN:
        return picture
    if picture.mode.startswith(("I", "F")):
        return Image.fromarray(_gray(np.asarray(picture)))
    if picture.mode == "LAB":  # what Pillow cannot convert; its first channel is how light a place is
        return picture.getchannel(0)
    transparent = "transparency" in picture.info or picture.mode[-1] in "Aa"
    return picture.convert("RGBA" if transparent else "RGB")


def _gray(values: np.ndarray) -> np.ndarray:
    """Whole numbers or numbers with a point, H x W, as uint8; what is negative or not finite is black."""
    white = _white(values)
    gray = np.empty(values.shape, np.uint8)
    for top in range(0, len(values), STRIP):
        strip = np.nan_to_num(values[top : top + STRIP].astype(np.float64), nan=0.0, posinf=white, neginf=0.0)
        gray[top : top + STRIP] = (strip * (255 / white)).clip(0, 255).round()
    return gray


def _white(values: np.ndarray) -> float:
    """The number that stands for white: the end of the smallest usual range that holds all of them."""
    if values.dtype.kind != "f":
        most = int(values.max())
        return next(white for white in WHITES if most <= white or white == WHITES[-1])
    strips = [values[top : top + STRIP] for top in range(0, len(values), STRIP)]
    finite = [strip[np.isfinite(strip)] for strip in strips]
    most = max((float(strip.max()) for strip in finite if strip.size), default=0.0)
    above = sum(int((strip > 1).sum()) for strip in finite)
    if most <= OVEREXPOSED or above <= HIGHLIGHTS * values.size:
        return 1.0
    return next((white for white in FLOAT_WHITES if most <= white), most)
