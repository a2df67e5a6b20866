"""A batch over the keyframes of an animated layer: one layer of faces with the same keyframes, one undo step."""

import os
import signal
from typing import Any

from dfp_scenario.inside import Qt, QtCore, QtGui, QtWidgets, plugin
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
CANVAS = QtCore.QRect(0, 0, 600, 480)
TIMES = (2, 5, 8)
# Where the head is drawn at each of them.
LEFT = (120, 150, 200)
FACES = "Face · Head"


def scenario(tools: Tools) -> Wait:
    doc = tools.open(CANVAS.width(), CANVAS.height())
    yield 1.0
    head = yield from animated(tools, doc)
    before = frames(head)
    yield from stopped_and_done(tools, doc, head)
    yield from undone(tools, doc)
    yield from in_one_place(tools, doc, head)
    yield from seen_by_time(tools, doc, head)
    assert frames(head) == before, "the drawing was changed"
    yield from single_face(tools, doc, head)
    yield from no_keyframes(tools, doc)
    yield from saved(tools, doc)
    yield from document_closed(tools, doc)
    yield from closing(tools)


def animated(tools: Tools, doc: Any) -> Any:
    """An animated layer, as Krita's import makes it."""
    files = []
    for number, left in enumerate(LEFT):
        picture = QtGui.QImage(CANVAS.size(), QtGui.QImage.Format.Format_ARGB32)
        picture.fill(0)
        painter = QtGui.QPainter(picture)
        painter.setPen(QtGui.QPen(Qt.GlobalColor.black, 6))
        painter.drawEllipse(left, 80, 220, 300)
        for eye in (60, 130):
            painter.drawEllipse(left + eye, 190, 40, 16)
        painter.end()
        files.append(str(tools.out / f"frame{number}.png"))
        picture.save(files[-1])
    assert doc.importAnimation(files, TIMES[0], TIMES[1] - TIMES[0])
    yield 1.0
    (head,) = [layer for layer in doc.rootNode().childNodes() if layer.animated()]
    head.setName("Head")
    head.setOpacity(200)
    doc.setActiveNode(head)
    yield 0.3
    return head


def frame(layer: Any, time: int) -> bytes:
    return bytes(layer.pixelDataAtTime(0, 0, CANVAS.width(), CANVAS.height(), time))


def frames(layer: Any) -> "list[bytes]":
    return [frame(layer, time) for time in TIMES]


def place(pixels: bytes) -> Any:
    """The rectangle in which a frame has pixels."""
    width, height = CANVAS.width(), CANVAS.height()
    image = QtGui.QImage(pixels, width, height, QtGui.QImage.Format.Format_ARGB32)
    return QtGui.QRegion(QtGui.QBitmap.fromImage(image.createAlphaMask())).boundingRect()


def finished(tools: Tools) -> Wait:
    yield from tools.until(lambda: not tools.button("dfp_batch_stop_button").isVisible(), "the end", 120)
    yield 0.5


def stopped_and_done(tools: Tools, doc: Any, head: Any) -> Wait:
    """Nothing comes before the last face is made; stopped, it goes on; the painter's time and layer stay hers."""
    steps, time = tools.history(), doc.currentTime()
    tools.krita.action("dfp_batch").trigger()
    shown = tools.docker().findChild(QtWidgets.QLabel, "dfp_batch_picture")
    yield from tools.until(shown.isVisible, "the first face's picture", 90)
    tools.button("dfp_batch_stop_button").click()
    yield from tools.until(lambda: tools.says().startswith("Stopped: "), "it stops")
    there = int(tools.says().split()[1])
    assert tools.names(doc) == ["Background", "Sketch", "Head"], tools.names(doc)
    tools.krita.action("dfp_batch_keyframes").trigger()
    yield from finished(tools)
    # Frame 0 is there by Krita's doing, and blank.
    assert tools.says().startswith(texts.batch.done(3 - there, there, [], 1)[:-1]), tools.says()
    assert tools.names(doc) == ["Background", "Sketch", "Head", FACES], tools.names(doc)
    assert tools.history() == steps + 1, tools.history() - steps
    assert doc.activeNode() == head, doc.activeNode().name()
    assert doc.currentTime() == time
    faces = doc.nodeByName(FACES)
    keys = [layer.hasKeyframeAtTime(time) for time in range(12) for layer in (head, faces)]
    assert keys[::2] == keys[1::2], "other keyframes than the drawing's"
    assert faces.opacity() == 255
    for drawn, made in zip(frames(head), frames(faces), strict=True):
        assert place(made).adjusted(-4, -4, 4, 4).contains(place(drawn)), (place(made), place(drawn))
    assert len(set(frames(faces))) == 3


def undone(tools: Tools, doc: Any) -> Wait:
    tools.undo()
    yield from tools.until(lambda: FACES not in tools.names(doc), "one undo takes all faces away")
    tools.redo()
    yield from tools.until(lambda: FACES in tools.names(doc), "redo brings them back")
    yield 0.3
    doc.setActiveNode(doc.nodeByName("Head"))
    yield 0.3


