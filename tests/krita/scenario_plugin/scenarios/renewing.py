"""A face is renewed on its layer, which stays as the painter made it; which one it is survives all she may do."""

from typing import Any

from dfp_scenario.inside import QtCore, QtWidgets, plugin
from dfp_scenario.tools import Tools, Wait

texts, faces = plugin("texts"), plugin("document.face_registry")
CANVAS = QtCore.QRect(0, 0, 800, 600)


def scenario(tools: Tools) -> Wait:
    doc = tools.open(CANVAS.width(), CANVAS.height())
    yield 1.0
    sketch = doc.nodeByName("Sketch")
    tools.draw_rect(sketch, 250, 120, 260, 320)
    doc.setActiveNode(sketch)
    yield 0.3
    yield from tools.one_face()
    yield from undone_step_by_step(tools, doc)
    yield from keeps_what_is_hers(tools, doc)
    yield from moved_aside(tools, doc)
    yield from chosen_face(tools, doc)
    yield from duplicates(tools, doc)
    yield from painted_or_locked(tools, doc)
    yield from deleted_and_back(tools, doc)
    tools.screenshot("renewed")
    yield from reopened(tools, doc)


def undone_step_by_step(tools: Tools, doc: Any) -> Wait:
    """Strokes and faces come back one after the other, as they were; redo goes the same way; then a face again."""
    face, sketch = doc.nodeByName("Face · Sketch"), doc.nodeByName("Sketch")
    seen = []
    for number in range(3):
        yield from tools.stroke([(0.47, 0.42 + 0.03 * number), (0.53, 0.42 + 0.03 * number)])
        yield 0.3
        seen.append((tools.pixels(sketch, CANVAS), tools.pixels(face, CANVAS)))
        yield from tools.one_face()
        seen.append((tools.pixels(sketch, CANVAS), tools.pixels(face, CANVAS)))
    assert len(set(seen)) == 6
    assert tools.names(doc) == ["Background", "Sketch", "Face · Sketch"], tools.names(doc)
    for change, wanted in ((tools.undo, seen[-2::-1]), (tools.redo, seen[1:])):
        for number, state in enumerate(wanted):
            change()
            yield 0.4
            doc.waitForDone()
            assert (tools.pixels(sketch, CANVAS), tools.pixels(face, CANVAS)) == state, (
                f"{change.__name__} {number + 1}"
            )
    tools.undo()
    yield 0.4
    yield from tools.one_face()
    assert not tools.says().endswith(texts.faces.CHANGED), tools.says()
    assert tools.names(doc) == ["Background", "Sketch", "Face · Sketch"], tools.names(doc)
    assert len(tools.krita.documents()) == 1, "a document to convert colors in was left behind"


def keeps_what_is_hers(tools: Tools, doc: Any) -> Wait:
    """Name, opacity, blend mode, mask and stack position are hers; only the pixels change, by one undo step."""
    face, sketch = doc.nodeByName("Face · Sketch"), doc.nodeByName("Sketch")
    mask = doc.createNode("Mask", "transparencymask")
    face.addChildNode(mask, None)
    other = doc.createNode("Between", "paintlayer")
    doc.rootNode().addChildNode(other, sketch)
    face.setName("Anna")
    face.setOpacity(140)
    face.setBlendingMode("multiply")
    yield 0.3
    doc.setActiveNode(sketch)
    yield 0.3
    tools.draw_rect(sketch, 330, 220, 100, 60)
    before, drawn, steps = tools.pixels(face, CANVAS), tools.pixels(sketch, CANVAS), tools.history()
    shown = look(tools)
    yield from tools.one_face()
    assert tools.names(doc) == ["Background", "Sketch", "Between", "Anna"], tools.names(doc)
    assert (face.name(), face.opacity(), face.blendingMode()) == ("Anna", 140, "multiply")
    assert [child.name() for child in face.childNodes()] == ["Mask"]
    assert tools.pixels(face, CANVAS) != before, "the pixels are the old ones"
    assert look(tools) != shown, "the canvas shows the old face"
    assert tools.pixels(sketch, CANVAS) == drawn, "the sketch was changed"
    assert tools.history() == steps + 1, "renewing is one undo step"
    assert doc.activeNode() == sketch
    mask.remove()
    other.remove()
    face.setOpacity(255)
    face.setBlendingMode("normal")
    yield 0.3


