"""Small heads, small canvases, a single dab: each gets a face as large as itself."""

from typing import Any

from dfp_scenario.inside import QtCore, plugin
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
FACE = "Face · Sketch"


def scenario(tools: Tools) -> Wait:
    yield from small_heads(tools)
    yield from small_canvases(tools)
    yield from a_dab(tools)


def small_heads(tools: Tools) -> Wait:
    """A head of any size gets a face as large as itself, also live and in a batch."""
    doc, sketch = yield from tools.begun(QtCore.QRect(0, 0, 400, 300))
    for side in (30, 44, 90, 140):
        sketch.setPixelData(QtCore.QByteArray(bytes(400 * 300 * 4)), 0, 0, 400, 300)
        tools.draw_rect(sketch, 60, 40, side, side, line=2)
        yield from tools.one_face()
        face = doc.nodeByName(FACE).bounds()
        assert face.adjusted(-3, -3, 3, 3).contains(sketch.bounds()), (side, face)
        assert face.width() < 1.9 * side, (side, face)
    face = doc.nodeByName(FACE)
    sketch.setPixelData(QtCore.QByteArray(bytes(400 * 300 * 4)), 0, 0, 400, 300)
    tools.draw_rect(sketch, 60, 40, 70, 70, line=2)
    tools.krita.action("dfp_batch_visible").trigger()
    yield from tools.until(lambda: tools.says().startswith(texts.batch.done(1, 0, [])[:-1]), "the batch", 60)
    tools.draw_rect(sketch, 80, 60, 20, 10, line=2)
    before = tools.pixels(face, face.bounds())
    tools.krita.action("dfp_live").trigger()
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "live", 60)
    assert tools.pixels(face, face.bounds()) != before
    tools.krita.action("dfp_live").trigger()
    yield 0.3
    yield from closed(doc)


def small_canvases(tools: Tools) -> Wait:
    for side in (64, 128):
        doc, sketch = yield from tools.begun(QtCore.QRect(0, 0, side, side))
        tools.draw_rect(sketch, 8, 8, side - 16, side - 16, line=2)
        yield from tools.one_face()
        assert tools.names(doc) == ["Background", "Sketch", FACE], (side, tools.names(doc))
        yield from closed(doc)


def a_dab(tools: Tools) -> Wait:
    """One touch of the brush."""
    doc, sketch = yield from tools.begun(QtCore.QRect(0, 0, 400, 300))
    yield from tools.stroke([(0.5, 0.5), (0.502, 0.502)])
    yield from tools.until(lambda: not sketch.bounds().isEmpty(), "the dab is there")
    yield 0.3
    yield from tools.one_face()
    yield from closed(doc)


def closed(doc: Any) -> Wait:
    doc.setModified(False)
    doc.close()
    yield 0.3
