"""PNG files of faces, written three times as fast as Pillow does at its quickest, and no larger.

Pillow tries five ways to predict every row, and looks for repetitions that photographs do not have. Here each pixel is
predicted from the one above it, and the differences are coded by how frequent they are.
"""

import struct
import zlib
from collections.abc import Iterator

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOUR_TYPES = {3: 2, 4: 6}  # by channels: RGB and RGBA
UP = 2  # the number of the filter that predicts from above
BAND = 1 << 20  # bytes that are made ready at a time: a copy of all would take as much memory as a large picture


def png(picture: np.ndarray, texts: dict[str, str]) -> bytes:
    """H x W x 3 or 4 uint8, RGB or RGBA, as a file with these texts, in letters of Latin-1 each, by their keys."""
    height, width, channels = picture.shape
    header = struct.pack(">IIBBBBB", width, height, 8, COLOUR_TYPES[channels], 0, 0, 0)
    said = (key.encode("latin-1") + b"\0" + text.encode("latin-1") for key, text in texts.items())
    # A sheet with a few faces is mostly nothing, which must take no room; a face has no runs worth looking for.
    strategy = zlib.Z_RLE if channels == 4 else zlib.Z_HUFFMAN_ONLY
    packer = zlib.compressobj(1, zlib.DEFLATED, zlib.MAX_WBITS, 9, strategy)
    pixels = b"".join([*(packer.compress(rows) for rows in _filtered(picture)), packer.flush()])
    chunks = [(b"IHDR", header), *((b"tEXt", text) for text in said), (b"IDAT", pixels), (b"IEND", b"")]
    return SIGNATURE + b"".join(_chunk(kind, data) for kind, data in chunks)


def _filtered(picture: np.ndarray) -> Iterator[bytes]:
    """The rows as they are packed, some at a time: each its filter's number and what is added to the row above."""
    rows = np.ascontiguousarray(picture).reshape(len(picture), -1)
    step = max(1, BAND // rows.shape[1])
    for top in range(0, len(rows), step):
        band = rows[top : top + step]
        out = np.empty((len(band), 1 + rows.shape[1]), np.uint8)
        out[:, 0] = UP
        np.subtract(band[1:], band[:-1], out=out[1:, 1:])
        out[0, 1:] = band[0] - rows[top - 1] if top else band[0]
        yield out.tobytes()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
