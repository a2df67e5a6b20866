"""After Krita was killed in the middle of a batch over layers: it goes on.

Then it is killed again, over keyframes of a picture that has no file yet.
"""

import os
import signal
from pathlib import Path
from typing import Any

from dfp_scenario.inside import Qt, QtCore, QtGui, plugin
from dfp_scenario.recovery import Answered, Asked, journals, killed, note, saved_by_krita, shown_from
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
CANVAS = QtCore.QRect(0, 0, 500, 420)
COUNT = 5
TIMES = (2, 5, 8)


def scenario(tools: Tools) -> Wait:
    asked, answered = Asked(), Answered()
    there, done, lost = (tools.out / "numbers.txt").read_text(encoding="utf-8").split(" ", 2)
    yield from another_picture(tools)
    doc = yield from shown_from(tools, tools.out / "batch.kra")
    names = tools.names(doc)
    assert len(faces(names)) == int(there), names
    yield from offered(tools, texts.batch.stopped("batch.kra", int(done), COUNT, False))
    tools.screenshot("offer")
    # Whatever she has set since: it goes on as it began.
    tools.docker()._controller.options.setting("seed").set(3)
    yield from goes_on(tools, doc, asked, int(there), int(done))
    assert tools.pixels(doc.nodeByName(lost), CANVAS) == (tools.out / "lost.bin").read_bytes(), "it was drawn anew"
    sketches = b"".join(tools.pixels(doc.nodeByName(f"Figure {number}"), CANVAS) for number in range(COUNT))
    assert sketches == (tools.out / "sketches.bin").read_bytes(), "a sketch was changed"
    yield from nothing_left(tools, doc)
    yield from another_face_in_its_place(tools, doc)
    doc.setModified(False)
    doc.close()
    yield 0.3
    answered.timer.stop()
    yield from keyframes(tools)


def faces(names: "list[str]") -> "list[str]":
    return [name for name in names if name.startswith("Face")]


def another_picture(tools: Tools) -> Wait:
    """It is not asked about over another picture."""
    doc = tools.open(200, 200)
    yield 0.5
    assert not tools.button("dfp_batch_go_on_button").isVisible()
    doc.setModified(False)
    doc.close()
    yield 0.3


def offered(tools: Tools, sentence: str) -> Wait:
    yield from tools.until(lambda: tools.button("dfp_batch_go_on_button").isVisible(), "it is offered", 10)
    assert tools.label("dfp_batch_offer") == sentence, tools.label("dfp_batch_offer")


def goes_on(tools: Tools, doc: Any, asked: Asked, there: int, done: int) -> Wait:
    """Only what is missing is made, and only what is not kept is asked for; all as it was wanted before."""
    tools.button("dfp_batch_go_on_button").click()
    yield 0.1
    assert not tools.button("dfp_batch_go_on_button").isVisible()
    assert tools.docker()._controller.options.values.seed == 7
    yield from ended(tools)
    assert tools.says().startswith(texts.batch.done(COUNT - there, there, [])[:-1]), tools.says()
    assert asked.sent <= COUNT - done, f"{asked.sent} were drawn, and {done} were kept"
    names = tools.names(doc)
    for number in range(COUNT):
        sketch = f"Figure {number}"
        assert names.count(f"Face · {sketch}") == 1, names
        assert names.index(f"Face · {sketch}") == names.index(sketch) + 1, names
    entries = plugin("history.store").Store(plugin("history.history").DocumentShelf(doc)).entries
    yield from tools.until(lambda: len(entries()) >= COUNT, "the history is whole")
    assert sorted(entry.sketch_name for entry in entries()) == [f"Figure {number}" for number in range(COUNT)]
    for entry in entries():
        assert (entry.options["seed"], entry.options["palette"]) == (7, {"hair": [160, 40, 20]}), entry.options


def ended(tools: Tools) -> Wait:
    yield from tools.until(lambda: not tools.button("dfp_batch_stop_button").isVisible(), "the end", 120)
    yield 0.2


def nothing_left(tools: Tools, doc: Any) -> Wait:
    """Nothing is written down any more, and all faces are known to be up to date."""
    assert journals() == []
    assert not tools.button("dfp_batch_go_on_button").isVisible()
    tools.button("dfp_batch_button").click()
    yield from ended(tools)
    assert tools.says().startswith(texts.batch.done(0, COUNT, [])[:-1]), tools.says()


def another_face_in_its_place(tools: Tools, doc: Any) -> Wait:
    """As after a crash an older one may be: though sketch and options are as they were, it is not up to date."""
    seed = tools.docker()._controller.options.setting("seed")
    seed.set(3)
    doc.setActiveNode(doc.nodeByName("Figure 0"))
    yield 0.2
    yield from tools.one_face()
    seed.set(7)
    tools.button("dfp_batch_button").click()
    yield from ended(tools)
    assert tools.says().startswith(texts.batch.done(1, COUNT - 1, [])[:-1]), tools.says()


def keyframes(tools: Tools) -> Wait:
    """Two of three faces are made, and none of them is in the picture yet, when Krita is killed."""
    doc = tools.open(CANVAS.width(), CANVAS.height())
    yield 0.5
    files = []
    for number in range(len(TIMES)):
        picture = QtGui.QImage(CANVAS.size(), QtGui.QImage.Format.Format_ARGB32)
        picture.fill(0)
        painter = QtGui.QPainter(picture)
        painter.setPen(QtGui.QPen(Qt.GlobalColor.black, 6))
        painter.drawEllipse(100 + 30 * number, 60, 200, 290)
        painter.end()
        files.append(str(tools.out / f"frame{number}.png"))
        picture.save(files[-1])
    assert doc.importAnimation(files, TIMES[0], TIMES[1] - TIMES[0])
    yield 0.7
    (head,) = [layer for layer in doc.rootNode().childNodes() if layer.animated()]
    head.setName("Head")
    doc.setActiveNode(head)
    autosave = Path(os.environ["HOME"]) / f"krita-{os.getpid()}-Test-autosave.kra"
    yield from saved_by_krita(tools, doc, autosave)
    tools.krita.action("dfp_batch_keyframes").trigger()
    # Frame 0 is there by Krita's doing, and blank.
    yield from tools.until(lambda: note().done >= 3, "two faces", 60)
    (server,) = tools.own_servers()
    os.kill(server, signal.SIGSTOP)
    yield 0.5
    (tools.out / "keyframes.txt").write_text(str(note().done))
    os.kill(server, signal.SIGCONT)
    killed(tools)
