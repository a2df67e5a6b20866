"""OpenRaster files, which Krita, GIMP and MyPaint open: a picture as layers in one file."""

import io
import zipfile
from xml.sax.saxutils import quoteattr

import cv2
import numpy as np
from PIL import Image

from dfp.pictures.marks import QUICK, marked_archive
from dfp.pictures.merged import MERGED

MIMETYPE = "image/openraster"
THUMBNAIL = "Thumbnails/thumbnail.png"
THUMBNAIL_SIDE = 256  # as the format says, at most
FIRST_DAY = 1980, 1, 1, 0, 0, 0  # so that the same layers always are the same bytes


def ora(layers: dict[str, np.ndarray], merged: np.ndarray, sketch: str) -> bytes:
    """Layers as an OpenRaster file, marked as made of a sketch (`sketch_id`).

    layers: from the bottom up, by name, each uint8 H x W x 4 RGBA. merged: uint8 H x W x 3, all of them together.
    """
    names = {name: f"data/layer{number}.png" for number, name in enumerate(layers)}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as archive:  # PNG files get no smaller
        # First and as it is: by these bytes the kind of file is told.
        archive.writestr(zipfile.ZipInfo("mimetype", FIRST_DAY), MIMETYPE)
        archive.writestr(zipfile.ZipInfo("stack.xml", FIRST_DAY), _stack(names, merged.shape))
        for name, picture in layers.items():
            archive.writestr(zipfile.ZipInfo(names[name], FIRST_DAY), png(picture))
        archive.writestr(zipfile.ZipInfo(MERGED, FIRST_DAY), png(merged))
        archive.writestr(zipfile.ZipInfo(THUMBNAIL, FIRST_DAY), png(thumbnail(merged)))
    return marked_archive(file.getvalue(), sketch)


def _stack(names: dict[str, str], shape: tuple[int, ...]) -> str:
    """Which layers there are, the topmost first."""
    lines = [
        f"<layer name={quoteattr(name)} src={quoteattr(source)} x='0' y='0' opacity='1.0' visibility='visible' "
        "composite-op='svg:src-over'/>"
        for name, source in reversed(names.items())
    ]
    head = f"<?xml version='1.0' encoding='UTF-8'?>\n<image version='0.0.3' w='{shape[1]}' h='{shape[0]}'>"
    return "\n".join([head, "<stack>", *lines, "</stack>", "</image>", ""])


def thumbnail(merged: np.ndarray) -> np.ndarray:
    """A small copy of a picture, as large as the format allows: uint8 h x w x 3 or 4."""
    height, width = merged.shape[:2]
    scale = min(1.0, THUMBNAIL_SIDE / max(height, width))
    size = max(1, round(width * scale)), max(1, round(height * scale))
    return cv2.resize(merged, size, interpolation=cv2.INTER_AREA)


def png(picture: np.ndarray) -> bytes:
    """A picture, uint8 H x W x 3 RGB or 4 RGBA, as a PNG file without a mark."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=QUICK)
    return file.getvalue()
