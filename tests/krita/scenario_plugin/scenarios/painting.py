"""Colours laid down by real strokes on a colour layer, with a face that follows them."""

import os
from typing import Any

from dfp_scenario.drawing import ink_of, mean_of, put, take_brush
from dfp_scenario.inside import QtCore, plugin
from dfp_scenario.tools import Tools, Wait

texts, painted = plugin("texts"), plugin("document.painted")
run_through, rect = plugin("document.capture").run_through, plugin("document.geometry").Rect
CANVAS = QtCore.QRect(0, 0, 800, 640)
SIDE, LEFT, TOP = 560, 120, 40
FACE, LAYER = "Face · Sketch", "Colour layer · Sketch"
GREEN, RED, BLUE = (20, 170, 60), (200, 30, 40), (30, 60, 200)
# Strokes on the canvas to the left of the head, to the right and above, wide enough to cover what is there.
LEFT_OF, RIGHT_OF, ABOVE = (
    [(0.28, 0.2 + 0.03 * step) for step in range(16)],
    [(0.72, 0.2 + 0.03 * step) for step in range(16)],
    [(0.28 + 0.03 * step, 0.2) for step in range(15)],
)
WIDE = 130
CORNER = 24


def scenario(tools: Tools) -> Wait:
    doc, sketch = yield from tools.begun(CANVAS)
    put(sketch, ink_of(os.environ["DFP_PORTRAIT"], SIDE), LEFT, TOP)
    yield from tools.one_face()
    plain = face(tools, doc)
    yield from added(tools, doc, plain)
    yield from by_swatch(tools, doc, plain)
    yield from green_background(tools, doc)
    yield from live(tools, doc)
    yield from renamed_hidden_deleted(tools, doc, plain)
    yield from made_again(tools, doc)
    yield from reopened(tools, doc)
    yield from under_lines_on_paper(tools)
    yield from as_the_server_is_told(tools)
    tools.quits = True


def face(tools: Tools, doc: Any) -> bytes:
    """The face's pixels."""
    return tools.pixels(doc.nodeByName(FACE), CANVAS)


def act(tools: Tools, name: str) -> Wait:
    """One of Krita's actions, and time for what it does."""
    tools.krita.action(name).trigger()
    yield 0.4


def chosen(doc: Any, name: str) -> Wait:
    doc.setActiveNode(doc.nodeByName(name))
    yield 0.2


def added(tools: Tools, doc: Any, plain: bytes) -> Wait:
    """Under the lines, by one step, which is undone and redone; never taken for a drawing; empty, it says nothing."""
    steps = tools.history()
    tools.button("dfp_colour_layer_button").click()
    yield 0.4
    words = texts.colour_layer
    assert tools.says() == f"{words.ADDED} {words.UNDER_FACE}", tools.says()
    assert tools.names(doc) == ["Background", LAYER, "Sketch", FACE], tools.names(doc)
    assert doc.activeNode() == doc.nodeByName(LAYER)
    assert tools.history() == steps + 1
    tools.undo()
    yield 0.4
    assert tools.names(doc) == ["Background", "Sketch", FACE]
    tools.redo()
    yield 0.4
    yield from chosen(doc, LAYER)
    yield from act(tools, "dfp_colour_layer")
    assert tools.says() == words.CHOSEN, tools.says()
    tools.generate()
    yield 0.1
    assert tools.says() == words.CHOSEN, tools.says()
    yield from act(tools, "dfp_show_face")
    assert tools.says() == texts.faces.AWAY, tools.says()
    yield from act(tools, "dfp_show_face")
    assert tools.says() == texts.faces.SHOWN, tools.says()
    yield from chosen(doc, "Sketch")
    tools.button("dfp_colour_layer_button").click()
    yield 0.2
    assert tools.says().startswith(words.THERE), tools.says()
    assert doc.activeNode() == doc.nodeByName(LAYER)
    yield from chosen(doc, "Sketch")
    yield from tools.one_face()
    assert face(tools, doc) == plain, "an empty colour layer changes the face"


