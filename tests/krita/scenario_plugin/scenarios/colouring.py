"""Colours by swatches, another person by the die: what the painter chooses is what the face has."""

import os
from typing import Any

from dfp_scenario.inside import Krita, ManagedColor, QtCore, QtGui, plugin
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
annotation = plugin("document.option_annotation")
CANVAS = QtCore.QRect(0, 0, 768, 768)
FACE = "Face · Sketch"
# Where on the example sketch a region is, and nothing else.
PLACES = {
    "skin": QtCore.QRect(290, 440, 60, 60),
    "hair": QtCore.QRect(175, 160, 30, 120),
    "background": QtCore.QRect(50, 300, 60, 200),
}
DARK_WOMAN = {"skin": (110, 72, 55), "hair": (150, 50, 20)}
OLD_MAN = {"skin": (225, 190, 170), "hair": (215, 190, 135), "background": (60, 110, 70)}


def scenario(tools: Tools) -> Wait:
    doc, _ = yield from tools.begun(CANVAS)
    put(doc.nodeByName("Sketch"), os.environ["DFP_SKETCH"])
    yield 0.3
    yield from people_by_swatches(tools, doc)
    yield from persons(tools, doc)
    doc.setModified(False)


def put(layer: Any, file: str) -> None:
    picture = QtGui.QImage(file).convertToFormat(QtGui.QImage.Format_ARGB32)
    bits = picture.constBits()
    bits.setsize(picture.sizeInBytes())
    layer.setPixelData(QtCore.QByteArray(bytes(bits)), 0, 0, picture.width(), picture.height())


def options(doc: Any) -> Any:
    return annotation.options_of(doc)


def face(tools: Tools, doc: Any) -> bytes:
    return tools.pixels(doc.nodeByName(FACE), CANVAS)


def swatch(tools: Tools, region: str) -> Any:
    return tools.button("dfp_swatch_" + region)


def take(tools: Tools, colour: "tuple[int, int, int]") -> Wait:
    """Choose Krita's foreground colour, as by its colour selector."""
    view = Krita.instance().activeWindow().activeView()
    view.setForeGroundColor(ManagedColor.fromQColor(QtGui.QColor(*colour), view.canvas()))
    yield 0.1


def settled(tools: Tools) -> Wait:
    yield 0.1
    yield from tools.until(lambda: not tools.busy() and tools.says().startswith("Done in"), "the face", 90)
    yield 0.3


def colour(tools: Tools, region: str, wanted: "tuple[int, int, int] | None") -> Wait:
    """One click on a swatch."""
    if wanted is not None:
        yield from take(tools, wanted)
    swatch(tools, region).click()
    yield from settled(tools)


def people_by_swatches(tools: Tools, doc: Any) -> Wait:
    swatch(tools, "skin").click()
    yield 0.2
    tools.screenshot("before")
    swatch(tools, "skin").click()
    yield from tools.one_face()
    tools.screenshot("first")
    for name, wanted in (("dark woman", DARK_WOMAN), ("old man", OLD_MAN)):
        for region, rgb in wanted.items():
            yield from colour(tools, region, rgb)
        tools.screenshot(name.replace(" ", "_"))
        for region in wanted:
            yield from colour(tools, region, None)


def persons(tools: Tools, doc: Any) -> Wait:
    tools.button("dfp_person_button").click()
    yield from settled(tools)
    tools.screenshot("person")
