"""What goes wrong while a face is on its way. The server is stopped by a signal, so that there is time for it."""

import os
import signal
from typing import Any

from dfp_scenario.inside import QtCore, QtWidgets, plugin
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
CANVAS = QtCore.QRect(0, 0, 600, 500)


def scenario(tools: Tools) -> Wait:
    doc = sketched(tools, "Sketch")
    yield 0.8
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.2
    yield from cancelled_while_starting(tools, doc)
    yield from cancelled_while_generating(tools, doc)
    yield from killed_while_generating(tools, doc)
    yield from layer_deleted(tools, doc)
    yield from document_switched(tools, doc)
    yield from document_closed(tools)
    yield from pen_down(tools, doc)
    yield from docker_hidden(tools, doc)
    tools.notes["servers"] = tools.own_servers()
    for open_one in tools.krita.documents():
        open_one.setModified(False)
    tools.quits = True


def sketched(tools: Tools, name: str) -> Any:
    doc = tools.open(600, 500)
    layer = doc.nodeByName("Sketch")
    layer.setName(name)
    tools.draw_rect(layer, 150, 120, 280, 260)
    return doc


def server_pid(tools: Tools) -> int:
    """The server that this very Krita started."""
    found = tools.own_servers()
    assert len(found) == 1, f"{len(found)} servers run"
    return found[0]


def hanging(tools: Tools) -> Wait:
    """Click while the server is stopped: the face stays on its way."""
    os.kill(server_pid(tools), signal.SIGSTOP)
    tools.generate(new_layer=True)
    yield 0.3
    assert tools.busy()
    assert tools.says().startswith(texts.faces.GENERATING), tools.says()


def cancelled(tools: Tools) -> Wait:
    tools.button("dfp_cancel_button").click()
    yield 0.1
    assert tools.says() == texts.faces.CANCELLED, tools.says()
    assert not tools.busy()


def faces(tools: Tools, doc: Any) -> int:
    return sum(name.startswith("Face") for name in tools.names(doc))


def cancelled_while_starting(tools: Tools, doc: Any) -> Wait:
    """The server that was started ahead is killed, and nothing is said of it: nobody has asked for a face yet."""
    yield from tools.without_server()
    assert tools.says() == texts.faces.IDLE, tools.says()
    tools.generate(new_layer=True)
    yield from tools.until(lambda: tools.says().startswith(texts.server.STARTING), "the server is starting")
    tools.screenshot("starting")
    yield from cancelled(tools)
    tools.generate(new_layer=True)
    yield from tools.until(lambda: not tools.busy(), "the first face", 90)
    assert tools.says().startswith("Done in"), tools.says()
    assert faces(tools, doc) == 1, "one click was cancelled, one was not"


def cancelled_while_generating(tools: Tools, doc: Any) -> Wait:
    yield from hanging(tools)
    tools.screenshot("generating")
    yield from cancelled(tools)
    os.kill(server_pid(tools), signal.SIGCONT)
    yield 1.0
    assert faces(tools, doc) == 1, "the cancelled face came after all"


def killed_while_generating(tools: Tools, doc: Any) -> Wait:
    yield from hanging(tools)
    pid = server_pid(tools)
    os.kill(pid, signal.SIGKILL)
    yield from tools.until(lambda: not tools.busy(), "the kill is noticed", 5)
    assert tools.says() == texts.server.LOST, tools.says()
    assert faces(tools, doc) == 1
    tools.generate(new_layer=True)
    yield from tools.until(lambda: not tools.busy(), "a face from a new server", 90)
    assert tools.says().startswith("Done in"), tools.says()
    assert faces(tools, doc) == 2
    assert server_pid(tools) != pid