def moved_aside(tools: Tools, doc: Any) -> Wait:
    """A face that she moved beside the drawing is renewed there; it follows its drawing, moved with it or not."""
    face, sketch = doc.nodeByName("Anna"), doc.nodeByName("Sketch")
    home = face.bounds()
    face.move(-120, 30)
    yield from tools.one_face()
    assert face.bounds() == home.translated(-120, 30), (face.bounds(), home)
    face.move(0, 0)
    for layer in (face, sketch):
        layer.move(40, 20)
    yield from tools.one_face()
    assert face.bounds() == home.translated(40, 20), (face.bounds(), home)
    sketch.move(90, -30)
    yield from tools.one_face()
    assert face.bounds() == home.translated(90, -30), (face.bounds(), home)
    face.move(face.position().x() + 25, face.position().y())
    yield from tools.one_face()
    sketch.move(0, 0)
    yield from tools.one_face()
    assert face.bounds() == home.translated(25, 0), (face.bounds(), home)
    face.move(face.position().x() - 25, face.position().y())
    yield from tools.one_face()
    assert face.bounds() == home, (face.bounds(), home)
    yield 0.2


def chosen_face(tools: Tools, doc: Any) -> Wait:
    """With the face chosen instead of the sketch, it is that face that is renewed; New layer makes another one."""
    sketch, first = doc.nodeByName("Sketch"), doc.nodeByName("Anna")
    yield from tools.one_face(new_layer=True)
    assert tools.names(doc) == ["Background", "Sketch", "Face · Sketch", "Anna"], tools.names(doc)
    second = doc.nodeByName("Face · Sketch")
    tools.draw_rect(sketch, 340, 350, 80, 30)
    before = tools.pixels(first, CANVAS), tools.pixels(second, CANVAS)
    yield from tools.one_face()
    assert tools.pixels(first, CANVAS) == before[0], "the older face was renewed"
    assert tools.pixels(second, CANVAS) != before[1], "the newer face was not renewed"
    doc.setActiveNode(first)
    yield 0.3
    yield from tools.one_face()
    assert tools.pixels(first, CANVAS) == tools.pixels(second, CANVAS), "the chosen face was not renewed"
    assert doc.activeNode() == first
    assert len(tools.names(doc)) == 4
    doc.setActiveNode(sketch)
    yield 0.2
    second.remove()
    yield 0.2


def duplicates(tools: Tools, doc: Any) -> Wait:
    """A copy of the face stays as it is; a copy of the sketch has no face yet."""
    sketch, face = doc.nodeByName("Sketch"), doc.nodeByName("Anna")
    copy = face.duplicate()
    copy.setName("Copy of Anna")
    doc.rootNode().addChildNode(copy, face)
    yield 0.3
    doc.setActiveNode(sketch)
    yield 0.2
    before = tools.pixels(face, CANVAS)
    tools.draw_rect(sketch, 300, 200, 50, 30)
    yield from tools.one_face()
    assert tools.pixels(copy, CANVAS) == before, "the copy was renewed"
    assert tools.pixels(face, CANVAS) != before, "the face was not renewed"
    twin = sketch.duplicate()
    twin.setName("Twin")
    doc.rootNode().addChildNode(twin, sketch)
    yield 0.3
    doc.setActiveNode(twin)
    yield 0.2
    yield from tools.one_face()
    assert tools.names(doc) == ["Background", "Sketch", "Twin", "Face · Twin", "Anna", "Copy of Anna"]
    for layer in (twin, doc.nodeByName("Face · Twin"), copy):
        layer.remove()
    doc.setActiveNode(sketch)
    yield 0.3


def painted_or_locked(tools: Tools, doc: Any) -> Wait:
    """What she painted on a face, or locked, is not written over."""
    first = doc.nodeByName("Anna")
    tools.draw_rect(first, 300, 200, 20, 20, ink=b"\x00\x00\xff\xff")
    painted = tools.pixels(first, CANVAS)
    yield from tools.one_face()
    assert tools.says().endswith(texts.faces.CHANGED), tools.says()
    assert tools.pixels(first, CANVAS) == painted, "her retouch is gone"
    assert tools.names(doc) == ["Background", "Sketch", "Face · Sketch", "Anna"], tools.names(doc)
    yield from tools.one_face()
    assert not tools.says().endswith(texts.faces.CHANGED), tools.says()
    assert len(tools.names(doc)) == 4
    yield from painted_one_chosen(tools, doc, first, painted)
    second = doc.nodeByName("Face · Sketch")
    second.setLocked(True)
    yield from tools.one_face()
    assert tools.says().endswith(texts.faces.CHANGED), tools.says()
    assert tools.names(doc).count("Face · Sketch") == 2
    first.remove()
    second.remove()
    yield 0.3


