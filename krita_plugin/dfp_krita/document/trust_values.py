"""What a painter's colours say about how exactly lines are meant. Plain Python: no Qt, no Krita."""

from typing import Any, Dict, NamedTuple, Tuple

NEUTRAL = 128
KINDS: Dict[int, Any] = {1: "B", 2: "H", 4: "I", 8: "Q"}  # of memory, by bytes a pixel


class TrustMask(NamedTuple):
    """Rows of one byte each, 1 loosely, 128 neutral, 255 exactly; size is columns and rows."""

    values: bytes
    size: Tuple[int, int]


def every(row: bytes, pixel: int, step: int) -> bytes:
    """Of a row of pixels with so many bytes each the first, and then each so manieth."""
    if pixel in KINDS:
        return memoryview(row).cast(KINDS[pixel])[::step].tobytes()
    return b"".join(row[at : at + pixel] for at in range(0, len(row), pixel * step))


def values_of(pixels: bytes) -> bytes:
    """BGRA pixels -> a value each: 255 pure green, 1 pure red, 128 anything in the middle or nothing at all."""
    return bytes(
        NEUTRAL + (green - red) * alpha * 127 // 65025
        for green, red, alpha in zip(pixels[1::4], pixels[2::4], pixels[3::4])
    )


def gray_values_of(pixels: bytes) -> bytes:
    """BGRA pixels of a gray picture -> a value each: 255 white, 1 black, 128 middle gray or nothing."""
    return bytes(NEUTRAL + (2 * light - 255) * alpha * 127 // 65025 for light, alpha in zip(pixels[1::4], pixels[3::4]))
