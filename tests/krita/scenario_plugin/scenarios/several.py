"""A sheet with three heads gets three faces in a group; each of its head, whatever happens to the others."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from dfp_scenario.inside import Qt, QtCore, QtGui, QtWidgets, plugin
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
framing = plugin("document.framing")
frame_lock = plugin("document.frame_lock")
options = plugin("document.option_annotation")
EXAMPLES = Path(os.environ["DFP_EXAMPLES"])
CANVAS = QtCore.QRect(0, 0, 1500, 600)
SIDE = 400
# Left corner of each head's picture, and by how many degrees it is turned.
SHEET = (("sketch_01", 40, 0), ("sketch_02", 540, 30), ("example_sketch", 1050, 0))
GROUP = "Faces · Sketch"
RED = bytes((0, 0, 255, 255))


def scenario(tools: Tools) -> Wait:
    doc, sketch = yield from tools.begun(CANVAS)
    for name, left, turn in SHEET:
        put(sketch, name, left, 90, SIDE, turn)
    doc.refreshProjection()
    yield 0.3
    yield from cancelled(tools, doc)
    yield from one_step(tools, doc)
    yield from renewed(tools, doc, sketch)
    yield from painted_over(tools, doc, sketch)
    yield from one_alone(tools, doc, sketch)
    yield from live(tools, doc, sketch)
    yield from turned(tools)
    yield from a_house(tools)
    yield from a_batch(tools)
    yield from in_layers(tools)


def put(layer: Any, name: str, left: int, top: int, side: int, turn: int = 0) -> None:
    """Ink of an example on the layer; what is there already stays outside of its square."""
    gray = QtGui.QImage(str(EXAMPLES / f"{name}.png")).convertToFormat(QtGui.QImage.Format.Format_Grayscale8)
    gray.invertPixels()
    small = QtGui.QImage(side, side, QtGui.QImage.Format.Format_Grayscale8)
    small.fill(0)
    painter = QtGui.QPainter(small)
    painter.setRenderHint(QtGui.QPainter.RenderHint.SmoothPixmapTransform)
    painter.translate(side / 2, side / 2)
    painter.rotate(turn)
    painter.drawImage(QtCore.QRectF(-side / 2, -side / 2, side, side), gray)
    painter.end()
    ink = QtGui.QImage(small.size(), QtGui.QImage.Format.Format_ARGB32)
    ink.fill(Qt.GlobalColor.black)
    ink.setAlphaChannel(small)
    bits = ink.constBits()
    bits.setsize(ink.sizeInBytes())
    layer.setPixelData(QtCore.QByteArray(bytes(bits)), left, top, side, side)


def group(doc: Any) -> Any:
    return doc.nodeByName(GROUP)


def faces(doc: Any) -> "list[Any]":
    """The layers of the group from left to right."""
    return sorted(group(doc).childNodes(), key=lambda layer: layer.bounds().left())


def shots(tools: Tools, doc: Any) -> "list[bytes]":
    return [tools.pixels(layer, CANVAS) for layer in faces(doc)]


def cancelled(tools: Tools, doc: Any) -> Wait:
    """Between two faces: nothing is left behind."""
    before, steps = tools.names(doc), tools.history()
    tools.generate()
    yield from tools.until(lambda: tools.says().startswith(texts.several.goes_on(2, 3)), "the second face", 90)
    tools.screenshot("second_of_three")
    tools.button("dfp_cancel_button").click()
    yield 1.5
    assert tools.says() == texts.faces.CANCELLED, tools.says()
    assert (tools.names(doc), tools.history()) == (before, steps)


def one_step(tools: Tools, doc: Any) -> Wait:
    """A group right above the sketch, each face on its head, by one step; undone and done again."""
    before = tools.history()
    yield from tools.one_face()
    assert texts.several.made(3) in tools.says(), tools.says()
    names = tools.names(doc)
    assert names.index(GROUP) == names.index("Sketch") + 1, names
    assert [layer.name() for layer in group(doc).childNodes()] == [f"Face {number} · Sketch" for number in (3, 2, 1)]
    assert [layer.name() for layer in faces(doc)] == [f"Face {number} · Sketch" for number in (1, 2, 3)]
    for layer, (_, left, _) in zip(faces(doc), SHEET, strict=True):
        middle = layer.bounds().center()
        assert abs(middle.x() - left - SIDE / 2) < 60, (layer.name(), layer.bounds())
        assert abs(middle.y() - 90 - SIDE / 2) < 70, (layer.name(), layer.bounds())
    assert tools.history() == before + 1, (before, tools.history())
    assert doc.activeNode().name() == "Sketch", doc.activeNode().name()
    doc.waitForDone()
    yield 0.5
    tools.screenshot("three_faces")
    for layer in faces(doc):
        at = QtCore.QRect(layer.bounds().center(), QtCore.QSize(1, 1))
        assert tools.pixels(doc, at) == tools.pixels(layer, at), f"{layer.name()} is not seen"
    pixels = shots(tools, doc)
    tools.undo()
    yield 0.5
    assert group(doc) is None, tools.names(doc)
    tools.redo()
    yield 0.5
    assert shots(tools, doc) == pixels, "redo has lost pixels"


def renewed(tools: Tools, doc: Any, sketch: Any) -> Wait:
    """A stroke on one head: its face is another one, on the same layer, by one step for all of them."""
    before, ids = shots(tools, doc), [layer.uniqueId() for layer in faces(doc)]
    tools.draw_rect(sketch, 190, 330, 90, 30)
    steps = tools.history()
    yield from tools.one_face()
    after = shots(tools, doc)
    assert [layer.uniqueId() for layer in faces(doc)] == ids, [layer.name() for layer in faces(doc)]
    assert after[0] != before[0], "the face with the new stroke is as it was"
    assert tools.names(doc).count(GROUP) == 1
    assert tools.history() == steps + 1, "all faces are renewed by one step"
    tools.undo()
    yield 0.5
    assert shots(tools, doc) == before, "an undo does not bring the faces back"
    tools.redo()
    yield 0.5


def painted_over(tools: Tools, doc: Any, sketch: Any) -> Wait:
    """What she has painted on stays; its head gets a new face beside it in the group."""
    _, hers, _ = faces(doc)
    at = hers.bounds().center()
    hers.setPixelData(QtCore.QByteArray(RED * 900), at.x(), at.y(), 30, 30)
    before = tools.pixels(hers, CANVAS)
    tools.draw_rect(sketch, 700, 330, 80, 30)
    yield from tools.one_face()
    assert texts.several.CHANGED in tools.says(), tools.says()
    assert tools.pixels(hers, CANVAS) == before, "her face was written over"
    assert len(faces(doc)) == 4, [layer.name() for layer in faces(doc)]
    tools.screenshot("painted_over")
    yield from tools.one_face()
    assert len(faces(doc)) == 4, "the new face was not renewed"


def one_alone(tools: Tools, doc: Any, sketch: Any) -> Wait:
    """The chosen face alone is renewed; the eye hides all of the sketch's, or the chosen one."""
    chosen = faces(doc)[-1]
    doc.setActiveNode(chosen)
    yield 0.3
    tools.draw_rect(sketch, 1200, 330, 90, 30)
    tools.draw_rect(sketch, 190, 250, 90, 30)
    before = shots(tools, doc)
    yield from tools.one_face()
    assert [one != other for one, other in zip(before, shots(tools, doc), strict=True)] == [False, False, False, True]
    tools.krita.action("dfp_show_face").trigger()
    assert (chosen.visible(), group(doc).visible()) == (False, True)
    tools.krita.action("dfp_show_face").trigger()
    doc.setActiveNode(sketch)
    yield 0.3
    tools.krita.action("dfp_show_face").trigger()
    assert (chosen.visible(), group(doc).visible()) == (True, False)
    tools.krita.action("dfp_show_face").trigger()
    yield 0.2


