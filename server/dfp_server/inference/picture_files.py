"""Picture files as requests, and answers as picture files, for those who have no msgpack.

Importing this module imports Pillow and what reads pictures with it: only what draws does it, when it has loaded.
"""

from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from typing import IO, cast

from PIL import Image

from dfp.errors import SketchError
from dfp.pictures.bounds import Bounded
from dfp.pictures.reading import read
from dfp_server import wire
from dfp_server.errors import Refusal
from dfp_server.transport.codec import Pieces, unpack_around

# Of the processor's time; the largest pictures take five.
SECONDS = 10.0

# How a file of each kind begins, as Pillow calls it.
KINDS: dict[str, Callable[[bytes], bool]] = {
    "PNG": lambda head: head.startswith(b"\x89PNG\r\n\x1a\n"),
    "JPEG": lambda head: head.startswith(b"\xff\xd8\xff"),
    "WEBP": lambda head: head.startswith(b"RIFF") and head[8:12] == b"WEBP",
}

# Lossless as all levels are, and many times as fast as the usual one.
PNG_LEVEL = 1


def opened(body: bytearray, number: str) -> tuple[BytesIO, int]:
    """The file and how many pixels it says that it has. Raises Refusal (400, 413, 415)."""
    kind = next((kind for kind, begins in KINDS.items() if begins(bytes(body[:12]))), None)
    if kind is None:
        sentence = "The message is no PNG, JPEG or WebP picture. Send the picture's file itself, not a form around it."
        raise Refusal(415, wire.Code.BAD_CONTENT_TYPE, sentence, number)
    source = BytesIO(body)
    try:
        with Image.open(cast("IO[bytes]", Bounded(source, SECONDS)), formats=[kind]) as picture:
            width, height = picture.size
    except Image.DecompressionBombError as error:
        raise _too_large(number) from error
    except MemoryError:
        raise
    except Exception as error:  # torn files make Pillow's readers fail in any way
        raise _unreadable(number) from error
    if max(width, height) > wire.MAX_SIDE:
        raise _too_large(number)
    return source, width * height


def filled(asked: wire.GenerateRequest, source: BytesIO) -> wire.GenerateRequest:
    """The request with the file's picture: upright, with 8 bits a channel, its first page. Raises Refusal (400)."""
    try:
        image = read(source, seconds=SECONDS).image
    except SketchError as error:
        raise _unreadable(asked.id, str(error)) from error
    image = image.convert("RGBA") if image.mode == "LA" else image
    return replace(asked, width=image.width, height=image.height, mode=image.mode, pixels=image.tobytes())


def png_of(pieces: Pieces, cut_out: bool) -> tuple[bytes, tuple[int, int, int, int]]:
    """A packed answer's picture as a PNG, and its frame. cut_out: whether it is RGBA, else RGB."""
    fields, pixels = unpack_around(pieces)
    width, height = fields["width"], fields["height"]
    if cut_out:
        image = Image.frombytes("RGBA", (width, height), pixels)
    else:
        image = Image.frombytes("RGB", (width, height), pixels, "raw", "RGBX")
    file = BytesIO()
    image.save(file, "PNG", compress_level=PNG_LEVEL)
    return file.getvalue(), (fields["left"], fields["top"], width, height)


def _too_large(number: str) -> Refusal:
    sentence = f"The picture is too large, {wire.MAX_SIDE} x {wire.MAX_SIDE} pixels are the most. Use a smaller one."
    return Refusal(413, wire.Code.TOO_LARGE, sentence, number)


def _unreadable(number: str, why: str = "it is damaged or was cut off: save it anew and try again.") -> Refusal:
    return Refusal(400, wire.Code.BAD_MESSAGE, f"The server could not read the picture: {why}", number)
