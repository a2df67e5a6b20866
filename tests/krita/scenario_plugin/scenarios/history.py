"""The history: faces of strokes and of live are kept, looked at, applied, restored, compared and made again."""

from typing import Any

from dfp_scenario.inside import QtCore, QtWidgets, plugin
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
pictures = plugin("history.pictures")
CANVAS = QtCore.QRect(0, 0, 800, 700)
FACE = "Face · Sketch"
HEAD = [
    (0.5 + 0.13 * x, 0.5 + 0.3 * y) for x, y in ((0, -1), (0.7, -0.7), (1, 0), (0.6, 0.8), (0, 1), (-1, 0), (0, -1))
]
EYE = [(0.46, 0.42), (0.48, 0.41)]
# Beyond the head, so that the drawing and the face of it grow: what was made before stays as large as it was.
STRAND = [(0.56, 0.22), (0.68, 0.3), (0.72, 0.6)]


def scenario(tools: Tools) -> Wait:
    doc, _ = yield from tools.begun(CANVAS)
    assert not [name for name in doc.annotationTypes() if "history" in name], "a document without a face"
    tools.docker().findChild(QtWidgets.QToolButton, "dfp_history_button").setChecked(True)
    yield 0.2
    first_sketch, first_face = yield from two_faces(tools, doc)
    yield from looked_at(tools, doc)
    yield from applied(tools, doc, first_face)
    yield from restored(tools, doc, first_sketch)
    yield from wiped(tools)
    yield from made_again(tools, doc)
    yield from pinned_and_deleted(tools, doc)
    yield from followed_live(tools, doc)
    yield from another_document(tools, doc)
    yield from spoiled(tools, doc)
    yield from saved(tools, doc)
    doc.setModified(False)
    tools.quits = True


def entries(doc: Any) -> Any:
    return plugin("history.store").Store(plugin("history.history").DocumentShelf(doc)).entries()


def view(tools: Tools) -> Any:
    return tools.docker().findChild(QtWidgets.QListWidget, "dfp_history_list")


def press(tools: Tools, name: str) -> None:
    tools.button("dfp_history_" + name).click()


def holds(tools: Tools, doc: Any, count: int) -> Wait:
    yield from tools.until(lambda: len(entries(doc)) == count, f"{count} entries in the history")
    yield from tools.until(lambda: view(tools).count() == count, f"{count} thumbnails")


def choose(tools: Tools, row: int) -> Wait:
    """Click on a thumbnail, the newest is 0, and wait for the preview."""
    item = view(tools).item(row)
    view(tools).setCurrentItem(item)
    view(tools).itemClicked.emit(item)
    preview = tools.docker().findChild(QtWidgets.QWidget, "dfp_history_preview")
    yield from tools.until(lambda: preview.first is not None, "the preview")


def face_made(tools: Tools, line: Any, new_layer: bool) -> Wait:
    yield from tools.stroke(line)
    yield 0.3
    tools.generate(new_layer)
    yield from tools.until(lambda: not tools.busy(), "a face", 120)
    assert tools.says().startswith("Done in"), tools.says()


def two_faces(tools: Tools, doc: Any) -> Any:
    yield from face_made(tools, HEAD, False)
    yield from holds(tools, doc, 1)
    sketch, face = (tools.pixels(doc.nodeByName(name), CANVAS) for name in ("Sketch", FACE))
    yield from tools.stroke(EYE)
    yield from face_made(tools, STRAND, False)
    yield from holds(tools, doc, 2)
    assert tools.pixels(doc.nodeByName(FACE), CANVAS) != face
    (newest, oldest) = entries(doc)
    assert newest.sketch != oldest.sketch
    assert newest.model == oldest.model != ""
    assert newest.sketch_name == "Sketch"
    tools.notes["bytes"] = [doc.annotation("deepfacepencil-history-picture-" + newest.face).size()]
    return sketch, face


def looked_at(tools: Tools, doc: Any) -> Wait:
    """Looking changes nothing in the document."""
    names, steps, active = tools.names(doc), tools.history(), doc.activeNode()
    yield from choose(tools, 1)
    tools.screenshot("history")
    assert (tools.names(doc), tools.history()) == (names, steps)
    assert doc.activeNode() == active


def applied(tools: Tools, doc: Any, face: bytes) -> Wait:
    """One step, right above the sketch, the very pixels that the older face had."""
    steps, count = tools.history(), len(tools.names(doc))
    press(tools, "apply")
    yield from tools.until(lambda: len(tools.names(doc)) == count + 1, "the applied face")
    yield 0.3
    assert tools.history() == steps + 1
    assert tools.names(doc)[:2] == ["Background", "Sketch"]
    layer = doc.rootNode().childNodes()[2]
    assert layer.name().startswith(FACE + " · "), tools.names(doc)
    assert tools.pixels(layer, CANVAS) == face, "not the face as it was"
    yield from tools.until(lambda: doc.activeNode().name() == "Sketch", "the sketch is active again", 5)
    tools.undo()
    yield from tools.until(lambda: len(tools.names(doc)) == count, "one undo takes it away")