def painted_one_chosen(tools: Tools, doc: Any, first: Any, painted: bytes) -> Wait:
    """With the painted face chosen, the one that took its place is renewed, and none is added again and again."""
    second = doc.nodeByName("Face · Sketch")
    doc.setActiveNode(first)
    yield 0.2
    for number in range(2):
        tools.draw_rect(doc.nodeByName("Sketch"), 300, 250 + 40 * number, 60, 20)
        before = tools.pixels(second, CANVAS)
        yield from tools.one_face()
        assert len(tools.names(doc)) == 4, tools.names(doc)
        assert tools.pixels(second, CANVAS) != before, "the newer face was not renewed"
    assert tools.pixels(first, CANVAS) == painted
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.2


def deleted_and_back(tools: Tools, doc: Any) -> Wait:
    """A deleted face is not missed; when undo brings it back, it is the face again."""
    sketch = doc.nodeByName("Sketch")
    face = doc.nodeByName("Face · Sketch")
    face.setName("Berta")
    face.remove()
    yield 0.3
    tools.undo()
    yield from tools.until(lambda: "Berta" in tools.names(doc), "undo brings the face back")
    doc.setActiveNode(sketch)
    yield 0.3
    tools.draw_rect(sketch, 300, 300, 60, 30)
    yield from tools.one_face()
    assert tools.names(doc) == ["Background", "Sketch", "Berta"], tools.names(doc)
    doc.nodeByName("Berta").remove()
    yield 0.3
    doc.setActiveNode(sketch)
    yield 0.2
    yield from tools.one_face()
    assert tools.names(doc) == ["Background", "Sketch", "Face · Sketch"], tools.names(doc)


def reopened(tools: Tools, doc: Any) -> Wait:
    """After saving, closing and opening, also with another name in another group, it is still the sketch's face."""
    group = doc.createNode("Group", "grouplayer")
    doc.rootNode().addChildNode(group, None)
    yield 0.2
    face, sketch = doc.nodeByName("Face · Sketch"), doc.nodeByName("Sketch")
    face.setName("Clara")
    sketch.setName("Lines")
    face.remove()
    group.addChildNode(face, None)
    yield 0.3
    again = yield from tools.reopened(doc, "renewing.kra")
    lines, face = again.nodeByName("Lines"), again.nodeByName("Clara")
    again.setActiveNode(lines)
    yield 0.3
    tools.draw_rect(lines, 420, 320, 60, 30)
    before = tools.pixels(face, CANVAS)
    yield from tools.one_face()
    assert tools.names(again) == ["Background", "Lines", "Group"], tools.names(again)
    assert [child.name() for child in again.nodeByName("Group").childNodes()] == ["Clara"]
    assert tools.pixels(face, CANVAS) != before, "the face was not renewed after reopening"
    yield from spoiled_list(tools, again)


def spoiled_list(tools: Tools, doc: Any) -> Wait:
    """A list that another program has spoiled is as good as none."""
    for content in (b"\xff\xfe", b"[1]", b'{"faces": {"a": [[1]]}}'):
        doc.setAnnotation(faces.ANNOTATION, "", QtCore.QByteArray(content))
        assert faces.FaceRegistry(doc).meant_by(doc.activeNode()) == (doc.activeNode(), None)
    yield from tools.one_face()
    assert tools.names(doc) == ["Background", "Lines", "Face · Lines", "Group"], tools.names(doc)
    doc.setModified(False)


def look(tools: Tools) -> bytes:
    """What the canvas shows, coarsely."""
    image = QtWidgets.QApplication.primaryScreen().grabWindow(0).toImage()
    canvas = tools.canvas()
    corner = canvas.mapTo(tools.window, QtCore.QPoint(0, 0))
    shown = image.copy(QtCore.QRect(corner, canvas.size())).scaled(60, 60)
    return bytes(shown.bits().asarray(shown.sizeInBytes()))
