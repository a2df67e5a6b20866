"""What a painter's colours say about how exactly lines are meant. Plain Python: no Qt, no Krita."""

from typing import NamedTuple, Tuple

NEUTRAL = 128


class TrustMask(NamedTuple):
    """Rows of one byte each, 1 loosely, 128 neutral, 255 exactly; size is columns and rows."""

    values: bytes
    size: Tuple[int, int]


def values_of(pixels: bytes) -> bytes:
    """BGRA pixels -> a value each: 255 pure green, 1 pure red, 128 anything in the middle or nothing at all."""
    return bytes(
        NEUTRAL + (green - red) * alpha * 127 // 65025
        for green, red, alpha in zip(pixels[1::4], pixels[2::4], pixels[3::4])
    )


def gray_values_of(pixels: bytes) -> bytes:
    """BGRA pixels of a gray picture -> a value each: 255 white, 1 black, 128 middle gray or nothing."""
    return bytes(NEUTRAL + (2 * light - 255) * alpha * 127 // 65025 for light, alpha in zip(pixels[1::4], pixels[3::4]))