def layer_deleted(tools: Tools, doc: Any) -> Wait:
    doomed = doc.createNode("Doomed", "paintlayer")
    tools.draw_rect(doomed, 150, 120, 280, 260)
    doc.rootNode().addChildNode(doomed, None)
    yield 0.2
    doc.setActiveNode(doomed)
    yield 0.2
    yield from hanging(tools)
    doomed.remove()
    yield 0.1
    os.kill(server_pid(tools), signal.SIGCONT)
    yield from tools.until(lambda: not tools.busy(), "the answer")
    assert tools.says() == texts.document.LAYER_DELETED, tools.says()
    assert faces(tools, doc) == 2
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.2


def document_switched(tools: Tools, doc: Any) -> Wait:
    """The face goes to the document that it came from, and both documents keep their active layer."""
    yield from hanging(tools)
    other = sketched(tools, "Other sketch")
    yield 0.5
    other.setActiveNode(other.nodeByName("Other sketch"))
    yield 0.2
    assert tools.krita.activeDocument() == other
    names = tools.names(other)
    os.kill(server_pid(tools), signal.SIGCONT)
    yield from tools.until(lambda: not tools.busy(), "the answer")
    assert tools.says().startswith("Done in"), tools.says()
    yield 0.2
    assert tools.names(other) == names, "the face went to the wrong document"
    assert faces(tools, doc) == 3
    assert other.activeNode().name() == "Other sketch", other.activeNode().name()
    windows = tools.window.findChild(QtWidgets.QMdiArea)
    windows.setActiveSubWindow(windows.subWindowList()[0])
    yield 0.5
    assert tools.krita.activeDocument() == doc
    assert doc.activeNode().name() == "Sketch", f"{doc.activeNode().name()} is active after the switch back"
    other.setModified(False)
    other.close()
    yield 0.3


def document_closed(tools: Tools) -> Wait:
    closing = sketched(tools, "Closing")
    yield 0.5
    closing.setActiveNode(closing.nodeByName("Closing"))
    yield 0.2
    yield from hanging(tools)
    closing.setModified(False)
    closing.close()
    yield 0.2
    os.kill(server_pid(tools), signal.SIGCONT)
    yield from tools.until(lambda: not tools.busy(), "the answer")
    assert tools.says() == texts.document.CLOSED, tools.says()


def pen_down(tools: Tools, doc: Any) -> Wait:
    """A face that comes in the middle of a stroke waits for its end; the stroke stays whole."""
    sketch = doc.nodeByName("Sketch")
    doc.setActiveNode(sketch)
    yield 0.3
    before = faces(tools, doc)
    os.kill(server_pid(tools), signal.SIGSTOP)
    tools.generate(new_layer=True)
    yield 0.2
    drawn = tools.pixels(sketch, CANVAS)
    stroke = tools.stroke([(0.3 + 0.004 * n, 0.5) for n in range(100)])
    for moved, seconds in enumerate(stroke):
        if moved == 20:
            os.kill(server_pid(tools), signal.SIGCONT)
        if moved == 98:
            yield from tools.until(lambda: tools.says().startswith(texts.faces.WAITING_FOR_KRITA), "it waits", 20)
            assert faces(tools, doc) == before, "the face came in the middle of a stroke"
        yield seconds
    yield from tools.until(lambda: not tools.busy(), "the face after the stroke")
    assert tools.says().startswith("Done in"), tools.says()
    yield 0.3
    assert faces(tools, doc) == before + 1
    tools.undo()
    yield 0.3
    assert faces(tools, doc) == before, "the face was not the last step"
    tools.undo()
    yield 0.3
    assert tools.pixels(sketch, CANVAS) == drawn, "the stroke was cut in two"


def docker_hidden(tools: Tools, doc: Any) -> Wait:
    """The shortcut works with the docker closed, and the sentence comes on the canvas."""
    doc.setActiveNode(doc.nodeByName("Background"))
    tools.docker().hide()
    yield 0.2
    tools.generate(new_layer=True)
    yield from tools.until(lambda: not tools.busy(), "the refusal")
    yield 0.2
    tools.screenshot("docker_hidden")
    tools.docker().show()
    tools.notes["plain paper"] = tools.says()
