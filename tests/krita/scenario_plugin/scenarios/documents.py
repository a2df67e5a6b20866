"""Faces in documents of every color model, for selections, inside groups, and beside the canvas."""

import struct
from typing import Any

from dfp_scenario.inside import QtCore, Selection, plugin
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")

# One opaque black pixel in each color model.
BLACK = {
    ("RGBA", "U8"): b"\0\0\0\xff",
    ("RGBA", "U16"): b"\0\0\0\0\0\0\xff\xff",
    ("RGBA", "F16"): struct.pack("<4e", 0, 0, 0, 1),
    ("RGBA", "F32"): struct.pack("<4f", 0, 0, 0, 1),
    ("GRAYA", "U8"): b"\0\xff",
    ("CMYKA", "U8"): b"\0\0\0\xff\xff",
}
# What a color model can show of the same face: gray has no hue, and ink has fewer colors than light.
ALIKE = {"RGBA": 2.0, "CMYKA": 30.0, "GRAYA": 50.0}


def scenario(tools: Tools) -> Wait:
    looks: dict[tuple[str, str], list[int]] = {}
    for (model, depth), black in BLACK.items():
        yield from one_document(tools, model, depth, black, looks)
    usual = looks["RGBA", "U8"]
    for key, look in looks.items():
        apart = sum(abs(a - b) for a, b in zip(look, usual, strict=True)) / len(usual)
        tools.notes["-".join(key)] = round(apart, 2)
        assert apart <= ALIKE[key[0]], f"{key}: the face's colors are {apart} apart from those in 8 bit"
    yield from places(tools)
    tools.notes["servers"] = tools.own_servers()


def one_document(tools: Tools, model: str, depth: str, black: bytes, looks: "dict[tuple[str, str], list[int]]") -> Wait:
    doc = tools.open(500, 400, depth, model)
    yield 0.4
    sketch = doc.nodeByName("Sketch")
    tools.draw_rect(sketch, 120, 60, 240, 280, ink=black)
    doc.setActiveNode(sketch)
    yield 0.3
    drawn = tools.pixels(sketch, QtCore.QRect(0, 0, 500, 400))
    yield from face_made(tools, f"{model} {depth}")
    face = doc.nodeByName("Face · Sketch")
    bounds = face.bounds()
    place = (bounds.x(), bounds.y(), bounds.width(), bounds.height())
    assert tools.notes.setdefault("place", list(place)) == list(place), (model, depth, place)
    assert (face.colorModel(), face.colorDepth()) == (model, depth)
    assert face.colorProfile() == doc.colorProfile()
    assert tools.pixels(sketch, QtCore.QRect(0, 0, 500, 400)) == drawn, "the sketch was changed"
    assert doc.activeNode() == sketch
    looks[model, depth] = look_of(face)
    if depth == "U16":
        yield from live_in_16_bit(tools, doc, face, black)
    tools.undo()
    yield 0.3
    assert tools.names(doc) == ["Background", "Sketch"], f"{model} {depth}: one undo leaves {tools.names(doc)}"
    doc.setModified(False)
    doc.close()
    yield 0.2


def live_in_16_bit(tools: Tools, doc: Any, face: Any, black: bytes) -> Wait:
    """Live renews the face of a deep picture, in its colours, and follows the next line."""
    canvas = QtCore.QRect(0, 0, 500, 400)
    drawn, shown = tools.pixels(doc.nodeByName("Sketch"), canvas), tools.pixels(face, canvas)
    tools.krita.action("dfp_live").trigger()
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "live works", 60)
    assert tools.pixels(face, canvas) == shown, "the same lines gave another face"
    tools.draw_rect(doc.nodeByName("Sketch"), 180, 150, 60, 20, ink=black)
    tools.krita.action("dfp_generate").trigger()
    yield from tools.until(lambda: tools.pixels(face, canvas) != shown, "the face follows", 60)
    tools.krita.action("dfp_live").trigger()
    yield 0.3
    doc.nodeByName("Sketch").setPixelData(QtCore.QByteArray(drawn), 0, 0, 500, 400)


def places(tools: Tools) -> Wait:
    doc = tools.open(600, 500)
    yield 0.5
    yield from selected(tools, doc)
    yield from in_group(tools, doc)
    yield from over_the_edge(tools, doc)
    yield from locked_sketch(tools, doc)
    yield from masked(tools, doc)
    yield from tiny(tools)


def selected(tools: Tools, doc: Any) -> Wait:
    """The selection is the frame, made square; the rest of the drawing is not looked at."""
    sketch = doc.nodeByName("Sketch")
    tools.draw_rect(sketch, 100, 100, 150, 200)
    tools.draw_rect(sketch, 450, 50, 100, 100)
    chosen = Selection()
    chosen.select(80, 90, 200, 220, 255)
    doc.setSelection(chosen)
    yield from face_on(tools, doc, sketch)
    assert bounds_of(doc, "Face · Sketch") == (70, 90, 220, 220), bounds_of(doc, "Face · Sketch")
    chosen.select(0, 0, 300, 340, 255)
    doc.setSelection(chosen)
    doc.nodeByName("Face · Sketch").remove()
    yield from face_on(tools, doc, sketch)
    assert bounds_of(doc, "Face · Sketch") == (-20, 0, 340, 340), bounds_of(doc, "Face · Sketch")
    doc.setSelection(None)
    sketch.remove()
    yield 0.2


