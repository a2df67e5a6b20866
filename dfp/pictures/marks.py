"""The mark inside a picture file that says: made by this program, of this sketch, and not changed since.

It holds the SHA-256 of the pixels, so whoever paints on the picture takes the mark away, whatever the painting program
does with it; and the picture carries it wherever it is moved.
"""

import hashlib
import os
import struct
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image

from dfp.pictures.merged import ZIP
from dfp.pictures.png import png
from dfp.pictures.reading import opened

KEY = "DeepFacePencil"  # the PNG text, or the beginning of the Exif field
FORMERLY = "dfp batch"  # the PNG text of faces that had no sketch in their mark
SOFTWARE = 0x0131  # Exif
WITH_ALPHA = "PNG", "WEBP", "TIFF", "AVIF"
WITH_EXIF = "JPEG", "WEBP", "TIFF", "AVIF"
QUICK = 1  # PNG level: lossless as all others, 4 times as fast as the usual one for 15 % more bytes
LOOKED_AT = 4096  # bytes at both ends of a file, where marks stand


@dataclass(frozen=True)
class Mark:
    """What a picture says of itself. sketch: what `sketch_id` gave for the sketch; empty where that is not known."""

    pixels: str
    sketch: str = ""


def sketch_id(sketch: Path, output: Path) -> str:
    """A short name for where a sketch lies as seen from its face, the same after both were moved together."""
    seen, base = os.path.realpath(sketch), os.path.realpath(output.parent)
    with suppress(ValueError):  # on different drives
        seen = os.path.relpath(seen, base)
    return hashlib.sha256(Path(seen).as_posix().encode(errors="surrogateescape")).hexdigest()[:16]


def encode(picture: np.ndarray, ending: str, sketch: str) -> bytes:
    """H x W x 3 or 4 uint8, RGB or RGBA, as the bytes of a file with this ending, marked where such files can be.

    Raises ValueError for an ending that names no format.
    """
    kind = _format_of(ending)
    if kind is None:
        raise ValueError(f"{ending} names no picture format")
    if kind == "PNG":
        return png(picture, {KEY: f"{_digest(picture)} {sketch}"})
    image = Image.fromarray(picture)
    data = _saved(image, kind)
    if kind not in WITH_EXIF:
        return data
    with Image.open(BytesIO(data), formats=[kind]) as read:  # not what was given: these formats lose a little
        exif = Image.Exif()
        exif[SOFTWARE] = f"{KEY} {_digest(read)} {sketch}"
    return _saved(image, kind, exif=exif)


def marked_archive(data: bytes, sketch: str) -> bytes:
    """A zip archive without a comment, marked by one. Here the mark is of all its bytes: it may hold many pictures."""
    begin = data[:-2] + struct.pack("<H", len(_comment(data, sketch)))
    return begin + _comment(begin, sketch)


def holds_alpha(ending: str) -> bool:
    """Whether a file with this ending can be transparent in part."""
    return _format_of(ending) in WITH_ALPHA


def can_be_saved(ending: str) -> bool:
    """Whether a file with this ending can be written."""
    return _format_of(ending) is not None


def mark_of(path: Path) -> Mark | None:
    """The mark of a file that is, to the pixel, as `encode` made it."""
    try:
        if not path.is_file():  # to open a pipe is to wait
            return None
        ends = _ends(path)
        if KEY.encode() not in ends and FORMERLY.encode() not in ends:
            return None  # the usual case, without reading a whole picture
        with path.open("rb") as file:
            if file.read(len(ZIP)) == ZIP:
                return _said_by_comment(path.read_bytes())
        with opened(path) as (picture, _):
            mark = _said(picture)
            return mark if mark is not None and mark.pixels == _digest(picture) else None
    except Exception:  # a torn file is not as it was made
        return None


def mark_in(data: bytes) -> Mark | None:
    """The mark of a picture file, by its bytes, that is, to the pixel, as `encode` made it."""
    try:
        with opened(BytesIO(data)) as (picture, _):
            mark = _said(picture)
            return mark if mark is not None and mark.pixels == _digest(picture) else None
    except Exception:  # as above
        return None


def _format_of(ending: str) -> str | None:
    if ending.lower() == ".png":  # without the search that imports every other format
        return "PNG"
    kind = Image.registered_extensions().get(ending.lower())
    return kind if kind in Image.SAVE else None


def _ends(path: Path) -> bytes:
    with path.open("rb") as file:
        head = file.read(LOOKED_AT)
        file.seek(max(LOOKED_AT, file.seek(0, os.SEEK_END) - LOOKED_AT))
        return head + file.read(LOOKED_AT)


def _said(picture: Image.Image) -> Mark | None:
    if FORMERLY in picture.info:
        return Mark(str(picture.info[FORMERLY]))
    said = picture.info.get(KEY) or str(picture.getexif().get(SOFTWARE, "")).removeprefix(f"{KEY} ")
    words = str(said).split()
    return Mark(words[0], words[1] if len(words) > 1 else "") if words else None


def _comment(data: bytes, sketch: str) -> bytes:
    return f"{KEY} {hashlib.sha256(data).hexdigest()} {sketch}".encode()


def _said_by_comment(data: bytes) -> Mark | None:
    at = data.rfind(KEY.encode() + b" ")
    words = data[at:].decode().split()
    whole = at >= 0 and len(words) > 1 and hashlib.sha256(data[:at]).hexdigest() == words[1]
    return Mark(words[1], words[2] if len(words) > 2 else "") if whole else None


def _digest(picture: Image.Image | np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(picture).data).hexdigest()  # pyright: ignore[reportArgumentType]


def _saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()
