"""OpenRaster files for tests, written as a painting program would: with more in them than the format says."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from PIL import Image

MORE = b"what only one program understands" * 100
DAY = 2024, 2, 29, 12, 30, 0


def png(picture: np.ndarray) -> bytes:
    """A PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "PNG")
    return file.getvalue()


def lines(face_sketch: np.ndarray, side: int = 160) -> np.ndarray:
    """Black lines on nothing, RGBA, of a sketch on white."""
    gray = np.asarray(Image.fromarray(face_sketch).convert("L").resize((side, side)))
    picture = np.zeros((side, side, 4), np.uint8)
    picture[..., 3] = 255 - gray
    return picture


def write_ora(path: Path, stack: str, pictures: Mapping[str, np.ndarray | bytes], size: tuple[int, int]) -> None:
    """A file with this list of layers; `pictures` by their names under data/."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype", DAY), "image/openraster")
        head = (
            f"<?xml version='1.0' encoding='UTF-8'?>\n<image version='0.0.3' w='{size[0]}' h='{size[1]}' xres=\"72\">"
        )
        archive.writestr(zipfile.ZipInfo("stack.xml", DAY), f"{head}\n{stack}\n</image>\n")
        for name, picture in pictures.items():
            data = picture if isinstance(picture, bytes) else png(picture)
            archive.writestr(zipfile.ZipInfo(f"data/{name}", DAY), data)
        archive.writestr(zipfile.ZipInfo("mergedimage.png", DAY), png(np.zeros((size[1], size[0], 4), np.uint8)))
        archive.writestr(zipfile.ZipInfo("Thumbnails/thumbnail.png", DAY), png(np.zeros((8, 8, 4), np.uint8)))
        archive.writestr(zipfile.ZipInfo("program/notes.bin", DAY), MORE, zipfile.ZIP_DEFLATED)


def entries(path: Path) -> dict[str, bytes]:
    """Everything in an archive."""
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert len(names) == len(set(names))
        return {name: archive.read(name) for name in names}


def picture_in(path: Path, name: str) -> np.ndarray:
    """One picture of an archive, RGBA."""
    return np.asarray(Image.open(io.BytesIO(entries(path)[name])).convert("RGBA"))
