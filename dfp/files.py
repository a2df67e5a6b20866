"""Sketches out of files and pictures into files, each whole or not at all."""

import errno
import hashlib
import os
import tempfile
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from PIL.PngImagePlugin import PngInfo

from dfp.errors import DfpError, SketchError
from dfp.prepare import LARGEST

PART = ".dfp-"  # begins the name of a file that is still being written
MARK = "dfp batch"  # the PNG text that holds the SHA-256 of the pixels
QUICK = 1  # PNG level: lossless as all others, 4 times as fast as the usual one for 15 % more bytes
UNREADABLE = "this is no picture that can be read: save the sketch as PNG and try again."


def read_sketch(source: Path | BytesIO) -> Image.Image:
    """A picture file, or its bytes, upright and with its layout kept. Raises SketchError with a sentence.

    A picture of more than 8192 pixels a side is refused by its header, before it fills the memory.
    """
    try:
        with Image.open(source) as picture:
            if max(picture.size) > LARGEST:
                size = f"{picture.width} x {picture.height}"
                raise SketchError(f"this picture is too large ({size}): use at most {LARGEST} x {LARGEST} pixels.")
            picture.load()
            # A photographed sketch lies on its side and says so in a tag.
            ImageOps.exif_transpose(picture, in_place=True)
            return picture
    except (SketchError, MemoryError):
        raise
    except Image.DecompressionBombError as error:
        raise SketchError(f"this picture is too large: use at most {LARGEST} x {LARGEST} pixels.") from error
    except FileNotFoundError as error:
        raise SketchError("there is no such file.") from error
    except Exception as error:  # torn files make Pillow's readers fail in any way, struct.error and IndexError too
        raise SketchError(UNREADABLE) from error


def pixels_in(data: bytes) -> int:
    """How many pixels a picture will have once it is read, by its header; 0 for what is no picture."""
    try:
        with Image.open(BytesIO(data)) as picture:
            return picture.width * picture.height
    except Exception:  # as above: it is read_sketch that says so
        return 0


def is_whole(path: Path) -> bool:
    """Whether a file is a picture that can be read to its end."""
    try:
        read_sketch(path)
    except SketchError:
        return False
    return True


def encode(picture: np.ndarray, ending: str) -> bytes:
    """H x W x 3 uint8 as the bytes of a file with this ending. Raises ValueError for one that names no format."""
    kind = Image.registered_extensions().get(ending.lower())
    if kind is None or kind not in Image.SAVE:
        raise ValueError(f"{ending} names no picture format")
    file = BytesIO()
    Image.fromarray(picture).save(file, kind)
    return file.getvalue()


def encode_marked(picture: np.ndarray) -> bytes:
    """H x W x 3 uint8 as a PNG file that says, until somebody paints on it, that it was made by this program."""
    mark = PngInfo()
    mark.add_text(MARK, hashlib.sha256(picture.tobytes()).hexdigest())
    file = BytesIO()
    Image.fromarray(picture).save(file, "PNG", compress_level=QUICK, pnginfo=mark)
    return file.getvalue()


def is_marked(path: Path) -> bool:
    """Whether a file is just as `encode_marked` made it, to the pixel."""
    try:
        with Image.open(path) as picture:
            mark = picture.info.get(MARK)
            return mark is not None and mark == hashlib.sha256(np.asarray(picture).tobytes()).hexdigest()
    except Exception:  # a torn file is not as it was made
        return False


def stage(data: bytes, folder: Path) -> Path:
    """Write bytes to a new file in `folder` that a rename can put in its place. Raises OSError, leaving nothing."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix=PART, suffix=".part", delete=False) as file:
        part = Path(file.name)
        try:
            file.write(data)
            file.flush()
            os.chmod(part, 0o644)  # a temporary file is its maker's alone
        except OSError:
            part.unlink(missing_ok=True)
            raise
    return part


def write_whole(data: bytes, path: Path) -> None:
    """Write a file, whole or not at all. Raises OSError."""
    part = stage(data, path.parent)
    try:
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def write_picture(picture: np.ndarray, path: Path) -> None:
    """Write H x W x 3 uint8 to a file, whole or not at all. Raises DfpError with a sentence."""
    try:
        write_whole(encode(picture, path.suffix or ".png"), path)
    except ValueError as error:
        raise DfpError(f"{path} has an ending that names no picture format: use .png.") from error
    except OSError as error:
        raise DfpError(unwritten(path, error)) from error


def unwritten(path: Path, error: OSError) -> str:
    """The sentence for a file or folder that the disk did not take."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):  # Windows has no quota of this name
        return f"The disk is full, {path} could not be written: free some space and give the same command again."
    return f"{path} could not be written: {error.strerror or error}."
