"""After Krita was killed in the middle of a batch over keyframes: it goes on in what Krita recovers of the picture.

And a batch that shall not go on is forgotten.
"""

from typing import Any

from dfp_scenario.inside import QtCore, plugin
from dfp_scenario.recovery import Answered, Asked, journals, shown_from
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
CANVAS = QtCore.QRect(0, 0, 500, 420)
TIMES = (2, 5, 8)
FACES = "Face · Head"


def scenario(tools: Tools) -> Wait:
    asked, answered = Asked(), Answered("OK")
    done = int((tools.out / "keyframes.txt").read_text())
    yield from tools.until(lambda: recovered(tools) is not None, "Krita recovers the picture", 60)
    yield 1.0
    answered.timer.stop()
    doc = recovered(tools)
    doc.setBatchmode(True)
    # Faces grow in a document that is never shown; where Krita has saved that as well, it is discarded here.
    for other in [other for other in tools.krita.documents() if other != doc]:
        other.setModified(False)
        other.close()
    head = doc.nodeByName("Head")
    before = frames(head)
    yield from offered(tools, done)
    tools.button("dfp_batch_go_on_button").click()
    yield from tools.until(lambda: not tools.button("dfp_batch_stop_button").isVisible(), "the end", 90)
    yield 0.5
    assert tools.says().startswith(texts.batch.done(3, 0, [], 1)[:-1]), tools.says()
    assert asked.sent == 4 - done, f"{asked.sent} were drawn, though {done} of 4 frames were done"
    assert tools.names(doc)[-2:] == ["Head", FACES], tools.names(doc)
    faces = doc.nodeByName(FACES)
    assert faces.animated()
    assert len(set(frames(faces))) == 3
    assert all(any(face) for face in frames(faces))
    assert frames(head) == before, "the drawing was changed"
    yield 0.5
    entries = plugin("history.store").Store(plugin("history.history").DocumentShelf(doc)).entries()
    assert len(entries) == 3, entries
    assert journals() == []
    yield from forgotten(tools, doc)


def recovered(tools: Tools) -> Any:
    """The painter's own picture."""
    return next((doc for doc in tools.krita.documents() if "Sketch" in tools.names(doc)), None)


def frames(layer: Any) -> "list[bytes]":
    return [bytes(layer.pixelDataAtTime(0, 0, CANVAS.width(), CANVAS.height(), time)) for time in TIMES]


def offered(tools: Tools, done: int) -> Wait:
    yield from tools.until(lambda: tools.button("dfp_batch_go_on_button").isVisible(), "it is offered", 10)
    sentence = texts.batch.stopped("", done, 4, True)
    assert tools.label("dfp_batch_offer") == sentence, tools.label("dfp_batch_offer")


def forgotten(tools: Tools, doc: Any) -> Wait:
    """The picture is closed in the middle of it: that, too, can go on, or be forgotten."""
    yield from tools.saved(doc, tools.out / "keyframes.kra")
    doc.setActiveNode(doc.nodeByName("Head"))
    yield 0.2
    tools.krita.action("dfp_batch_keyframes").trigger()
    yield 0.05
    doc.setModified(False)
    doc.close()
    yield from tools.until(lambda: not tools.button("dfp_batch_stop_button").isVisible(), "the end", 30)
    doc = yield from shown_from(tools, tools.out / "keyframes.kra")
    yield from tools.until(lambda: tools.button("dfp_batch_forget_button").isVisible(), "it is offered", 10)
    assert len(journals()) == 1
    tools.button("dfp_batch_forget_button").click()
    yield 0.1
    assert not tools.button("dfp_batch_forget_button").isVisible()
    assert tools.says() == texts.batch.FORGOTTEN, tools.says()
    assert journals() == []
    assert tools.names(doc)[-2:] == ["Head", FACES], tools.names(doc)
