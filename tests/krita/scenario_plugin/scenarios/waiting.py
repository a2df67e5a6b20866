"""What the painter may do to her picture while a face is on its way: crop, scale, move, undo, close Krita.

The server is stopped by a signal, so that there is time for it.
"""

import os
import signal
from typing import Any

from dfp_scenario.inside import QtCore, plugin
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
FACE = "Face · Sketch"


def scenario(tools: Tools) -> Wait:
    doc = tools.open(800, 600)
    yield 1.0
    sketch = doc.nodeByName("Sketch")
    tools.draw_rect(sketch, 250, 150, 240, 260)
    doc.setActiveNode(sketch)
    yield 0.3
    tools.generate(new_layer=True)
    yield from answered(tools, "Done in")
    home = doc.nodeByName(FACE).bounds()
    doc.nodeByName(FACE).remove()
    yield 0.3
    yield from moved(tools, doc, home)
    yield from cropped(tools, doc)
    yield from strokes_undone(tools, doc)
    yield from layer_undone(tools, doc)
    yield from cropped_live(tools, doc)
    yield from stopped_within_a_step(tools)
    yield from closing(tools, doc)


def hanging(tools: Tools) -> Wait:
    """Click, with the server stopped: the face stays on its way."""
    (server,) = tools.own_servers()
    os.kill(server, signal.SIGSTOP)
    tools.generate()
    yield 0.3
    assert tools.says().startswith(texts.faces.GENERATING), tools.says()


def answered(tools: Tools, says: str) -> Wait:
    """Let the server go on, and wait for what the docker says in the end."""
    for server in tools.own_servers():
        os.kill(server, signal.SIGCONT)
    yield 0.0
    yield from tools.until(lambda: not tools.busy(), "the answer", 90)
    assert tools.says().startswith(says), tools.says()
    yield 0.3


def moved(tools: Tools, doc: Any, home: Any) -> Wait:
    """The face lies on the drawing, wherever that was moved to."""
    sketch = doc.nodeByName("Sketch")
    yield from hanging(tools)
    sketch.move(60, -40)
    yield from answered(tools, "Done in")
    face = doc.nodeByName(FACE)
    assert face.bounds() == home.translated(60, -40), (face.bounds(), home)
    yield from hanging(tools)
    for layer in (sketch, face):
        layer.move(layer.position().x() - 30, layer.position().y() + 10)
    yield from answered(tools, "Done in")
    assert face.bounds() == home.translated(30, -30), (face.bounds(), home)
    assert tools.names(doc) == ["Background", "Sketch", FACE], tools.names(doc)


def cropped(tools: Tools, doc: Any) -> Wait:
    """A face for the old canvas is dropped, with a sentence; the next one fits the new canvas."""
    for change in (lambda: doc.crop(100, 50, 660, 520), lambda: doc.scaleImage(990, 780, 72, 72, "Bicubic")):
        before = tools.names(doc)
        yield from hanging(tools)
        change()
        doc.waitForDone()
        yield 0.5
        seen = doc.nodeByName(FACE).bounds()
        yield from answered(tools, texts.document.CANVAS_CHANGED)
        assert tools.names(doc) == before
        assert doc.nodeByName(FACE).bounds() == seen, "the old face was touched"
        doc.setActiveNode(doc.nodeByName("Sketch"))
        yield 0.2
        tools.generate(new_layer=True)
        yield from answered(tools, "Done in")
        drawn, face = doc.nodeByName("Sketch").bounds(), doc.rootNode().childNodes()[2].bounds()
        assert face.adjusted(-4, -4, 4, 4).contains(drawn), (face, drawn)
    tools.screenshot("scaled")
    for layer in doc.rootNode().childNodes()[2:]:
        layer.remove()
    yield 0.3


def strokes_undone(tools: Tools, doc: Any) -> Wait:
    """Undo and redo go on as ever; the face is that of the sketch that was sent."""
    sketch = doc.nodeByName("Sketch")
    doc.setActiveNode(sketch)
    yield 0.2
    canvas = QtCore.QRect(0, 0, doc.width(), doc.height())
    before = tools.pixels(sketch, canvas)
    yield from tools.stroke([(0.45, 0.4), (0.55, 0.42)])
    yield 0.3
    assert tools.pixels(sketch, canvas) != before, "the stroke is missing"
    yield from hanging(tools)
    tools.undo()
    yield 0.5
    yield from answered(tools, "Done in")
    assert tools.pixels(sketch, canvas) == before, "the undone stroke came back"
    assert tools.names(doc) == ["Background", "Sketch", FACE], tools.names(doc)
    doc.nodeByName(FACE).remove()
    yield 0.3


def layer_undone(tools: Tools, doc: Any) -> Wait:
    """Undo takes away the very layer that the face is to belong to."""
    short = doc.createNode("Short", "paintlayer")
    tools.draw_rect(short, 300, 200, 240, 260)
    doc.rootNode().addChildNode(short, None)
    yield 0.3
    doc.setActiveNode(short)
    yield 0.3
    yield from hanging(tools)
    tools.undo()
    yield 0.5
    assert tools.names(doc) == ["Background", "Sketch"], tools.names(doc)
    yield from answered(tools, texts.document.LAYER_DELETED)
    assert tools.names(doc) == ["Background", "Sketch"], tools.names(doc)
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3


def cropped_live(tools: Tools, doc: Any) -> Wait:
    """Live goes on with the new canvas: the answer for the old one is dropped."""
    tools.krita.action("dfp_live").trigger()
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "live works", 60)
    (server,) = tools.own_servers()
    os.kill(server, signal.SIGSTOP)
    yield from tools.stroke([(0.45, 0.5), (0.55, 0.52)])
    yield 1.0
    doc.resizeImage(-20, -30, 1100, 900)
    doc.waitForDone()
    yield 0.5
    os.kill(server, signal.SIGCONT)
    drawn, face = doc.nodeByName("Sketch"), doc.nodeByName(FACE)
    yield from tools.until(
        lambda: face.bounds().adjusted(-4, -4, 4, 4).contains(drawn.bounds()), "the face fits the new canvas", 30
    )
    yield 0.5
    assert tools.names(doc) == ["Background", "Sketch", FACE], tools.names(doc)
    tools.krita.action("dfp_live").trigger()
    yield 0.3


def stopped_within_a_step(tools: Tools) -> Wait:
    """Krita handles a click on Stop also while it adds a layer: that step is taken to its end, then nothing more."""
    taken: list[str] = []

    def steps() -> Any:
        try:
            yield False
            task.drop()
            taken.append("the step")
            yield False
            taken.append("one more")
        finally:
            taken.append("closed")

    task = plugin("task").Task(steps(), lambda _: taken.append("done"), lambda _: taken.append("refused"))
    task.start()
    yield 0.3
    assert taken == ["the step", "closed"], taken


def closing(tools: Tools, doc: Any) -> Wait:
    """Krita is closed with a face on its way and a batch waiting behind it."""
    yield from hanging(tools)
    tools.krita.action("dfp_batch").trigger()
    yield 0.5
    assert tools.button("dfp_batch_stop_button").isVisible()
    doc.setModified(False)
    tools.quits = True
