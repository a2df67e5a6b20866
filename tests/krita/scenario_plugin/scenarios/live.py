"""Live: the face follows the strokes, on its layer, without undo steps; and everything that ends or disturbs it."""

import os
import signal
from typing import Any

from dfp_scenario.inside import Qt, QtCore, QtGui, QtWidgets, plugin
from dfp_scenario.tools import HEAD, Tools, Wait
from dfp_scenario.watch import Requests

texts = plugin("texts")
CANVAS = QtCore.QRect(0, 0, 800, 700)
FACE = "Face · Sketch"


def scenario(tools: Tools) -> Wait:
    requests = Requests()
    doc, _ = yield from tools.begun(CANVAS)
    yield from nothing_drawn(tools, doc)
    yield from strokes(tools, doc, requests)
    yield from nothing_changed(tools, requests)
    yield from undo_is_followed(tools, doc, requests)
    yield from kept(tools, doc)
    yield from escape(tools, doc, requests)
    yield from server_killed(tools, doc)
    yield from face_painted_on(tools, doc)
    yield from face_deleted(tools, doc)
    yield from document_closed(tools)
    tools.notes["requests"] = requests.sent
    assert requests.most == 1, f"{requests.most} requests at the same time"
    [(client, channel)] = requests.channels
    assert len(client) == 32, client
    assert channel == "live", channel
    switched(tools, True)
    doc.setModified(False)
    tools.quits = True


def switched(tools: Tools, on: bool) -> None:
    tools.krita.action("dfp_live").trigger()
    assert tools.button("dfp_live_button").isChecked() == on, tools.says()


def renewed(tools: Tools, face: Any, before: bytes) -> Wait:
    yield from tools.until(lambda: tools.pixels(face, CANVAS) != before, "the face is renewed", 90)
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "the docker says so")
    yield 0.3


def nothing_drawn(tools: Tools, doc: Any) -> Wait:
    """Switched on and off again without a stroke: no layer is left behind."""
    switched(tools, True)
    yield from tools.until(lambda: FACE in tools.names(doc), "the layer for the face is there")
    yield 0.3
    assert doc.activeNode().name() == "Sketch", doc.activeNode().name()
    assert tools.says() == texts.live.ON, tools.says()
    switched(tools, False)
    yield from tools.until(lambda: tools.names(doc) == ["Background", "Sketch"], "the empty layer is gone")
    assert tools.says() == texts.live.OFF
    yield 0.3
    assert doc.activeNode().name() == "Sketch", doc.activeNode().name()


def strokes(tools: Tools, doc: Any, requests: Requests) -> Wait:
    """The first stroke brings a face, the next ones renew it; the history holds the strokes only."""
    switched(tools, True)
    yield from tools.until(lambda: FACE in tools.names(doc), "the layer for the face is there")
    yield 0.3
    face, steps = doc.nodeByName(FACE), tools.history()
    for number, line in enumerate((HEAD, [(0.46, 0.42), (0.48, 0.41)], [(0.52, 0.42), (0.54, 0.41)]), 1):
        before = tools.pixels(face, CANVAS)
        yield from unseen_until_lifted(tools, line, requests)
        yield from renewed(tools, face, before)
        assert tools.history() == steps + number, f"{tools.history() - steps} steps after {number} strokes"
        assert doc.activeNode().name() == "Sketch"
    assert tools.names(doc) == ["Background", "Sketch", FACE]
    tools.screenshot("live")


def unseen_until_lifted(tools: Tools, line: Any, requests: Requests) -> Wait:
    """A stroke during which nothing is sent, though the pen rests in the middle of it."""
    sent = requests.sent
    for moved, seconds in enumerate(tools.stroke(line)):
        yield 0.5 if moved == 2 else seconds
        if moved <= len(line):
            assert requests.sent == sent, "sent while the pen was down"


def nothing_changed(tools: Tools, requests: Requests) -> Wait:
    """Keys and clicks that change nothing send nothing."""
    sent = requests.sent
    for kind in (QtCore.QEvent.Type.KeyPress, QtCore.QEvent.Type.KeyRelease):
        send_key(tools, kind, Qt.Key.Key_Shift)
        yield 0.2
    yield 1.0
    assert requests.sent == sent, "the same sketch was sent twice"


def undo_is_followed(tools: Tools, doc: Any, requests: Requests) -> Wait:
    face, sent = doc.nodeByName(FACE), requests.sent
    before, steps = tools.pixels(face, CANVAS), tools.history()
    for change in (tools.undo, tools.redo):
        change()
        yield from renewed(tools, face, before)
        before = tools.pixels(face, CANVAS)
    assert requests.sent == sent + 2, requests.sent - sent
    assert tools.history() == steps
    tools.generate()
    yield from tools.until(lambda: requests.sent == sent + 3, "Generate renews at once")
    yield from tools.until(lambda: requests.open == 0, "the answer")
    yield 0.5
    assert tools.history() == steps