def restored(tools: Tools, doc: Any, sketch: bytes) -> Wait:
    """The older sketch on a new layer, though its own layer was renamed; the sketch of now stays as it is."""
    own = doc.nodeByName("Sketch")
    now = tools.pixels(own, CANVAS)
    assert now != sketch
    own.setName("Anna")
    count = len(tools.names(doc))
    press(tools, "restore")
    yield from tools.until(lambda: len(tools.names(doc)) == count + 1, "the restored sketch")
    yield 0.3
    layer = doc.rootNode().childNodes()[2]
    assert layer.name().startswith("Sketch · "), tools.names(doc)
    assert doc.activeNode() == layer
    assert tools.pixels(layer, CANVAS) == sketch, "not the sketch as it was"
    assert tools.pixels(own, CANVAS) == now
    doc.nodeByName(FACE).setVisible(False)
    own.setVisible(False)
    doc.refreshProjection()
    yield 0.5
    tools.screenshot("restored")
    doc.nodeByName(FACE).setVisible(True)
    own.setVisible(True)
    doc.refreshProjection()
    tools.undo()
    yield from tools.until(lambda: len(tools.names(doc)) == count, "one undo takes it away")
    doc.setActiveNode(own)
    own.setName("Sketch")
    yield 0.3


def wiped(tools: Tools) -> Wait:
    yield from choose(tools, 0)
    press(tools, "compare")
    preview = tools.docker().findChild(QtWidgets.QWidget, "dfp_history_preview")
    yield from tools.until(lambda: preview.second is not None, "the second face")
    assert preview.second != preview.first
    yield 0.2
    tools.screenshot("wipe")
    press(tools, "compare")
    assert preview.second is None


def made_again(tools: Tools, doc: Any) -> Wait:
    """The real server makes the same bytes of the same sketch; another checksum is told."""
    names = tools.names(doc)
    yield from choose(tools, 1)
    press(tools, "again")
    yield from tools.until(lambda: texts.history.SAME in tools.says(), "the same face again", 60)
    assert len(entries(doc)) == 2
    other = entries(doc)[1]
    shelf = plugin("history.history").DocumentShelf(doc)
    from dataclasses import replace

    older = replace(other, model="0123456789abcdef", face=entries(doc)[0].face)
    shelf.write("deepfacepencil-history-entry-" + other.id, older.to_bytes())
    yield from shown_anew(tools)
    yield from choose(tools, 1)
    press(tools, "again")
    wanted = texts.history.model_changed("0123456789abcdef", other.model)
    yield from tools.until(lambda: wanted in tools.says(), "that the model has changed", 60)
    yield from holds(tools, doc, 3)
    assert entries(doc)[0].face == other.face
    assert tools.names(doc) == names
    tools.screenshot("model_changed")


def shown_anew(tools: Tools) -> Wait:
    button = tools.docker().findChild(QtWidgets.QToolButton, "dfp_history_button")
    button.setChecked(False)
    button.setChecked(True)
    yield 0.5


def pinned_and_deleted(tools: Tools, doc: Any) -> Wait:
    yield from choose(tools, 2)
    press(tools, "pin")
    yield 0.3
    assert [entry.pinned for entry in entries(doc)] == [False, False, True]
    assert tools.button("dfp_history_pin").isChecked()
    press(tools, "delete")
    yield from holds(tools, doc, 2)
    tools.button("dfp_history_bring_back").click()
    yield from holds(tools, doc, 3)
    assert entries(doc)[2].pinned


def followed_live(tools: Tools, doc: Any) -> Wait:
    """Several renewals, one entry: when live ends."""
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.2
    tools.krita.action("dfp_live").trigger()
    face = doc.nodeByName(FACE)
    for line in ([(0.47, 0.62), (0.53, 0.62)], [(0.5, 0.5), (0.5, 0.55)]):
        before = tools.pixels(face, CANVAS)
        yield from tools.stroke(line)
        yield from tools.until(lambda before=before: tools.pixels(face, CANVAS) != before, "a renewed face", 60)
    assert len(entries(doc)) == 3, "every renewal is in the history"
    yield 0.5
    tools.krita.action("dfp_live").trigger()
    yield from holds(tools, doc, 4)
    assert entries(doc)[0].origin == "live"


def another_document(tools: Tools, doc: Any) -> Wait:
    """Each has its own history; the panel shows that of the one in front."""
    other = tools.open(400, 300)
    yield 0.6
    assert view(tools).count() == 0
    assert not entries(other)
    other.setModified(False)
    other.close()
    yield 0.5
    yield from holds(tools, doc, 4)


def spoiled(tools: Tools, doc: Any) -> Wait:
    """One damaged entry and one damaged picture: one sentence, and the rest is shown."""
    shelf = plugin("history.history").DocumentShelf(doc)
    shelf.write("deepfacepencil-history-entry-odd", b"\xff{")
    shelf.write("deepfacepencil-history-picture-" + entries(doc)[0].face, b"\x89PNG and no more")
    yield from shown_anew(tools)
    assert view(tools).count() == 4
    item = view(tools).item(0)
    view(tools).itemClicked.emit(item)
    yield from tools.until(lambda: tools.says() == texts.history.SPOILED, "the sentence")
    yield from choose(tools, 1)


def saved(tools: Tools, doc: Any) -> Wait:
    """Saved and opened again: the same pictures."""
    file = str(tools.out / "history.kra")
    doc.setModified(True)
    yield from tools.saved(doc, file)
    yield 0.5
    again = tools.krita.openDocument(file)
    assert [entry.id for entry in entries(again)] == [entry.id for entry in entries(doc)]
    kept, key = plugin("history.history").DocumentShelf(again), entries(again)[1].face
    picture = pictures.unpack(kept.raw("deepfacepencil-history-picture-" + key), key)
    assert picture.width() == entries(again)[1].face_place.width
    again.close()
