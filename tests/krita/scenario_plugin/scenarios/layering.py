"""A face as a group of layers with her own stroke between them, cut out, and masked by the selection's own shape."""

from typing import Any

from dfp_scenario.inside import Qt, QtCore, QtGui, QtWidgets, Selection, plugin
from dfp_scenario.tools import Tools, Wait

texts, registry, wire = plugin("texts"), plugin("document.face_registry"), plugin("wire")
colors = plugin("document.colors")
CANVAS = QtCore.QRect(0, 0, 800, 600)
FACE = "Face · Sketch"
PARTS = [texts.faces.PARTS[name] for name in wire.LAYERS]
MINE, GREEN = "Mine", b"\x00\xff\x00\xff"
ROUNDING = 2
WIDE = colors.ColorSpace("RGBA", "F32", "Rec2020-elle-V4-g10.icc")


def scenario(tools: Tools) -> Wait:
    doc, sketch = yield from tools.begun(CANVAS)
    draw(tools, sketch)
    yield 0.3
    yield from tools.one_face()
    single = look(doc, doc.nodeByName(FACE))
    yield from made(tools, doc, single)
    yield from renewed(tools, doc)
    yield from hers_on_a_part(tools, doc)
    yield from live(tools, doc)
    yield from kept(tools, doc)
    yield from batch(tools, doc)
    yield from back_to_one(tools, doc)
    yield from masked(tools, doc)
    yield from reopened(tools, doc)
    yield from in_linear_light(tools)


def draw(tools: Tools, sketch: Any) -> None:
    """A head with eyes, a mouth and hair, as strokes of a pen."""
    picture = QtGui.QImage(CANVAS.size(), QtGui.QImage.Format.Format_ARGB32)
    picture.fill(0)
    pen = QtGui.QPen(Qt.GlobalColor.black, 5)
    painter = QtGui.QPainter(picture)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.setPen(pen)
    painter.drawEllipse(290, 120, 220, 300)
    for left in (325, 425):
        painter.drawEllipse(left, 240, 50, 20)
        painter.drawLine(left, 222, left + 50, 220)
    painter.drawLine(400, 260, 390, 315)
    painter.drawEllipse(360, 345, 80, 24)
    painter.drawArc(250, 70, 300, 400, 0, 16 * 180)
    painter.drawLine(250, 270, 260, 450)
    painter.drawLine(550, 270, 540, 450)
    painter.drawLine(365, 410, 350, 480)
    painter.drawLine(435, 410, 450, 480)
    painter.end()
    bits = picture.constBits()
    bits.setsize(picture.sizeInBytes())
    sketch.setPixelData(QtCore.QByteArray(bytes(bits)), 0, 0, CANVAS.width(), CANVAS.height())


def look(doc: Any, node: Any) -> bytes:
    """What a layer or group shows, its masks counted."""
    doc.refreshProjection()
    doc.waitForDone()
    return bytes(node.projectionPixelData(0, 0, CANVAS.width(), CANVAS.height()))


def choose(tools: Tools, form: str) -> None:
    """Choose how faces come, in the docker."""
    choice = tools.docker().findChild(QtWidgets.QComboBox, "dfp_form_choice")
    number = list(texts.faces.FORMS).index(form)
    choice.setCurrentIndex(number)
    choice.activated.emit(number)


def the_group(doc: Any) -> Any:
    (found,) = [node for node in doc.rootNode().childNodes() if node.type() == "grouplayer" and node.name() == FACE]
    return found


def state(doc: Any) -> "dict[str, bytes]":
    """The pixels of all layers in the group."""
    place = CANVAS.adjusted(-200, -200, 200, 200)
    return {
        node.name(): bytes(node.pixelData(place.x(), place.y(), place.width(), place.height()))
        for node in the_group(doc).childNodes()
        if node.type() == "paintlayer"
    }


def off(one: bytes, other: bytes) -> int:
    """The largest difference of two pictures."""
    return max(abs(a - b) for a, b in zip(one, other, strict=True))