def by_swatch(tools: Tools, doc: Any, plain: bytes) -> Wait:
    """With the colour layer chosen, a click on a swatch renews the face of the drawing that it belongs to."""
    yield from chosen(doc, LAYER)
    take_brush(tools, RED, WIDE)
    for wanted in (lambda: face(tools, doc) != plain, lambda: face(tools, doc) == plain):
        tools.button("dfp_swatch_hair").click()
        yield from tools.until(lambda wanted=wanted: not tools.busy() and wanted(), "the face is renewed", 60)
        assert tools.says().startswith("Done in"), tools.says()
        yield 0.3
    assert doc.activeNode() == doc.nodeByName(LAYER)
    assert tools.names(doc) == ["Background", LAYER, "Sketch", FACE], tools.names(doc)


def green_background(tools: Tools, doc: Any) -> Wait:
    """Where the background is painted green on the colour layer, the face's background is green."""
    before = corners(doc)
    doc.nodeByName(FACE).setVisible(False)
    doc.refreshProjection()
    yield from chosen(doc, LAYER)
    take_brush(tools, GREEN, WIDE)
    steps = tools.history()
    for points in (LEFT_OF, RIGHT_OF, ABOVE):
        yield from tools.stroke(points)
    yield 0.4
    assert tools.history() == steps + 3, "the strokes are not on the canvas"
    tools.screenshot("painted")
    doc.nodeByName(FACE).setVisible(True)
    yield from chosen(doc, "Sketch")
    yield from tools.one_face()
    after = corners(doc)
    tools.notes["corners"] = [[round(part) for part in colour] for colour in before + after]
    for was, colour in zip(before, after, strict=True):
        assert apart(colour, GREEN) < apart(was, GREEN) / 2, f"the background is {colour}"
        assert colour[1] > 1.3 * max(colour[0], colour[2]), f"the background is {colour}"
    tools.screenshot("green_background")


def corners(doc: Any) -> list[list[float]]:
    """The colours of the face's background near its upper corners."""
    layer = doc.nodeByName(FACE)
    place = layer.bounds()
    across = place.x() + 40, place.x() + place.width() - 40 - CORNER
    return [mean_of(layer, left, place.y() + 40, CORNER, CORNER) for left in across]


def apart(one: Any, other: Any) -> float:
    """How far two colours are apart."""
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5


def live(tools: Tools, doc: Any) -> Wait:
    """Live goes on while the colour layer is the active one: each of its strokes, and its undo, renews the face."""
    yield from act(tools, "dfp_live")
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "the first live face", 60)
    yield from chosen(doc, LAYER)
    take_brush(tools, BLUE, WIDE)
    before, steps = face(tools, doc), tools.history()
    yield from tools.stroke(RIGHT_OF)
    yield from tools.until(lambda: face(tools, doc) != before, "the face follows the stroke", 20)
    yield 0.4
    corner = corners(doc)[1]
    assert apart(corner, BLUE) < apart(corner, GREEN), f"the background is {corner}"
    assert tools.history() == steps + 1, "live work is in the undo history"
    assert tools.button("dfp_live_button").isChecked()
    tools.screenshot("live")
    tools.undo()
    yield from tools.until(lambda: face(tools, doc) == before, "the face follows the undo", 20)
    yield from act(tools, "dfp_live")
    yield from chosen(doc, "Sketch")


def renamed_hidden_deleted(tools: Tools, doc: Any, plain: bytes) -> Wait:
    """It is known by what was noted; hidden or deleted it does not count; nothing of it is ever a sketch in a batch."""
    told, layer = face(tools, doc), doc.nodeByName(LAYER)
    layer.setName("Under")
    yield from tools.one_face()
    assert face(tools, doc) == told, "renamed, it does not count"
    layers = plugin("batch.layers")
    assert [node.name() for node in layers.layers_of(doc, layers.Choice.VISIBLE)] == ["Sketch"]
    layer.setVisible(False)
    yield 0.2
    yield from tools.one_face()
    assert face(tools, doc) == plain, "a hidden colour layer counts"
    layer.setVisible(True)
    doc.refreshProjection()
    layer.remove()
    yield 0.4
    yield from tools.one_face()
    assert face(tools, doc) == plain, "a deleted colour layer counts"
    tools.undo()  # the face
    yield 0.4
    tools.undo()  # the deletion
    yield 0.4
    assert tools.names(doc) == ["Background", "Under", "Sketch", FACE], tools.names(doc)
    yield from chosen(doc, "Sketch")
    yield from tools.one_face()
    assert face(tools, doc) == told, "brought back, it does not count"