def kept(tools: Tools, doc: Any) -> Wait:
    """Keep is one step; live goes on; what is kept stays as it is."""
    face, steps = doc.nodeByName(FACE), tools.history()
    face.setOpacity(100)
    tools.krita.action("dfp_keep").trigger()
    name = texts.faces.kept_layer_name("Sketch")
    yield from tools.until(lambda: name in tools.names(doc), "the kept face is there")
    yield 0.3
    assert tools.says() == texts.faces.kept(name), tools.says()
    assert tools.history() == steps + 1
    assert tools.names(doc) == ["Background", "Sketch", name, FACE], tools.names(doc)
    copy = doc.nodeByName(name)
    before = tools.pixels(copy, CANVAS)
    assert before == tools.pixels(face, CANVAS)
    assert (copy.visible(), copy.opacity()) == (False, 100)
    assert doc.activeNode().name() == "Sketch"
    yield from tools.stroke([(0.47, 0.62), (0.53, 0.62)])
    yield from renewed(tools, face, before)
    assert tools.pixels(copy, CANVAS) == before, "the kept face was renewed"
    tools.screenshot("kept")
    tools.undo()
    yield 0.3
    tools.undo()
    yield from tools.until(lambda: name not in tools.names(doc), "one undo takes the kept face away")
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3


def escape(tools: Tools, doc: Any, requests: Requests) -> Wait:
    """Escape ends it at once, also with a request on its way, whose answer is dropped."""
    face = doc.nodeByName(FACE)
    yield from tools.until(lambda: requests.open == 0, "the answer to the undo")
    yield 1.0
    os.kill(tools.own_servers()[0], signal.SIGSTOP)
    sent, before = requests.sent, tools.pixels(face, CANVAS)
    yield from tools.stroke([(0.5, 0.3), (0.52, 0.35)])
    yield from tools.until(lambda: requests.sent == sent + 1, "the request is on its way")
    send_key(tools, QtCore.QEvent.Type.KeyPress, Qt.Key.Key_Escape)
    assert not tools.button("dfp_live_button").isChecked()
    assert tools.says() == texts.live.OFF, tools.says()
    os.kill(tools.own_servers()[0], signal.SIGCONT)
    yield 2.0
    assert tools.pixels(face, CANVAS) == before, "the face came after Escape"
    yield from tools.stroke([(0.5, 0.3), (0.48, 0.35)])
    yield 1.0
    assert requests.sent == sent + 1, "sent after Escape"


def server_killed(tools: Tools, doc: Any) -> Wait:
    """One line says it, strokes go on, and live goes on by itself with a new server."""
    face = doc.nodeByName(FACE)
    before = tools.pixels(face, CANVAS)
    switched(tools, True)
    yield from renewed(tools, face, before)
    (pid,) = tools.own_servers()
    os.kill(pid, signal.SIGSTOP)
    yield from tools.stroke([(0.45, 0.7), (0.55, 0.72)])
    yield 0.5
    os.kill(pid, signal.SIGKILL)
    yield from tools.until(lambda: tools.says() == texts.live.SERVER_LOST, "the line about the server", 10)
    tools.screenshot("server_lost")
    assert tools.button("dfp_live_button").isChecked()
    before = tools.pixels(face, CANVAS)
    yield from renewed(tools, face, before)
    assert tools.own_servers() != [pid]


def face_painted_on(tools: Tools, doc: Any) -> Wait:
    """What she paints on the face is not written over: live ends, and makes a new layer when it begins again."""
    face = doc.nodeByName(FACE)
    tools.draw_rect(face, 300, 200, 20, 20, ink=b"\x00\x00\xff\xff")
    painted = tools.pixels(face, CANVAS)
    yield from tools.stroke([(0.4, 0.3), (0.42, 0.4)])
    yield from tools.until(lambda: tools.says() == texts.live.FACE_CHANGED, "live ends", 60)
    assert tools.pixels(face, CANVAS) == painted
    assert not tools.button("dfp_live_button").isChecked()
    face.setName("Painted")
    switched(tools, True)
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "a face on a new layer", 60)
    assert tools.names(doc) == ["Background", "Sketch", FACE, "Painted"], tools.names(doc)
    assert tools.pixels(face, CANVAS) == painted
    yield 0.3


def face_deleted(tools: Tools, doc: Any) -> Wait:
    doc.nodeByName(FACE).remove()
    yield 0.2
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.2
    yield from tools.stroke([(0.4, 0.6), (0.42, 0.7)])
    yield from tools.until(lambda: tools.says() == texts.live.FACE_GONE, "live ends", 60)
    assert tools.names(doc) == ["Background", "Sketch", "Painted"], tools.names(doc)


def document_closed(tools: Tools) -> Wait:
    """Live follows its own document; when that is closed, it ends with a sentence."""
    other = tools.open(500, 400)
    yield 0.6
    tools.draw_rect(other.nodeByName("Sketch"), 100, 50, 240, 260)
    other.setActiveNode(other.nodeByName("Sketch"))
    yield 0.3
    switched(tools, True)
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "its face", 60)
    other.setModified(False)
    other.close()
    yield 0.3
    send_key(tools, QtCore.QEvent.Type.KeyRelease, Qt.Key.Key_Shift)
    yield from tools.until(lambda: tools.says() == texts.document.CLOSED, "live ends")
    assert not tools.button("dfp_live_button").isChecked()


def send_key(tools: Tools, kind: Any, key: Any) -> None:
    event = QtGui.QKeyEvent(kind, key, Qt.KeyboardModifier.NoModifier)
    QtWidgets.QApplication.sendEvent(tools.canvas(), event)
