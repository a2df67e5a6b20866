"""Colours that a painter has chosen against those of the face on her canvas, in pictures of several depths.

Notes for each picture and each way of choosing rows of (region, chosen, told, seen), each RGB of sRGB: what was chosen,
what the server was told, and the face's median colour where the server says that the region is, read from the canvas.
"""

import os
from dataclasses import replace
from typing import Any

from dfp_scenario.drawing import Colour, ink_of, put, take_brush
from dfp_scenario.inside import QtCore, QtGui, plugin
from dfp_scenario.tools import Tools, Wait

colors, capture = plugin("document.colors"), plugin("document.capture")
annotation, options = plugin("document.option_annotation"), plugin("document.options")
region_colours, sampling = plugin("generation.region_colours"), plugin("document.sampling")
palettes, painted, words = plugin("document.palette"), plugin("document.painted_values"), plugin("texts").colour_layer
SIDE, LEFT, TOP = 512, 64, 64
CANVAS = QtCore.QRect(0, 0, 640, 640)
FACE, LAYER = "Face · Sketch", words.layer_name("Sketch")
KINDS = {
    "sRGB 8-bit": ("U8", ""),
    "linear 16-bit": ("U16", "sRGB-elle-V2-g10.icc"),
    "Rec2020 float": ("F32", "Rec2020-elle-V4-g10.icc"),
}
# A dark-skinned woman with red hair before a green wall, a blond old man by the sea, a blue-haired one in yellow.
PEOPLE: "list[dict[str, Colour]]" = [
    {"skin": (112, 72, 52), "hair": (140, 46, 24), "lips": (130, 52, 56), "eyes": (70, 46, 30)},
    {"skin": (222, 180, 158), "hair": (214, 184, 126), "lips": (196, 128, 120), "eyes": (88, 110, 130)},
    {"skin": (190, 140, 112), "hair": (52, 76, 150), "lips": (170, 70, 90), "eyes": (60, 90, 60)},
]
AROUND: "list[dict[str, Colour]]" = [
    {"background": (60, 130, 80), "clothes": (200, 190, 170)},
    {"background": (90, 140, 190), "clothes": (60, 60, 70)},
    {"background": (210, 200, 185), "clothes": (210, 170, 50)},
]


def scenario(tools: Tools) -> Wait:
    for name, (depth, profile) in KINDS.items():
        doc = tools.krita.createDocument(CANVAS.width(), CANVAS.height(), "Test", "RGBA", depth, profile, 72.0)
        doc.setBatchmode(True)
        sketch = doc.createNode("Sketch", "paintlayer")
        doc.rootNode().addChildNode(sketch, None)
        tools.krita.activeWindow().addView(doc)
        yield 1.0
        put(sketch, ink_of(os.environ["DFP_PORTRAIT"], SIDE), LEFT, TOP)
        tools.krita.action("dfp_colour_layer").trigger()
        yield 0.4
        doc.setActiveNode(sketch)
        yield 0.3
        rows: dict[str, list[Any]] = {"swatches": [], "colour layer": []}
        for number, (person, around) in enumerate(zip(PEOPLE, AROUND, strict=True)):
            wanted = {**person, **around}
            yield from by_swatches(tools, doc, wanted, rows["swatches"])
            yield from by_layer(tools, doc, wanted, rows["colour layer"])
            tools.screenshot(f"{name} {number}")
        tools.notes[name] = rows
        doc.setModified(False)
        doc.close()
        yield 0.4


def by_swatches(tools: Tools, doc: Any, wanted: "dict[str, Colour]", rows: "list[Any]") -> Wait:
    """Each region's colour is Krita's foreground colour, in the picture's own colour space, when it is taken."""
    told = {}
    for region, colour in wanted.items():
        take_brush(tools, colour, 20)
        yield 0.05
        told[region] = colors.foreground()
    annotation.keep_options(doc, options.Options(palette=palettes.Palette(**told)))
    seen: dict[str, Any] = {}
    yield from read_back(tools, doc, seen)
    annotation.keep_options(doc, options.NO_OPTIONS)
    rows += [[region, wanted[region], told[region], seen["face"].get(region)] for region in wanted]