def made(tools: Tools, doc: Any, single: bytes) -> Wait:
    """The group is one step, looks as the single layer does, and undo and redo take it out and bring it back."""
    choose(tools, "group")
    steps = tools.history()
    yield from tools.one_face()
    assert texts.faces.OTHER_HIDDEN in tools.says(), tools.says()
    group = the_group(doc)
    assert [child.name() for child in group.childNodes()] == PARTS
    assert tools.history() == steps + 1
    yield from tools.until(lambda: doc.activeNode().name() == "Sketch", "the sketch is active again")
    assert [node.visible() for node in doc.rootNode().childNodes() if node.name() == FACE] == [True, False]
    apart = off(look(doc, group), single)
    tools.notes["group beside layer, of 255"] = apart
    assert apart <= ROUNDING, apart
    before = state(doc)
    tools.screenshot("group")
    tools.undo()
    yield from tools.until(lambda: tools.names(doc).count(FACE) == 1, "undo takes the group out")
    tools.redo()
    yield from tools.until(lambda: tools.names(doc).count(FACE) == 2, "redo brings the group back")
    yield 0.3
    assert state(doc) == before, "redo brings other pixels"
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3


def renewed(tools: Tools, doc: Any) -> Wait:
    """A stroke of hers between skin and hair outlives three renewals, each one step that undo and redo take whole."""
    group, sketch = the_group(doc), doc.nodeByName("Sketch")
    mine = doc.createNode(MINE, "paintlayer")
    group.addChildNode(mine, group.childNodes()[2])
    yield 0.4
    doc.setActiveNode(mine)
    yield 0.3
    yield from tools.stroke([(0.42, 0.3), (0.5, 0.25), (0.58, 0.3)])
    yield 0.4
    painted = tools.pixels(mine, CANVAS)
    assert any(painted), "the stroke is nowhere"
    order = [child.name() for child in group.childNodes()]
    assert order == [*PARTS[:3], MINE, *PARTS[3:]], order
    seen = [state(doc)]
    # Chosen is her layer in the group, then the sketch: both mean this face.
    for number in range(3):
        tools.draw_rect(sketch, 340 + 30 * number, 380, 20, 8)
        steps = tools.history()
        yield from tools.one_face()
        assert tools.history() == steps + 1, f"{tools.history() - steps} steps"
        assert tools.names(doc).count(FACE) == 2, tools.names(doc)
        seen.append(state(doc))
        assert tools.pixels(mine, CANVAS) == painted, "her stroke was changed"
        assert seen[-1][PARTS[2]] != seen[-2][PARTS[2]], "the skin is the old one"
        doc.setActiveNode(sketch)
        yield 0.3
    assert [child.name() for child in group.childNodes()] == order
    tools.screenshot("stroke_between")
    for change, wanted in ((tools.undo, seen[-2::-1]), (tools.redo, seen[1:])):
        for number, pixels in enumerate(wanted):
            change()
            yield 0.4
            doc.waitForDone()
            wrong = [layer for layer, data in state(doc).items() if data != pixels[layer]]
            assert not wrong, f"{change.__name__} {number + 1}: {wrong}"
    doc.setActiveNode(sketch)
    yield 0.3


def hers_on_a_part(tools: Tools, doc: Any) -> Wait:
    """What she painted on a part stays; others are renewed; a deleted one stays away, a moved one is renewed there."""
    group = the_group(doc)
    parts = {child.name(): child for child in group.childNodes()}
    hair, clothes, skin = (parts[PARTS[number]] for number in (3, 1, 2))
    tools.draw_rect(hair, 380, 90, 30, 20, ink=GREEN)
    hair.setName("Her hair")
    clothes.remove()
    skin.setName("Anna's skin")
    yield 0.4
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3
    painted, before = tools.pixels(hair, CANVAS), tools.pixels(skin, CANVAS)
    tools.draw_rect(doc.nodeByName("Sketch"), 400, 430, 30, 8)
    yield from tools.one_face()
    assert texts.faces.left_alone(["Her hair"]) in tools.says(), tools.says()
    assert tools.pixels(hair, CANVAS) == painted, "her retouch is gone"
    assert tools.pixels(skin, CANVAS) != before
    assert [child.name() for child in group.childNodes()] == [PARTS[0], "Anna's skin", MINE, "Her hair", PARTS[4]]
    for _ in range(3):  # the renewal, the deletion, and what came with it
        tools.undo()
        yield 0.4
        if len(group.childNodes()) == 6:
            break
    assert len(group.childNodes()) == 6, "undo brings the deleted part back"
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3
    yield from tools.one_face()
    assert texts.faces.CHANGED not in tools.says(), tools.says()