def live(tools: Tools, doc: Any, sketch: Any) -> Wait:
    """One face follows one head, and the docker says so."""
    before = shots(tools, doc)
    tools.button("dfp_live_button").click()
    yield from tools.until(lambda: texts.several.live_follows(3) in tools.says(), "live has renewed the face", 60)
    tools.screenshot("live")
    tools.button("dfp_live_button").click()
    yield 0.6
    assert tools.says() == texts.live.OFF, tools.says()
    after = shots(tools, doc)
    assert len(after) == len(before), "live has added a layer"
    assert sum(one != other for one, other in zip(before, after, strict=True)) <= 1, "live has renewed several faces"


def turned(tools: Tools) -> Wait:
    """A frame that is turned: the face covers a part of its picture, and is renewed, locked and known all the same."""
    doc, sketch = yield from tools.begun(QtCore.QRect(0, 0, 700, 700))
    put(sketch, "sketch_02", 150, 150, SIDE, 30)
    frame_lock.lock_frame(doc, plugin("document.geometry").Rect(150, 150, SIDE, SIDE), sketch, 30.0)
    yield from tools.one_face()
    face = doc.nodeByName("Face · Sketch")
    corner, middle = tools.pixels(face, QtCore.QRect(80, 80, 1, 1)), tools.pixels(face, QtCore.QRect(350, 350, 1, 1))
    assert (corner[3], middle[3]) == (0, 255), (corner, middle)
    tools.screenshot("turned")
    first, bounds = tools.pixels(face, QtCore.QRect(0, 0, 700, 700)), face.bounds()
    framed = framing.framed(doc)
    assert (framed.turn, framed.source) == (30.0, framing.Source.LOCK), framed
    tools.krita.action("dfp_lock_frame").trigger()
    yield 0.3
    framed = framing.framed(doc)
    assert (framed.turn, framed.source) == (30.0, framing.Source.FACE), framed
    assert all(abs(one - other) <= 2 for one, other in zip(framed.place, (150, 150, SIDE, SIDE), strict=True)), framed
    tools.krita.action("dfp_lock_frame").trigger()
    yield 0.3
    assert frame_lock.locked_turn(doc) == 30.0
    tools.draw_rect(sketch, 320, 400, 60, 24)
    yield from tools.one_face()
    assert tools.names(doc).count("Face · Sketch") == 1, tools.names(doc)
    again = tools.pixels(face, QtCore.QRect(0, 0, 700, 700))
    assert again != first, "the face was not renewed"
    near = (bounds.left() - face.bounds().left(), bounds.width() - face.bounds().width())
    assert max(map(abs, near)) <= 2, (bounds, face.bounds())
    tools.undo()
    yield 0.5
    assert tools.pixels(face, QtCore.QRect(0, 0, 700, 700)) == first, "an undo does not bring the turned face back"
    yield from tools.one_face()
    assert tools.names(doc).count("Face · Sketch") == 1, tools.names(doc)
    doc.setModified(False)


