"""Picture files are read here and nowhere else: only named formats, and within bounds of memory and time."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, cast

from PIL import Image, ImageFile, ImageOps

from dfp.errors import SketchError
from dfp.pictures.bounds import SECONDS, TOO_LONG, Bounded, TooLong, check_length, open_bounded
from dfp.pictures.formats import FORMATS, PAGED, other_kind
from dfp.pictures.merged import ZIP, merged
from dfp.sketch.depth import to_8_bit
from dfp.sketch.pixels import LARGEST

UNREADABLE = "this is no picture that can be read: save the sketch as PNG and try again."
# Bytes that a JPEG decoder gets at once. A few thousand can hold many passes over the whole picture, and between two
# reads it cannot be stopped.
JPEG_BLOCK = 2048


@dataclass(frozen=True)
class Read:
    """A picture out of a file: its layout L, LA, RGB or RGBA, upright; which page it is, from 1, and of how many."""

    image: Image.Image
    page: int
    pages: int


def read(source: Path | BytesIO, page: int = 1, seconds: float = SECONDS) -> Read:
    """One page of a picture file or of its bytes, within so much of the processor's time.

    A picture of more than 8192 pixels a side is refused by its header, before it fills the memory. Raises SketchError
    with a sentence, MemoryError.
    """
    with opened(source, seconds) as (picture, file):
        pages = _pages(picture)
        if not 1 <= page <= pages:
            has = "one page" if pages == 1 else f"{pages} pages"
            raise SketchError(f"this picture has {has}, there is no page {page}: give another --page.")
        for number in range(1, page):  # one after the other: each may be drawn upon the one before
            file.check()
            picture.seek(number)
            _check_size(picture)
            if picture.format == "WEBP":  # its decoder would go through all pages at once in the end
                picture.load()
        picture.load()
        # A photographed sketch lies on its side and says so in a tag.
        ImageOps.exif_transpose(picture, in_place=True)
        return Read(to_8_bit(picture), page, pages)


def read_sketch(source: Path | BytesIO, page: int = 1) -> Image.Image:
    """As `read`, the picture alone."""
    return read(source, page).image


@contextmanager
def opened(source: Path | BytesIO, seconds: float = SECONDS) -> Iterator[tuple[ImageFile.ImageFile, Bounded]]:
    """A picture whose header is read and whose size is not too large, and the file that its pixels come from.

    Whatever goes wrong, while it is open too, becomes a SketchError with a sentence. MemoryError stays.
    """
    try:
        with _bytes_of(source, seconds) as file, _open(file, seconds) as picture:
            _check_size(picture)
            if picture.format in ("JPEG", "MPO"):
                picture.decodermaxblock = JPEG_BLOCK
            yield picture, file
    except (SketchError, MemoryError):
        raise
    except TooLong as error:
        raise SketchError(TOO_LONG) from error
    except Image.DecompressionBombError as error:
        raise SketchError(_too_large()) from error
    except FileNotFoundError as error:
        raise SketchError("there is no such file.") from error
    except PermissionError as error:
        raise SketchError("this file may not be read: give yourself the right to, and try again.") from error
    except Exception as error:  # torn files make Pillow's readers fail in any way, struct.error and IndexError too
        # Its own complaints come without a number of the system's.
        if isinstance(error, OSError) and error.errno is not None:
            raise SketchError(f"this file cannot be read: {error.strerror or error}.") from error
        raise SketchError(UNREADABLE) from error


def pixels_in(data: bytes) -> int:
    """How many pixels a picture file has, by its header; of one in an archive, the most it may. Raises SketchError."""
    if data.startswith(ZIP):
        return LARGEST * LARGEST
    with opened(BytesIO(data)) as (picture, _):
        return picture.width * picture.height


def is_whole(path: Path) -> bool:
    """Whether a file is a picture that can be read to its end."""
    try:
        read(path)
    except SketchError:
        return False
    return True


@contextmanager
def _bytes_of(source: Path | BytesIO, seconds: float) -> Iterator[Bounded]:
    if isinstance(source, BytesIO):
        check_length(source.getbuffer().nbytes)
        source.seek(0)
        yield Bounded(source, seconds)
    else:
        with open_bounded(source) as file:
            yield Bounded(file, seconds)


def _open(file: Bounded, seconds: float) -> ImageFile.ImageFile:
    head = file.read(12)
    if head.startswith(ZIP):
        file = Bounded(merged(file), seconds)
    file.seek(0)
    try:
        return Image.open(cast("IO[bytes]", file), formats=FORMATS)
    except Image.UnidentifiedImageError as error:
        if kind := other_kind(head):
            raise SketchError(
                f"this is {kind} file, which is not opened: save the sketch as PNG and try again."
            ) from error
        raise


def _pages(picture: Image.Image) -> int:
    return getattr(picture, "n_frames", 1) if picture.format in PAGED else 1


def _check_size(picture: Image.Image) -> None:
    if max(picture.size) > LARGEST:
        raise SketchError(_too_large(f" ({picture.width} x {picture.height})"))


def _too_large(size: str = "") -> str:
    return f"this picture is too large{size}: use at most {LARGEST} x {LARGEST} pixels."