def by_layer(tools: Tools, doc: Any, wanted: "dict[str, Colour]", rows: "list[Any]") -> Wait:
    """Where the server sees the regions each is laid down; then the face is read where it sees them then."""
    where: dict[str, Any] = {}
    yield from read_back(tools, doc, where)
    layer = doc.nodeByName(LAYER)
    put(layer, laid_down(where["regions"], where["shape"], wanted, where["place"]), *where["place"][:2])
    doc.refreshProjection()
    seen: dict[str, Any] = {}
    yield from read_back(tools, doc, seen)
    rows += [[region, wanted[region], seen["told"].get(region), seen["face"].get(region)] for region in wanted]
    empty = bytes(len(tools.pixels(layer, CANVAS)))
    layer.setPixelData(QtCore.QByteArray(empty), 0, 0, CANVAS.width(), CANVAS.height())


def read_back(tools: Tools, doc: Any, found: "dict[str, Any]") -> Wait:
    """Make a face and tell, by region, its colours on the canvas, and those that were painted for it."""
    yield from tools.one_face()
    sketch = capture.capture(capture.chosen_subject())
    answers: list[Any] = []
    tools.docker()._controller.faces.ask(replace(sketch, regions=True), lambda _, answer: noted(answers, answer))
    yield from tools.until(lambda: bool(answers), "the regions", 60)
    yield 0.1
    (answer,) = answers
    place, (_, rows, columns) = sketch.place_of(answer), answer.regions_shape
    pixels = capture.run_through(sampling.sampled(doc.nodeByName(FACE), place, columns, rows))
    found["face"] = region_colours.palette_under(answer.regions, answer.regions_shape, pixels).known
    found["regions"], found["shape"], found["place"] = answer.regions, answer.regions_shape, place
    if sketch.painted is not None:
        told = told_under(sketch, place, columns, rows)
        found["told"] = region_colours.palette_under(answer.regions, answer.regions_shape, told).known


def noted(answers: "list[Any]", answer: Any) -> Any:
    answers.append(answer)
    yield False
    return ""


def told_under(sketch: Any, place: Any, columns: int, rows: int) -> bytes:
    """BGRA of what was told, one for each place of the regions."""
    pixels, (wide, high) = painted.swapped(sketch.painted.values), sketch.painted.size
    found = []
    for row in range(rows):
        down = int((place.top + (row + 0.5) * place.height / rows - sketch.place.top) * high / sketch.place.height)
        for column in range(columns):
            over = place.left + (column + 0.5) * place.width / columns - sketch.place.left
            at = 4 * (min(max(down, 0), high - 1) * wide + min(max(int(over * wide / sketch.place.width), 0), wide - 1))
            found.append(pixels[at : at + 4])
    return b"".join(found)


def laid_down(regions: bytes, shape: Any, wanted: "dict[str, Colour]", place: Any) -> Any:
    """A picture as large as the face with each region in its colour; what is of several is left out."""
    _, rows, columns = shape
    size = rows * columns
    picture = QtGui.QImage(columns, rows, QtGui.QImage.Format.Format_ARGB32)
    picture.fill(QtCore.Qt.GlobalColor.transparent)
    for number, name in enumerate(region_colours.LAYERS):
        plane = regions[number * size : (number + 1) * size]
        least = 100 if name == "features" else 128
        places = [at for at, share in enumerate(plane) if share >= least]
        middle = sum(at // columns for at in (places[:1] + places[-1:])) / 2
        for at in places:
            feature = "eyes" if at // columns < middle else "lips"
            colour = wanted[feature if name == "features" else name]
            picture.setPixelColor(at % columns, at // columns, QtGui.QColor(*colour))
    return picture.scaled(place.width, place.height)