def house(tools: Tools, layer: Any) -> None:
    for place in ((200, 300, 300, 260), (230, 340, 60, 60), (400, 340, 60, 60), (320, 450, 60, 110)):
        tools.draw_rect(layer, *place)
    for step in range(150):
        for left in (200 + step, 494 - step):
            layer.setPixelData(QtCore.QByteArray(b"\x00\x00\x00\xff" * 36), left, 300 - step, 6, 6)


def a_house(tools: Tools) -> Wait:
    """No face, and the docker says so; one is made all the same."""
    doc, sketch = yield from tools.begun(QtCore.QRect(0, 0, 700, 700))
    house(tools, sketch)
    yield from tools.one_face()
    assert texts.several.DOUBT in tools.says(), tools.says()
    assert not doc.nodeByName("Face · Sketch").bounds().isEmpty()
    tools.screenshot("house")
    doc.setModified(False)


def a_batch(tools: Tools) -> Wait:
    """A layer with two heads gets a group, a house a face and a line in the details."""
    doc, sketch = yield from tools.begun(QtCore.QRect(0, 0, 1000, 700))
    put(sketch, "sketch_01", 60, 150, SIDE)
    put(sketch, "example_sketch", 540, 150, SIDE)
    other = doc.createNode("House", "paintlayer")
    doc.rootNode().addChildNode(other, None)
    house(tools, other)
    yield 0.3
    tools.krita.action("dfp_batch_visible").trigger()
    yield 0.3
    yield from tools.until(lambda: not tools.button("dfp_batch_stop_button").isVisible(), "the end", 120)
    assert tools.says() == texts.batch.done(2, 0, [], 0, ("House",)), tools.says()
    assert len(group(doc).childNodes()) == 2, tools.names(doc)
    told = tools.docker().findChild(QtWidgets.QPlainTextEdit, "dfp_details").toPlainText()
    assert told == texts.several.doubtful("House"), told
    assert not doc.nodeByName("Face · House").bounds().isEmpty()
    tools.screenshot("batch")
    tools.krita.action("dfp_batch_visible").trigger()
    yield 0.3
    yield from tools.until(lambda: not tools.button("dfp_batch_stop_button").isVisible(), "the end", 120)
    assert tools.says() == texts.batch.done(0, 2, []), tools.says()
    doc.setModified(False)


def in_layers(tools: Tools) -> Wait:
    """Faces that come as groups of layers: a group of groups, added and renewed by one step each."""
    doc, sketch = yield from tools.begun(QtCore.QRect(0, 0, 1000, 700))
    put(sketch, "sketch_01", 60, 150, SIDE)
    put(sketch, "sketch_02", 540, 150, SIDE, -25)
    options.keep_options(doc, replace(options.options_of(doc), form="group"))
    before = tools.history()
    yield from tools.one_face()
    assert [[len(face.childNodes()) for face in group(doc).childNodes()], tools.history()] == [[5, 5], before + 1]
    first = [tools.pixels(layer, CANVAS) for face in group(doc).childNodes() for layer in face.childNodes()]
    tools.draw_rect(sketch, 210, 380, 90, 30)
    yield from tools.one_face()
    tools.screenshot("in_layers")
    again = [tools.pixels(layer, CANVAS) for face in group(doc).childNodes() for layer in face.childNodes()]
    assert (len(again), tools.history()) == (10, before + 2), (len(again), before, tools.history())
    assert again != first, "no face was renewed"
    tools.undo()
    yield 0.8
    undone = [tools.pixels(layer, CANVAS) for face in group(doc).childNodes() for layer in face.childNodes()]
    assert undone == first, "an undo does not bring all layers back"
    doc.setModified(False)