def live(tools: Tools, doc: Any) -> Wait:
    """Live renews the group without a step; she sees her lines through it meanwhile."""
    group, sketch = the_group(doc), doc.nodeByName("Sketch")
    mine = next(child for child in group.childNodes() if child.name() == MINE)
    painted = tools.pixels(mine, CANVAS)
    tools.krita.action("dfp_live").trigger()
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "the first live face", 60)
    # The first one may put aside what only looks as it was drawn, by a step of its own.
    steps = tools.history()
    assert group.opacity() == 128, group.opacity()
    before = state(doc)
    yield from tools.stroke([(0.48, 0.42), (0.52, 0.42)])
    yield from tools.until(lambda: state(doc)[PARTS[4]] != before[PARTS[4]], "live renews the group", 60)
    yield 0.5
    assert tools.history() == steps + 1, f"{tools.history() - steps} steps, and live is none"
    assert tools.pixels(mine, CANVAS) == painted
    assert doc.activeNode() == sketch
    tools.krita.action("dfp_live").trigger()
    yield 0.5
    assert group.opacity() == 255, group.opacity()


def kept(tools: Tools, doc: Any) -> Wait:
    """Keep copies the group with all in it; the eye hides the group, and shows it."""
    group, steps = the_group(doc), tools.history()
    tools.krita.action("dfp_keep").trigger()
    name = texts.faces.kept_layer_name("Sketch")
    yield from tools.until(lambda: name in tools.names(doc), "the kept group")
    yield 0.4
    copy = doc.nodeByName(name)
    assert tools.history() == steps + 1
    inside = [[child.name() for child in node.childNodes()] for node in (group, copy)]
    assert inside[0] == inside[1]
    assert not copy.visible()
    for shown in (False, True):
        tools.krita.action("dfp_show_face").trigger()
        yield 0.2
        assert group.visible() == shown
    layers = plugin("batch.layers")
    found = [layer.name() for layer in layers.layers_of(doc, layers.Choice.VISIBLE)]
    assert found == ["Sketch"], found
    copy.remove()
    yield 0.3
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3


def batch(tools: Tools, doc: Any) -> Wait:
    """A batch makes groups as well, each by one step."""
    sketch, steps = doc.nodeByName("Sketch"), tools.history()
    other = sketch.duplicate()
    other.setName("Other")
    doc.rootNode().addChildNode(other, sketch)
    sketch.setVisible(False)
    yield 0.3
    running = tools.docker()._controller.batch
    tools.krita.action("dfp_batch_visible").trigger()
    yield from tools.until(lambda: running.running is None, "the batch", 60)
    yield 0.4
    made = doc.nodeByName("Face · Other")
    assert [child.name() for child in made.childNodes()] == PARTS
    assert tools.history() == steps + 2, "the copy, and its face"
    sketch.setVisible(True)
    for layer in (made, other):
        layer.remove()
    yield 0.3
    doc.setActiveNode(sketch)
    yield 0.3


def back_to_one(tools: Tools, doc: Any) -> Wait:
    """Cut out, the face of before is renewed where it is, and shown; the group is hidden with all that is hers."""
    group = the_group(doc)
    before = state(doc)
    choose(tools, "cut out")
    yield from tools.one_face()
    single = next(node for node in doc.rootNode().childNodes() if node.name() == FACE and node != group)
    assert tools.names(doc).count(FACE) == 2, tools.names(doc)
    assert (single.visible(), group.visible()) == (True, False)
    assert state(doc) == before
    alpha = bytes(single.pixelData(0, 0, CANVAS.width(), CANVAS.height()))[3::4]
    assert alpha.count(0) > len(alpha) / 4
    assert alpha.count(255) > len(alpha) / 8
    for _ in range(2):  # soft edges or not, it is known as what the plugin wrote
        tools.draw_rect(doc.nodeByName("Sketch"), 420, 400, 30, 8)
        yield from tools.one_face()
        assert texts.faces.CHANGED not in tools.says(), tools.says()
    assert tools.names(doc).count(FACE) == 2, tools.names(doc)
    tools.screenshot("cut_out")


