"""Pixels between a painter's color space and the server's 8-bit sRGB, by Krita's own color management."""

import struct
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from .. import texts
from ..krita_api import Krita
from ..qt import QtCore
from ..refusal import Refusal
from .geometry import Rect
from .palette import Colour


class CannotConvert(Exception):
    """Krita has no way between the two color spaces."""


class ColorSpace(NamedTuple):
    """What Krita calls color model, depth and profile."""

    model: str
    depth: str
    profile: str

    @classmethod
    def of(cls, owner: Any) -> "ColorSpace":
        """The color space of a document or a layer."""
        return cls(owner.colorModel(), owner.colorDepth(), owner.colorProfile())

    @property
    def is_srgb8(self) -> bool:
        """Whether raw pixels are what the server speaks: BGRA, 8 bit, the usual RGB."""
        return self.model == "RGBA" and self.depth == "U8" and _means_srgb(self.profile)


SRGB8 = ColorSpace("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")
# Profiles of sRGB by several makers differ by rounding only.
ROUNDING = 2
# Opaque colors all over the cube.
PROBE = b"".join(bytes((*color, 255)) for color in product(range(0, 256, 51), repeat=3))

# What a number of each depth is.
NUMBERS = {"U8": "B", "U16": "H", "F16": "e", "F32": "f"}
# Grays of sRGB that tell linear light from any other, and how far they may be off it, between black and white.
GRAYS, LINEAR = (64, 128, 192), 0.03


@lru_cache(maxsize=None)
def _means_srgb(profile: str) -> bool:
    """What a profile is called says nothing: whether its colors are those of sRGB is seen by converting some."""
    if profile == SRGB8.profile:
        return True
    return _shows_probe(ColorSpace("RGBA", "U8", profile), PROBE)


@lru_cache(maxsize=None)
def is_linear(space: ColorSpace) -> bool:
    """Whether numbers are amounts of light, so that soft edges mix in linear light. Trying it takes milliseconds."""
    if space.is_srgb8 or space.depth not in NUMBERS:
        return False
    grays = (0, 255, *GRAYS)
    try:
        pixels = bytes(convert(b"".join(bytes((gray, gray, gray, 255)) for gray in grays), len(grays), 1, SRGB8, space))
    except CannotConvert:
        return False
    width = len(pixels) // len(grays)
    black, white, *seen = (struct.unpack_from("<" + NUMBERS[space.depth], pixels, at * width)[0] for at in range(5))
    amounts = (((gray / 255 + 0.055) / 1.055) ** 2.4 for gray in GRAYS)
    off = (abs((number - black) / ((white - black) or 1) - amount) for number, amount in zip(seen, amounts))
    return max(off) < LINEAR


@lru_cache(maxsize=None)
def are_twins(space: ColorSpace, other: ColorSpace) -> bool:
    """Whether the same numbers are the same colors in both, to within rounding. Trying it takes some milliseconds."""
    if space == other:
        return True
    return space[:2] == other[:2] and _shows_probe(other, _probe_in(space))


@lru_cache(maxsize=None)
def _probe_in(space: ColorSpace) -> bytes:
    try:
        return PROBE if space.is_srgb8 else bytes(convert(PROBE, len(PROBE) // 4, 1, SRGB8, space))
    except CannotConvert:
        return b""


def _shows_probe(space: ColorSpace, numbers: bytes) -> bool:
    """Whether these numbers are the colors of PROBE in a color space."""
    try:
        seen = bytes(convert(numbers, len(PROBE) // 4, 1, space, SRGB8))
    except CannotConvert:
        return False
    return len(seen) == len(PROBE) and all(abs(one - other) <= ROUNDING for one, other in zip(seen, PROBE))


def seen_colour(managed: Any) -> Colour:
    """Krita's ManagedColor, of whatever color space, as the color of sRGB that the painter sees."""
    seen = type(managed)(managed.colorModel(), managed.colorDepth(), managed.colorProfile())
    seen.setComponents(managed.components())
    if not seen.setColorSpace(*SRGB8):
        raise Refusal(texts.document.CANNOT_CONVERT)
    red, green, blue = (min(max(round(255 * part), 0), 255) for part in seen.componentsOrdered()[:3])
    return red, green, blue


def foreground() -> Colour:
    """The color that the painter would paint with now, in sRGB. Raises Refusal."""
    window = Krita.instance().activeWindow()
    view = window.activeView() if window is not None else None
    managed = view.foregroundColor() if view is not None and view.document() is not None else None
    if managed is None:
        raise Refusal(texts.document.NO_DOCUMENT)
    return seen_colour(managed)


def convert(pixels: Any, width: int, height: int, source: ColorSpace, target: ColorSpace) -> Any:
    """The same picture in another color space, as a QByteArray.

    A layer of the painter's own document would do, but converting it lands on her undo stack; a document that
    is never shown has a stack of its own.
    """
    scratch = Krita.instance().createDocument(1, 1, "", source.model, source.depth, source.profile, 72.0)
    if scratch is None:
        raise CannotConvert(texts.document.CANNOT_CONVERT)
    try:
        scratch.setBatchmode(True)
        layer = scratch.rootNode().childNodes()[0]
        layer.setPixelData(QtCore.QByteArray(pixels), 0, 0, width, height)
        if not scratch.setColorSpace(target.model, target.depth, target.profile):
            raise CannotConvert(texts.document.CANNOT_CONVERT)
        scratch.waitForDone()
        return layer.pixelData(0, 0, width, height)
    finally:
        scratch.setModified(False)
        scratch.close()


def as_srgb8(pixels: bytes, place: Rect, space: ColorSpace) -> bytes:
    """Pixels of a layer as the server speaks them. Raises Refusal."""
    if space.is_srgb8:
        return pixels
    try:
        return bytes(convert(pixels, place.width, place.height, space, SRGB8))
    except CannotConvert as error:
        raise Refusal(str(error)) from error
