"""Pixels between a painter's color space and the server's 8-bit sRGB, by Krita's own color management."""

from typing import Any, NamedTuple

from . import texts
from .geometry import Place
from .krita_api import Krita
from .qt import QtCore
from .refusal import Refusal


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
        profile = self.profile.lower()
        usual = "srgb" in profile and "g10" not in profile and "linear" not in profile
        return self.model == "RGBA" and self.depth == "U8" and usual


SRGB8 = ColorSpace("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc")


def convert(pixels: Any, width: int, height: int, source: ColorSpace, target: ColorSpace) -> Any:
    """The same picture in another color space, as a QByteArray.

    A layer of the painter's own document would do, but converting it lands on her undo stack; a document that
    is never shown has a stack of its own.
    """
    scratch = Krita.instance().createDocument(1, 1, "", source.model, source.depth, source.profile, 72.0)
    if scratch is None:
        raise CannotConvert(texts.CANNOT_CONVERT)
    try:
        scratch.setBatchmode(True)
        layer = scratch.rootNode().childNodes()[0]
        layer.setPixelData(QtCore.QByteArray(pixels), 0, 0, width, height)
        if not scratch.setColorSpace(target.model, target.depth, target.profile):
            raise CannotConvert(texts.CANNOT_CONVERT)
        scratch.waitForDone()
        return layer.pixelData(0, 0, width, height)
    finally:
        scratch.setModified(False)
        scratch.close()


def as_srgb8(pixels: bytes, place: Place, space: ColorSpace) -> bytes:
    """Pixels of a layer as the server speaks them. Raises Refusal."""
    if space.is_srgb8:
        return pixels
    try:
        return bytes(convert(pixels, place.width, place.height, space, SRGB8))
    except CannotConvert as error:
        raise Refusal(str(error)) from error
