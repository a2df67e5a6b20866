"""Sketches from files put onto layers, and colours as layers of any picture have them."""

from typing import Any

from .inside import ManagedColor, Qt, QtCore, QtGui, plugin

Colour = tuple[int, int, int]


def ink_of(file: str, side: int) -> Any:
    """The lines of a black and white sketch as black ink on nothing, `side` pixels at the longer side."""
    gray = QtGui.QImage(file).scaled(
        side, side, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
    )
    gray.invertPixels()
    gray = gray.convertToFormat(QtGui.QImage.Format.Format_Grayscale8)
    ink = QtGui.QImage(gray.size(), QtGui.QImage.Format.Format_ARGB32)
    ink.fill(Qt.GlobalColor.black)
    ink.setAlphaChannel(gray)
    return ink


def put(layer: Any, picture: Any, left: int, top: int) -> None:
    """Write a picture, ARGB32, onto a layer, in the layer's own colours."""
    colors = plugin("document.colors")
    bits = picture.constBits()
    bits.setsize(picture.sizeInBytes())
    pixels, space = bytes(bits), colors.ColorSpace.of(layer)
    if not space.is_srgb8:
        pixels = colors.convert(pixels, picture.width(), picture.height(), colors.SRGB8, space)
    layer.setPixelData(QtCore.QByteArray(pixels), left, top, picture.width(), picture.height())


def managed(colour: Colour, canvas: Any) -> Any:
    """A colour of sRGB as Krita hands it about."""
    return ManagedColor.fromQColor(QtGui.QColor(*colour), canvas)


def take_brush(tools: Any, colour: Colour, size: int) -> None:
    """Let the next strokes be of this colour and so many pixels wide."""
    view = tools.krita.activeWindow().activeView()
    view.setForeGroundColor(managed(colour, view.canvas()))
    view.setBrushSize(size)
    view.setPaintingOpacity(1.0)
    view.setPaintingFlow(1.0)


def mean_of(layer: Any, left: int, top: int, width: int, height: int) -> list[float]:
    """The mean colour of a layer, as RGB of sRGB."""
    colors, rect = plugin("document.colors"), plugin("document.geometry").Rect
    place = rect(left, top, width, height)
    pixels = colors.as_srgb8(bytes(layer.pixelData(*place)), place, colors.ColorSpace.of(layer))
    return [sum(pixels[channel::4]) / (width * height) for channel in (2, 1, 0)]