def masked(tools: Tools, doc: Any) -> Wait:
    """A feathered selection masks a new face, layer or group, in the same step; a plain rectangle is only a frame."""
    selection = Selection()
    selection.select(200, 60, 400, 420, 255)
    doc.setSelection(selection)
    yield from tools.one_face(new_layer=True)
    face = newest(doc)
    assert not face.childNodes(), "a rectangle masks"
    for form in ("layer", "group"):
        choose(tools, form)
        selection = Selection()
        selection.select(300, 110, 200, 330, 255)
        selection.feather(12)
        doc.setSelection(selection)
        yield 0.2
        steps = tools.history()
        yield from tools.one_face(new_layer=True)
        assert tools.history() == steps + 1
        face = newest(doc)
        (mask,) = [child for child in face.childNodes() if child.type() == "transparencymask"]
        wanted = bytes(selection.pixelData(0, 0, CANVAS.width(), CANVAS.height()))
        assert bytes(mask.pixelData(0, 0, CANVAS.width(), CANVAS.height())) == wanted, "another shape"
        seen = look(doc, face)[3::4]
        assert off(seen, wanted) <= ROUNDING, "the face is not seen as far as it was selected"
        for node in doc.rootNode().childNodes():
            if node.name() == FACE:
                node.setVisible(node == face)
        doc.refreshProjection()
        yield 0.3
        tools.screenshot(f"masked_{form}")
        tools.undo()
        yield 0.4
        assert newest(doc) != face
        tools.redo()
        yield 0.4
        assert off(look(doc, newest(doc))[3::4], wanted) <= ROUNDING
        doc.setActiveNode(doc.nodeByName("Sketch"))
        yield 0.3


def newest(doc: Any) -> Any:
    """The face right above the sketch."""
    names = [node.name() for node in doc.rootNode().childNodes()]
    return doc.rootNode().childNodes()[names.index("Sketch") + 1]


def reopened(tools: Tools, doc: Any) -> Wait:
    """Group, mask, option and whose face it is are in the file."""
    before = look(doc, newest(doc))
    again = yield from tools.reopened(doc, "layering.kra")
    yield from tools.until(lambda: look(again, newest(again)) == before, "the file shows the same")
    choice = tools.docker().findChild(QtWidgets.QComboBox, "dfp_form_choice")
    assert choice.currentText() == texts.faces.FORMS["group"]
    again.setSelection(None)
    again.setActiveNode(again.nodeByName("Sketch"))
    yield 0.3
    count = len(tools.names(again))
    yield from tools.one_face()
    assert len(tools.names(again)) == count, tools.names(again)
    assert look(again, newest(again)) != before


def in_linear_light(tools: Tools) -> Wait:
    """In a wide float document, too, the group looks as the layer does, and each of three renewals is one step."""
    doc = tools.krita.createDocument(CANVAS.width(), CANVAS.height(), "Wide", *WIDE, 72.0)
    doc.setBatchmode(True)
    sketch = doc.createNode("Sketch", "paintlayer")
    doc.rootNode().addChildNode(sketch, None)
    tools.krita.activeWindow().addView(doc)
    yield 0.6
    doc.setActiveNode(sketch)
    yield 0.3
    ink = bytes(colors.convert(b"\0\0\0\xff", 1, 1, colors.SRGB8, WIDE))
    tools.draw_rect(sketch, 290, 120, 220, 300, ink=ink)
    choose(tools, "layer")
    yield from tools.one_face()
    single = in_srgb(look(doc, doc.nodeByName(FACE)))
    choose(tools, "group")
    yield from tools.one_face()
    group = the_group(doc)
    apart = off(in_srgb(look(doc, group)), single)
    tools.notes["in linear light, of 255"] = apart
    assert apart <= ROUNDING, apart
    seen, profiles = [state(doc)], set()
    for number in range(3):
        tools.draw_rect(sketch, 340 + 30 * number, 380, 20, 8, ink=ink)
        steps = tools.history()
        yield from tools.one_face()
        assert tools.history() == steps + 1, f"{tools.history() - steps} steps"
        seen.append(state(doc))
        profiles |= {layer.colorProfile() for layer in (group, *group.childNodes())}
        assert seen[-1] != seen[-2]
    # What she meets at her layers and is none of Krita's says whose it is.
    made = {name for name in profiles if "(" in name}
    assert made, profiles
    assert all("DeepFacePencil" in name for name in made), profiles
    for number, pixels in enumerate(seen[-2::-1]):
        tools.undo()
        yield 0.3
        doc.waitForDone()
        assert state(doc) == pixels, f"undo {number + 1}"
    doc.setModified(False)


def in_srgb(pixels: bytes) -> bytes:
    """What a layer of the wide document shows, as 8-bit sRGB."""
    return bytes(colors.convert(pixels, CANVAS.width(), CANVAS.height(), WIDE, colors.SRGB8))