def in_one_place(tools: Tools, doc: Any, head: Any) -> Wait:
    """When asked, all faces sit where the first one does; the earlier faces are hidden, not lost."""
    first = doc.nodeByName(FACES)
    menu = tools.docker().findChild(QtWidgets.QMenu, "dfp_batch_menu")
    menu.aboutToShow.emit()
    (same,) = [entry for entry in menu.actions() if entry.text() == texts.batch.SAME_PLACE]
    same.setChecked(True)
    (wanted,) = [entry for entry in menu.actions() if entry.objectName() == "dfp_batch_keyframes"]
    assert wanted.text() == texts.batch.menu_line("keyframes", "Head", 4), wanted.text()
    form = tools.docker()._controller.options.setting("form")
    form.set("group")
    wanted.trigger()
    yield from finished(tools)
    form.set("layer")
    assert tools.says().startswith(texts.batch.done(3, 0, [], 1)[:-1]), tools.says()
    assert tools.says().endswith(texts.batch.NO_GROUPS), "it is not said that they come as no groups"
    assert tools.names(doc) == ["Background", "Sketch", "Head", FACES, FACES], tools.names(doc)
    faces = doc.rootNode().childNodes()[3]
    assert (faces.visible(), first.visible()) == (True, False)
    places, wanted = [place(pixels) for pixels in frames(faces)], place(frame(first, TIMES[0]))
    assert places == 3 * [wanted], (places, wanted)
    assert frame(faces, TIMES[0]) == frame(first, TIMES[0])


def seen_by_time(tools: Tools, doc: Any, head: Any) -> Wait:
    """The canvas shows each face at its time."""
    shown = set()
    for time in TIMES:
        doc.setCurrentTime(time)
        doc.waitForDone()
        yield 0.4
        shown.add(bytes(doc.pixelData(0, 0, CANVAS.width(), CANVAS.height())))
        tools.screenshot(f"keyframe{time}")
    assert len(shown) == 3


def single_face(tools: Tools, doc: Any, head: Any) -> Wait:
    """Generate makes a face of the current frame, on a layer of its own, and never writes into the animated faces."""
    faces = doc.rootNode().childNodes()[3]
    before = frames(faces)
    for active in (head, faces):
        doc.setActiveNode(active)
        yield 0.3
        tools.generate()
        yield from tools.until(lambda: not tools.busy(), "the face", 60)
        assert tools.says().startswith("Done in"), tools.says()
        yield 0.3
        assert tools.names(doc) == ["Background", "Sketch", "Head", FACES, FACES, FACES], tools.names(doc)
    assert frames(faces) == before
    still = doc.rootNode().childNodes()[3]
    assert not still.animated()
    doc.setActiveNode(head)
    yield 0.3
    tools.krita.action("dfp_batch_keyframes").trigger()
    yield from finished(tools)
    shown = [layer for layer in doc.rootNode().childNodes()[3:] if layer.visible()]
    assert [layer.animated() for layer in shown] == [True], "the still face hides the animated ones"
    shown[0].remove()
    still.setVisible(True)
    faces.setVisible(True)
    yield 0.3


def no_keyframes(tools: Tools, doc: Any) -> Wait:
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3
    tools.krita.action("dfp_batch_keyframes").trigger()
    yield 0.2
    assert tools.says() == texts.batch.NO_KEYFRAMES, tools.says()


def saved(tools: Tools, doc: Any) -> Wait:
    """All of it is in the file."""
    file = str(tools.out / "keyframes.kra")
    made = frames(doc.rootNode().childNodes()[4])
    yield from tools.saved(doc, file)
    yield 0.3
    again = tools.krita.openDocument(file)
    assert frames(again.rootNode().childNodes()[4]) == made
    assert again.rootNode().childNodes()[4].animated()
    again.close()
    yield 0.2


def hanging(tools: Tools) -> int:
    """The batch begins, and the server is stopped; returns its process."""
    tools.krita.action("dfp_batch_keyframes").trigger()
    (server,) = tools.own_servers()
    os.kill(server, signal.SIGSTOP)
    return server


def document_closed(tools: Tools, doc: Any) -> Wait:
    """Its batch ends with a sentence, and the document that was never shown goes, too."""
    doc.setActiveNode(doc.nodeByName("Head"))
    yield 0.3
    server = hanging(tools)
    yield 1.0
    assert len(tools.krita.documents()) == 2
    doc.setModified(False)
    doc.close()
    yield 0.3
    os.kill(server, signal.SIGCONT)
    # Newer Kritas hide all dockers with the last document, so that the button says nothing.
    yield from tools.until(lambda: tools.says() == texts.document.CLOSED, "the end", 30)
    yield 0.2
    assert tools.krita.documents() == []


def closing(tools: Tools) -> Wait:
    """Krita is closed in the middle of it, and asks nothing."""
    again = tools.krita.openDocument(str(tools.out / "keyframes.kra"))
    again.setBatchmode(True)
    tools.krita.activeWindow().addView(again)
    yield 0.8
    again.setActiveNode(again.nodeByName("Head"))
    yield 0.3
    hanging(tools)
    yield 1.0
    again.setModified(False)
    tools.quits = True
