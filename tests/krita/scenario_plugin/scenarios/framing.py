"""The frame: from the drawing, the lock, the selection; the guide; what they are in the file and when it is cropped."""

from typing import Any

from dfp_scenario.inside import QtCore, Selection, plugin
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
CANVAS = QtCore.QRect(0, 0, 800, 600)


def scenario(tools: Tools) -> Wait:
    doc, sketch = yield from tools.begun(CANVAS)
    assert tools.button("dfp_lock_frame_button").isEnabled()
    yield from tools.framed(texts.frame.FROM_DRAWING)
    yield from nothing_to_lock(tools)
    tools.draw_rect(sketch, 300, 150, 200, 260)
    yield from locked(tools, doc)
    yield from guided(tools, doc)
    tools.screenshot("guide")
    yield from selected(tools, doc)
    yield from reopened_and_cropped(tools, doc)


def nothing_to_lock(tools: Tools) -> Wait:
    """Without a face or a selection there is no frame yet."""
    tools.button("dfp_lock_frame_button").click()
    yield 0.1
    assert tools.says() == texts.frame.UNKNOWN, tools.says()
    yield from tools.until(lambda: not tools.button("dfp_lock_frame_button").isChecked(), "the button is up", 5)


def locked(tools: Tools, doc: Any) -> Wait:
    """A hair strand moves a free face; a locked one stays, to the pixel."""
    sketch = doc.nodeByName("Sketch")
    yield from tools.one_face()
    face = doc.nodeByName("Face · Sketch")
    home = face.bounds()
    tools.krita.action("dfp_lock_frame").trigger()
    yield 0.1
    assert tools.says() == texts.frame.LOCKED, tools.says()
    yield from tools.framed(texts.frame.FROM_LOCK)
    tools.draw_rect(sketch, 240, 60, 60, 300)
    yield from tools.one_face()
    assert face.bounds() == home, (face.bounds(), home)
    tools.button("dfp_lock_frame_button").click()
    yield 0.1
    assert tools.says() == texts.frame.FREE, tools.says()
    yield from tools.one_face()
    assert face.bounds() != home, "the strand should have moved the free face"


def guided(tools: Tools, doc: Any) -> Wait:
    """The guide is one undo step on top, locked, and changes nothing about the face."""
    sketch = doc.nodeByName("Sketch")
    before, steps = tools.pixels(sketch, CANVAS), tools.history()
    face = doc.nodeByName("Face · Sketch")
    shown, home = tools.pixels(face, CANVAS), face.bounds()
    doc.waitForDone()
    tools.button("dfp_guide_button").click()
    yield 0.4
    assert tools.says() == texts.frame.GUIDE_ADDED, tools.says()
    guide = doc.nodeByName(texts.frame.GUIDE_LAYER)
    assert doc.rootNode().childNodes()[-1] == guide
    assert guide.locked()
    assert doc.activeNode() == sketch, doc.activeNode().name()
    assert tools.history() == steps + 1, (steps, tools.history())
    drawn = guide.bounds()
    assert home.contains(drawn), (home, drawn)
    yield from tools.one_face()
    assert face.bounds() == home
    assert tools.pixels(face, CANVAS) == shown, "the guide has changed the face"
    assert tools.pixels(sketch, CANVAS) == before
    doc.setActiveNode(guide)
    yield 0.2
    tools.generate()
    yield 0.1
    assert tools.says() == texts.frame.GUIDE_CHOSEN, tools.says()
    doc.setActiveNode(sketch)
    yield 0.2


def selected(tools: Tools, doc: Any) -> Wait:
    """A selection goes before the lock, and its frame is shown."""
    face = doc.nodeByName("Face · Sketch")
    selection = Selection()
    selection.select(260, 120, 300, 300, 255)
    doc.setSelection(selection)
    yield from tools.one_face()
    assert face.bounds() == QtCore.QRect(260, 120, 300, 300), face.bounds()
    yield from tools.framed(texts.frame.FROM_SELECTION)
    doc.setSelection(None)
    yield 0.2
    away = Selection()
    away.select(700, 500, 60, 60, 255)
    doc.setSelection(away)
    tools.generate()
    yield 0.1
    assert tools.says() == texts.document.NOTHING_SELECTED, tools.says()
    doc.setSelection(None)
    yield 0.2


def reopened_and_cropped(tools: Tools, doc: Any) -> Wait:
    """The lock and the guide are in the file; on another canvas the frame is where it was in the picture."""
    again = yield from tools.reopened(doc, "framing.kra")
    again.setActiveNode(again.nodeByName("Sketch"))
    yield 0.2
    yield from tools.one_face()
    yield from tools.framed(texts.frame.FROM_LOCK)
    again.setActiveNode(again.nodeByName(texts.frame.GUIDE_LAYER))
    yield 0.2
    tools.generate()
    yield 0.1
    assert tools.says() == texts.frame.GUIDE_CHOSEN, tools.says()
    again.setActiveNode(again.nodeByName("Sketch"))
    face = again.nodeByName("Face · Sketch")
    home = face.bounds()
    again.crop(20, 20, 700, 540)
    again.waitForDone()
    yield 0.5
    yield from tools.one_face()
    yield from tools.framed(texts.frame.FROM_LOCK)
    assert face.bounds() == home.translated(-20, -20), (face.bounds(), home)
