"""Small pictures of sketches and faces, kept out of memory until a page is written."""

import base64
import tempfile
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from threading import Lock

from PIL import Image, features

from dfp.errors import SketchError
from dfp.pictures.reading import read_sketch

SIDE = 160  # pixels, of the longer side at most
KIND = "WEBP" if features.check("webp") else "PNG"
PAPER, NIGHT = (255, 255, 255), (40, 40, 40)


def thumbnail(path: Path, page: int = 1, transparent: bool = False) -> bytes:
    """A picture file's page as `small` has it; empty when it cannot be read."""
    try:
        return small(read_sketch(path, page), transparent)
    except (SketchError, MemoryError):
        return b""


def small(picture: Image.Image, transparent: bool = False) -> bytes:
    """A picture at `SIDE` pixels or less, as the bytes of a file of KIND.

    transparent: what shows nothing stays so; else it lies on paper, and lines that are light on a dark one.
    """
    alpha = "A" in picture.getbands()
    # Premultiplied, or colours that nobody sees would bleed into the edges.
    picture = picture.convert("RGBA").convert("RGBa") if alpha else picture.convert("RGB")
    picture.thumbnail((SIDE, SIDE), Image.Resampling.BOX)
    if alpha:
        picture = picture.convert("RGBA")
        picture = picture if transparent else _on_paper(picture)
    file = BytesIO()
    picture.save(file, KIND, **({"quality": 70, "method": 2} if KIND == "WEBP" else {}))
    return file.getvalue()


def _on_paper(picture: Image.Image) -> Image.Image:
    seen = picture.getchannel("A")
    light = picture.convert("L").histogram(seen.point([0] + [255] * 255))
    dark_lines = sum(light[:128]) >= sum(light[128:])
    sheet = Image.new("RGB", picture.size, PAPER if dark_lines else NIGHT)
    sheet.paste(picture, mask=seen)
    return sheet


@dataclass(frozen=True)
class Kept:
    """Where a small picture is kept."""

    at: int
    length: int


class Spool:
    """Small pictures in a file without a name, which the system takes away however the program ends."""

    def __init__(self) -> None:
        """Raises OSError."""
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        self._lock = Lock()

    def keep(self, data: bytes) -> Kept | None:
        """Keep a picture, from any thread; None for an empty one, or when the disk does not take it."""
        if not data:
            return None
        with self._lock:
            try:
                at = self._file.seek(0, 2)
                self._file.write(data)
                self._file.flush()
            except OSError:
                return None
        return Kept(at, len(data))

    def url(self, kept: Kept | None) -> str:
        """What an img element takes; empty for none."""
        if kept is None:
            return ""
        with self._lock:
            self._file.seek(kept.at)
            data = self._file.read(kept.length)
        return f"data:image/{KIND.lower()};base64,{base64.b64encode(data).decode()}"

    def close(self) -> None:
        """Forget all of them."""
        self._file.close()
