"""Picture files as requests, and answers as picture files, for those who have no msgpack.

Importing this module imports Pillow and what reads pictures with it: only what draws does it, when it has loaded.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO
from typing import IO, cast

from PIL import Image

from dfp.errors import SketchError
from dfp.pictures.bounds import Bounded
from dfp.pictures.reading import read
from dfp_server import wire
from dfp_server.errors import Refusal
from dfp_server.inference.forms import COLOURS, FACE, HEATMAP, SKETCH, FormError, files_of, form_of, is_form
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

PNG_TYPE = "image/png"


@dataclass(frozen=True)
class Opened:
    """The picture files of a request and how many pixels each says that it has."""

    sketch: BytesIO
    colours: BytesIO | None
    pixels: tuple[int, ...]


@dataclass(frozen=True)
class FaceFile:
    """An answer to POST /v1/face: its body, of which kind it is, and what its head says."""

    body: bytes
    content_type: str
    headers: dict[str, str]


def opened(body: bytearray, content_type: str, number: str) -> Opened:
    """The files in a body: a picture itself, or a form with sketch and colours. Raises Refusal (400, 413, 415)."""
    try:
        files = {SKETCH: memoryview(body)} if not is_form(content_type) else files_of(body, content_type)
    except FormError as error:
        raise Refusal(400, wire.Code.BAD_MESSAGE, f"The server could not read the form: {error}.", number) from error
    sketch, pixels = _opened(files[SKETCH], f"file {SKETCH}" if is_form(content_type) else "message", number)
    if COLOURS not in files:
        return Opened(sketch, None, (pixels,))
    colours, more = _opened(files[COLOURS], f"file {COLOURS}", number)
    return Opened(sketch, colours, (pixels, more))


def _opened(file: memoryview, what: str, number: str) -> tuple[BytesIO, int]:
    kind = next((kind for kind, begins in KINDS.items() if begins(bytes(file[:12]))), None)
    if kind is None:
        sentence = f"The {what} is no PNG, JPEG or WebP picture. Send the picture's file itself, or a form with it."
        raise Refusal(415, wire.Code.BAD_CONTENT_TYPE, sentence, number)
    source = BytesIO(file)
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


def filled(asked: wire.GenerateRequest, files: Opened) -> wire.GenerateRequest:
    """The request with the files' pictures: upright, with 8 bits a channel, their first pages. Raises Refusal (400)."""
    try:
        image = read(files.sketch, seconds=SECONDS).image
        painted = None if files.colours is None else read(files.colours, seconds=SECONDS).image.convert("RGBA")
    except SketchError as error:
        raise _unreadable(asked.id, str(error)) from error
    image = image.convert("RGBA") if image.mode == "LA" else image
    whole = replace(asked, width=image.width, height=image.height, mode=image.mode, pixels=image.tobytes())
    # Of any size: what a message may hold of it is less than a layer that was drawn upon has.
    return whole if painted is None else replace(whole, painted=painted.tobytes(), painted_size=painted.size)


def file_of(pieces: Pieces, cut_out: bool) -> FaceFile:
    """A packed answer as a PNG, or as two with its heat map, and what is said of it.

    cut_out: whether it is RGBA, else RGB; around a turned face it is transparent, too, and so is a sheet of several.
    """
    fields, pixels = unpack_around(pieces)
    width, height = fields["width"], fields["height"]
    if cut_out or fields["turn"] or fields["faces"] > 1:
        image = Image.frombytes("RGBA", (width, height), pixels)
    else:
        image = Image.frombytes("RGB", (width, height), pixels, "raw", "RGBX")
    headers = {
        wire.FRAME_HEADER: ",".join(map(str, (fields["left"], fields["top"], width, height))),
        wire.MODEL_HEADER: fields["model"],
        wire.FACES_HEADER: str(fields["faces"]),
    }
    headers |= {wire.NOTE_HEADER: fields["note"]} if fields["note"] else {}
    headers |= {wire.PART_HEADER: "1"} if fields["part"] else {}
    if fields["heatmap"] is None:
        return FaceFile(_png(image), PNG_TYPE, headers)
    rows, columns, channels = fields["heatmap_shape"]
    heatmap = Image.frombytes("RGB" if channels == 3 else "RGBA", (columns, rows), fields["heatmap"])
    body, content_type = form_of({FACE: _png(image), HEATMAP: _png(heatmap)}, PNG_TYPE)
    return FaceFile(body, content_type, headers)


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG", compress_level=PNG_LEVEL)
    return file.getvalue()


def _too_large(number: str) -> Refusal:
    sentence = f"The picture is too large, {wire.MAX_SIDE} x {wire.MAX_SIDE} pixels are the most. Use a smaller one."
    return Refusal(413, wire.Code.TOO_LARGE, sentence, number)


def _unreadable(number: str, why: str = "it is damaged or was cut off: save it anew and try again.") -> Refusal:
    return Refusal(400, wire.Code.BAD_MESSAGE, f"The server could not read the picture: {why}", number)