def in_group(tools: Tools, doc: Any) -> Wait:
    group = doc.createNode("Group", "grouplayer")
    doc.rootNode().addChildNode(group, None)
    for name in ("Below", "Lines", "Above"):
        layer = doc.createNode(name, "paintlayer")
        group.addChildNode(layer, None)
        if name == "Lines":
            tools.draw_rect(layer, 200, 100, 200, 240)
    yield 0.2
    yield from face_on(tools, doc, doc.nodeByName("Lines"))
    inside = [node.name() for node in group.childNodes()]
    assert inside == ["Below", "Lines", "Face · Lines", "Above"], inside
    group.remove()
    yield 0.2


def over_the_edge(tools: Tools, doc: Any) -> Wait:
    """Lines that begin outside the canvas: only the canvas is sent, and the face still lies on the drawing."""
    layer = doc.createNode("Edge", "paintlayer")
    doc.rootNode().addChildNode(layer, None)
    tools.draw_rect(layer, -400, 150, 560, 200)
    yield 0.2
    yield from face_on(tools, doc, layer)
    left, top, width, height = bounds_of(doc, "Face · Edge")
    tools.notes["edge"] = [left, top, width, height]
    # What is seen of the drawing are 160 x 200 pixels from (0, 150); where its frame ends is the server's choice.
    assert abs(left + width / 2 - 80) < 60, (left, width)
    assert abs(top + height / 2 - 250) < 40, (top, height)
    layer.remove()
    yield 0.2


def locked_sketch(tools: Tools, doc: Any) -> Wait:
    """A lock keeps the lines as they are, and so does this tool."""
    layer = doc.createNode("Locked", "paintlayer")
    doc.rootNode().addChildNode(layer, None)
    tools.draw_rect(layer, 200, 100, 200, 240)
    layer.setLocked(True)
    yield 0.2
    yield from face_on(tools, doc, layer)
    assert layer.locked()
    assert not doc.nodeByName("Face · Locked").locked()


def masked(tools: Tools, doc: Any) -> Wait:
    """Lines that a mask hides are not part of the drawing."""
    layer = doc.createNode("Masked", "paintlayer")
    doc.rootNode().addChildNode(layer, None)
    tools.draw_rect(layer, 50, 50, 150, 150)
    tools.draw_rect(layer, 400, 300, 150, 150)
    yield 0.2
    doc.setActiveNode(layer)
    shown = Selection()
    shown.select(0, 0, 300, 300, 255)
    doc.setSelection(shown)
    yield 0.2
    tools.krita.action("add_new_transparency_mask").trigger()
    yield from tools.until(lambda: len(layer.childNodes()) == 1, "the mask is there")
    yield 0.3
    yield from face_on(tools, doc, layer)
    bounds = doc.nodeByName("Face · Masked").bounds()
    assert bounds.width() < 300, bounds


def tiny(tools: Tools) -> Wait:
    """Too small for a face: the server says so."""
    doc = tools.open(1, 1)
    yield 0.4
    sketch = doc.nodeByName("Sketch")
    tools.draw_rect(sketch, 0, 0, 1, 1, line=1)
    doc.setActiveNode(sketch)
    yield 0.3
    tools.generate()
    yield from tools.until(lambda: not tools.busy(), "the refusal")
    assert "too small" in tools.says(), tools.says()
    assert tools.names(doc) == ["Background", "Sketch"]


def face_on(tools: Tools, doc: Any, layer: Any) -> Wait:
    doc.setActiveNode(layer)
    yield 0.2
    yield from face_made(tools, layer.name())
    assert doc.activeNode() == layer, f"{doc.activeNode().name()} is active"


def face_made(tools: Tools, what: str) -> Wait:
    tools.generate()
    yield 0.0
    yield from tools.until(lambda: not tools.busy(), f"the face for {what}", 90)
    assert tools.says().startswith(texts.faces.done(1)[:7]), f"{what}: {tools.says()}"
    yield 0.3


def bounds_of(doc: Any, name: str) -> "tuple[int, int, int, int]":
    bounds = doc.nodeByName(name).bounds()
    return bounds.x(), bounds.y(), bounds.width(), bounds.height()


def look_of(layer: Any) -> "list[int]":
    """What the layer looks like on an sRGB screen, coarsely."""
    small = layer.thumbnail(24, 24)
    colors = [small.pixelColor(x, y) for y in range(24) for x in range(24)]
    return [value for color in colors for value in (color.red(), color.green(), color.blue())]
