"""What tells one captured sketch from another: as a checksum that is the same in every session of Krita."""

import zlib

from .capture import CapturedSketch


def digest_of(sketch: CapturedSketch) -> int:
    """What tells one sketch with its frame, options, trust and painted colours from another."""
    options = sketch.options
    chosen = options.trust, options.palette, options.seed, options.form
    asked = sketch.place, sketch.frame, sketch.turn, chosen, sketch.trust
    digest = zlib.crc32(repr(asked).encode())
    for piece in (*sketch.pixels, sketch.painted.values if sketch.painted is not None else b""):
        digest = zlib.crc32(piece, digest)
    return digest


def key_of(sketch: CapturedSketch) -> str:
    """A name for the answer to a sketch: that depends on what else is asked for, too."""
    return f"{zlib.crc32(repr((sketch.heads, sketch.options.attention)).encode(), digest_of(sketch)):08x}"
