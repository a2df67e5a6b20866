"""The main job: strokes by hand, the shortcut's action, a face above the sketch, undo, redo, save, reopen."""

from typing import Any

from dfp_scenario.inside import QtCore
from dfp_scenario.tools import Tools, Wait

FACE = [
    [(0.5 + 0.14 * x, 0.52 + 0.3 * y) for x, y in ((0, -1), (0.7, -0.7), (1, 0), (0.6, 0.8), (0, 1))],
    [(0.5 + 0.14 * x, 0.52 + 0.3 * y) for x, y in ((0, 1), (-0.6, 0.8), (-1, 0), (-0.7, -0.7), (0, -1))],
    [(0.43, 0.45), (0.45, 0.43), (0.47, 0.45), (0.45, 0.46), (0.43, 0.45)],
    [(0.53, 0.45), (0.55, 0.43), (0.57, 0.45), (0.55, 0.46), (0.53, 0.45)],
    [(0.5, 0.48), (0.485, 0.58), (0.51, 0.585)],
    [(0.46, 0.68), (0.5, 0.66), (0.54, 0.68), (0.5, 0.71), (0.46, 0.68)],
]
CANVAS = QtCore.QRect(0, 0, 1024, 1024)


def scenario(tools: Tools) -> Wait:
    doc, sketch = yield from tools.begun(CANVAS)
    for line in FACE:
        yield from tools.stroke(line)
    yield 0.5
    drawn = tools.pixels(sketch, CANVAS)
    assert sketch.bounds().width() > 150, "the strokes did not reach the sketch layer"

    tools.generate()
    yield 0.0
    assert tools.button("dfp_cancel_button").isEnabled()
    yield from tools.until(lambda: "Face · Sketch" in tools.names(doc), "the face layer is there", 90)
    yield from tools.until(lambda: tools.says().startswith("Done in"), "the docker says done")
    yield 0.3
    tools.screenshot("face")
    face = doc.nodeByName("Face · Sketch")
    yield from check_face(tools, doc, face, drawn)
    yield from check_undo(tools, doc, face)
    yield from check_next_stroke(tools, doc, drawn)
    yield from check_reopened(tools, doc)


def check_face(tools: Tools, doc: Any, face: Any, drawn: bytes) -> Wait:
    sketch = doc.nodeByName("Sketch")
    assert tools.names(doc) == ["Background", "Sketch", "Face · Sketch"], tools.names(doc)
    assert doc.activeNode() == sketch, f"active is {doc.activeNode().name()}"
    assert tools.pixels(sketch, CANVAS) == drawn, "the sketch was changed"
    bounds, lines = face.bounds(), sketch.bounds()
    tools.notes["face"] = [bounds.x(), bounds.y(), bounds.width(), bounds.height()]
    tools.notes["lines"] = [lines.x(), lines.y(), lines.width(), lines.height()]
    assert bounds.width() == bounds.height(), "the face's frame is square"
    # The brush's soft rim is drawn but is no line.
    assert bounds.adjusted(-4, -4, 4, 4).contains(lines), "the face covers the drawing"
    assert bounds.height() < 1.4 * lines.height(), "the face is as large as the drawing"
    pixels = tools.pixels(face, bounds)
    assert pixels[3::4] == b"\xff" * (bounds.width() * bounds.height()), "the face is opaque"
    assert len(set(pixels[0::4])) > 16, "the face is one flat color"
    yield 0.0


def check_undo(tools: Tools, doc: Any, face: Any) -> Wait:
    bounds = face.bounds()
    pixels = tools.pixels(face, bounds)
    tools.undo()
    yield from tools.until(lambda: tools.names(doc) == ["Background", "Sketch"], "one undo removes the face")
    yield 0.3
    tools.redo()
    yield from tools.until(lambda: "Face · Sketch" in tools.names(doc), "redo brings the face back")
    yield 0.3
    again = doc.nodeByName("Face · Sketch")
    assert tools.pixels(again, bounds) == pixels, "redo brought other pixels"


def check_next_stroke(tools: Tools, doc: Any, drawn: bytes) -> Wait:
    """After a redo Krita itself chooses the layer, so this is asked after a second face."""
    sketch = doc.nodeByName("Sketch")
    doc.setActiveNode(sketch)
    yield 0.3
    tools.generate(new_layer=True)
    yield from tools.until(lambda: tools.names(doc).count("Face · Sketch") == 2, "a second face is there")
    yield from tools.until(lambda: tools.says().startswith("Done in"), "the docker says done")
    faces = [node for node in doc.rootNode().childNodes() if node.name().startswith("Face")]
    before = [tools.pixels(node, CANVAS) for node in faces]
    yield from tools.stroke([(0.45, 0.3), (0.5, 0.28), (0.55, 0.3)])
    yield 0.5
    assert tools.pixels(sketch, CANVAS) != drawn, "the next stroke did not reach the sketch"
    assert [tools.pixels(node, CANVAS) for node in faces] == before, "the next stroke went to a face"
    tools.notes["second"] = tools.says()


def check_reopened(tools: Tools, doc: Any) -> Wait:
    names = tools.names(doc)
    faces = [tools.pixels(node, CANVAS) for node in doc.rootNode().childNodes()]
    again = yield from tools.reopened(doc, "face.kra")
    assert tools.names(again) == names
    assert [tools.pixels(node, CANVAS) for node in again.rootNode().childNodes()] == faces