def made_again(tools: Tools, doc: Any) -> Wait:
    """The history has the colours and makes the same face of them, whatever is on the layer now."""
    history = tools.docker()._controller.history
    yield from tools.until(lambda: bool(history.entries(doc)), "the history")
    yield 0.5
    newest = history.entries(doc)[0]
    assert newest.painted
    size = len(bytes(doc.annotation("deepfacepencil-history-picture-" + newest.painted)))
    tools.notes["bytes of painted colours in the history"] = size
    doc.nodeByName("Under").setVisible(False)
    tools.docker()._controller.faces.generate_again(doc, newest)
    yield from tools.until(lambda: texts.history.SAME in tools.says(), "the same face, made again", 60)
    doc.nodeByName("Under").setVisible(True)
    doc.refreshProjection()


def reopened(tools: Tools, doc: Any) -> Wait:
    """Saved and opened again it is the sketch's colour layer still."""
    told = face(tools, doc)
    again = yield from tools.reopened(doc, "painting.kra")
    yield from chosen(again, "Sketch")
    assert face(tools, again) == told
    yield from tools.one_face()
    assert face(tools, again) == told, "reopened, it does not count"
    again.setModified(False)
    again.close()
    yield 0.4


def under_lines_on_paper(tools: Tools) -> Wait:
    """Lines on opaque paper: it lies over them and is multiplied, in one step; the face comes above both."""
    doc = tools.open(400, 300)
    yield 0.8
    doc.nodeByName("Sketch").remove()
    paper = doc.nodeByName("Background")
    tools.draw_rect(paper, 120, 50, 150, 200)
    doc.setActiveNode(paper)
    yield 0.3
    steps = tools.history()
    tools.krita.action("dfp_colour_layer").trigger()
    yield 0.4
    assert tools.says() == texts.colour_layer.ADDED, tools.says()
    layer = doc.nodeByName(texts.colour_layer.layer_name("Background"))
    assert tools.names(doc) == ["Background", layer.name()], tools.names(doc)
    assert layer.blendingMode() == "multiply"
    assert tools.history() == steps + 1, tools.history() - steps
    doc.setActiveNode(paper)
    yield 0.2
    yield from tools.one_face()
    face = plugin("shared.layer_names").face("Background")
    assert tools.names(doc) == ["Background", layer.name(), face], tools.names(doc)
    doc.setModified(False)
    doc.close()
    yield 0.3


def as_the_server_is_told(tools: Tools) -> Wait:
    """In any depth and profile the colours that she sees; where it is transparent none bleeds in."""
    for depth, profile in (("U8", ""), ("U16", "sRGB-elle-V2-g10.icc"), ("F32", "Rec2020-elle-V4-g10.icc")):
        doc = tools.krita.createDocument(1200, 600, "Test", "RGBA", depth, profile, 72.0)
        layer = doc.createNode(texts.colour_layer.LAYER, "paintlayer")
        doc.rootNode().addChildNode(layer, None)
        sketch = doc.nodeByName("Background")
        # Stripes of opaque red, between them transparent green.
        stripe = 1 if depth == "U8" else 4
        stripes = (bytes((*RED[::-1], 255)) * stripe + bytes((0, 255, 0, 0)) * stripe) * (600 * 200 // stripe // 2)
        picture = plugin("qt").QtGui.QImage(stripes, 600, 200, 2400, plugin("qt").QtGui.QImage.Format.Format_ARGB32)
        put(layer, picture, 300, 100)
        place = rect(0, 0, 1200, 600)
        told = run_through(painted.read_painted(doc, sketch, place, 1))
        assert told.size == (512, 256)
        row = [told.values[at : at + 4] for at in range(4 * (512 * 80 + 200), 4 * (512 * 80 + 300), 4)]
        full = max(row, key=lambda pixel: pixel[3])
        tools.notes[f"{depth} told"] = list(full)
        assert apart(full[:3], RED) < 6, tools.notes
        assert 110 < sum(pixel[3] for pixel in row) / len(row) < 145, [pixel[3] for pixel in row]
        assert all(apart(pixel[:3], RED) < 20 for pixel in row if pixel[3] > 50), "green bleeds into it"
        assert not any(told.values[: 4 * 512 * 40]), "something above what was painted"
        assert run_through(painted.read_painted(doc, sketch, place, 1, told)) is told
        doc.setModified(False)
        doc.close()
    yield 0.1
