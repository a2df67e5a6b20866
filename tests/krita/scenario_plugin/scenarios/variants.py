"""Four people to choose from, and palettes by layer name: what is chosen is what comes onto the canvas."""

import os
from typing import Any

from dfp_scenario.inside import QtCore, QtGui, QtWidgets, plugin
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
options_of = plugin("document.option_annotation").options_of
palettes = plugin("document.palette")
named_palettes = plugin("document.palette_annotation")
CANVAS = QtCore.QRect(0, 0, 768, 768)
FACE = "Face · Sketch"
# Where on the example sketch there is hair, and nothing else.
HAIR = QtCore.QRect(175, 160, 30, 120)
# Nothing is left open: so it does not matter who was drawn by chance.
USUAL = {"skin": (225, 190, 170), "lips": (180, 90, 90), "eyes": (70, 60, 50), "background": (90, 90, 100)}
RED = {**USUAL, "hair": (150, 50, 20), "clothes": (40, 40, 60)}
FAIR = {**USUAL, "hair": (215, 190, 135), "clothes": (120, 40, 40)}
# Lab, and of 255: a told colour is a wish, which the model paints with light and shadow.
NEAR, ALIKE = 25.0, 3.0


def scenario(tools: Tools) -> Wait:
    doc, sketch = yield from tools.begun(CANVAS)
    put(sketch, os.environ["DFP_SKETCH"])
    yield 0.3
    yield from four_people(tools, doc)
    yield from one_of_them(tools, doc)
    yield from four_others(tools, doc)
    yield from of_another_drawing(tools, doc, sketch)
    yield from beside_live(tools, doc, sketch)
    yield from two_palettes(tools, doc, sketch)
    doc.setModified(False)


def put(layer: Any, file: str) -> None:
    picture = QtGui.QImage(file).convertToFormat(QtGui.QImage.Format.Format_ARGB32)
    bits = picture.constBits()
    bits.setsize(picture.sizeInBytes())
    layer.setPixelData(QtCore.QByteArray(bytes(bits)), 0, 0, picture.width(), picture.height())


def control(tools: Tools) -> Any:
    return tools.docker()._controller.variants


def portraits(tools: Tools) -> "list[Any]":
    found = [tools.button(f"dfp_person_{number}") for number in range(4)]
    return [one for one in found if one.isVisible()]


def asked(tools: Tools) -> Wait:
    """A click on the button, and the people are there."""
    tools.button("dfp_four_people_button").click()
    yield 0.0
    yield from tools.until(lambda: not tools.busy(), "the people", 90)
    assert tools.says().startswith("Done in"), tools.says()
    assert tools.says().endswith(texts.variants.drawn(4)), tools.says()
    yield 0.4


def settled(tools: Tools) -> Wait:
    yield 0.1
    yield from tools.until(lambda: not tools.busy() and tools.says().startswith("Done in"), "the face", 90)
    yield 0.4


def four_people(tools: Tools, doc: Any) -> Wait:
    """Nothing changes in the picture; four different people are to be seen, and heard of."""
    steps, layers = tools.history(), tools.names(doc)
    assert not portraits(tools)
    yield from asked(tools)
    people = control(tools).people
    assert len({one.seed for one in people}) == len(portraits(tools)) == 4
    apart = [difference(one.picture, other.picture) for one in people for other in people if one.seed < other.seed]
    tools.notes["apart"] = [round(each, 1) for each in apart]
    assert min(apart) > 1, apart
    assert [one.accessibleName() for one in portraits(tools)] == [
        texts.variants.person(n, 4, False) for n in (1, 2, 3, 4)
    ]
    assert (tools.history(), tools.names(doc), options_of(doc).seed) == (steps, layers, 0)
    tools.screenshot("four")


def one_of_them(tools: Tools, doc: Any) -> Wait:
    """A click is one undo step, the face is the person in the picture, and undo and redo bring the others."""
    chosen = control(tools).people[2]
    steps = tools.history()
    portraits(tools)[2].click()
    yield from settled(tools)
    assert tools.history() == steps + 1
    assert options_of(doc).seed == chosen.seed
    faces = {"third": tools.image(doc.nodeByName(FACE), placed(doc))}
    off = {number: difference(small(faces["third"]), one.picture) for number, one in enumerate(control(tools).people)}
    tools.notes["the face and each person"] = off
    assert off[2] < ALIKE, off
    assert off[2] < min(off[number] for number in (0, 1, 3)), off
    assert not control(tools).old, "it is the same drawing still"
    tools.screenshot("third")
    portraits(tools)[0].click()
    yield from settled(tools)
    faces["first"] = tools.image(doc.nodeByName(FACE), placed(doc))
    assert difference(small(faces["first"]), control(tools).people[0].picture) < ALIKE
    for action, wanted in (("edit_undo", "third"), ("edit_redo", "first")):
        tools.krita.action(action).trigger()
        yield 0.8
        assert tools.image(doc.nodeByName(FACE), placed(doc)) == faces[wanted], action


def four_others(tools: Tools, doc: Any) -> Wait:
    before = {one.seed for one in control(tools).people}
    yield from asked(tools)
    assert not before & {one.seed for one in control(tools).people}
    tools.screenshot("others")


def of_another_drawing(tools: Tools, doc: Any, sketch: Any) -> Wait:
    """Faint as soon as a face shows that the drawing is another one; fresh ones are not."""
    tools.draw_rect(sketch, 330, 560, 90, 12)
    doc.setActiveNode(sketch)
    yield 0.3
    yield from tools.one_face()
    assert control(tools).old
    assert portraits(tools)[0].accessibleName() == texts.variants.person(1, 4, True)
    tools.screenshot("old")
    yield from asked(tools)
    assert not control(tools).old


def beside_live(tools: Tools, doc: Any, sketch: Any) -> Wait:
    """While live follows the drawing, people can be asked for and chosen; a stroke makes them old, and none anew."""
    doc.setActiveNode(sketch)
    yield 0.3
    tools.krita.action("dfp_live").trigger()
    before = control(tools).people
    tools.button("dfp_four_people_button").click()
    yield from tools.until(lambda: control(tools).people != before and not tools.busy(), "other people", 90)
    people = control(tools).people
    portraits(tools)[1].click()
    yield from tools.until(lambda: options_of(doc).seed == people[1].seed, "she is chosen")
    face = doc.nodeByName(FACE)
    alike = lambda: difference(small(tools.image(face, placed(doc))), people[1].picture) < ALIKE  # noqa: E731
    yield from tools.until(alike, "live renews the face as hers", 60)
    assert not control(tools).old
    yield from tools.stroke([(0.45, 0.6), (0.5, 0.62), (0.55, 0.6)])
    yield from tools.until(lambda: control(tools).old, "they are of an earlier drawing", 60)
    assert control(tools).people == people
    tools.krita.action("dfp_live").trigger()
    yield 0.5


def two_palettes(tools: Tools, doc: Any, sketch: Any) -> Wait:
    """Three layers, two palettes by the layers' names, written into the table as a painter does."""
    saved = {"Red": palettes.Palette(**RED), "Fair": palettes.Palette(**FAIR)}
    named_palettes.DocumentPalettes(doc).write(saved)
    group = doc.createGroupLayer("Figures")
    doc.rootNode().addChildNode(group, None)
    for name in ("Anna far", "Anna near", "Bert"):
        layer = doc.createNode(name, "paintlayer")
        put(layer, os.environ["DFP_SKETCH"])
        group.addChildNode(layer, None)
    yield 0.5
    yield from table(tools, {"anna*": "Red", "Bert": "Fair"})
    doc.setActiveNode(group)
    yield 0.3
    yield from batch(tools, texts.batch.done(3, 0, []))
    tools.screenshot("by_name")
    seen = {name: lab(mean(tools, doc.nodeByName(f"Face · {name}"))) for name in ("Anna far", "Anna near", "Bert")}
    told = {"Anna far": (RED, FAIR), "Anna near": (RED, FAIR), "Bert": (FAIR, RED)}
    off = {name: [distance(seen[name], lab(each["hair"])) for each in both] for name, both in told.items()}
    tools.notes["hair, Lab from what was told, and from the other palette"] = off
    assert all(own < NEAR and 2 * own < others for own, others in off.values()), (off, seen)
    assert seen["Anna far"] == seen["Anna near"], seen
    doc.setActiveNode(group)
    yield 0.3
    yield from batch(tools, texts.batch.done(0, 3, []))
    yield from table(tools, {"anna*": "Red", "Bert": "Red"})
    doc.setActiveNode(group)
    yield 0.3
    yield from batch(tools, texts.batch.done(1, 2, []))
    assert lab(mean(tools, doc.nodeByName("Face · Bert"))) == seen["Anna far"]


def table(tools: Tools, rows: "dict[str, str]") -> Wait:
    """Open the table from the menu, fill it in, and look at it."""
    menu = tools.docker().findChild(QtWidgets.QMenu, "dfp_batch_menu")
    menu.aboutToShow.emit()
    next(entry for entry in menu.actions() if entry.objectName() == "dfp_batch_palettes").trigger()
    yield 0.5
    dialog = tools.window.findChild(QtWidgets.QDialog, "dfp_layer_palettes_dialog")
    fields = dialog.findChild(QtWidgets.QTableWidget)
    for at, (layer, palette) in enumerate(rows.items()):
        fields.cellWidget(at, 0).setEditText(layer)
        fields.cellWidget(at, 1).setCurrentText(palette)
    yield 0.3
    tools.screenshot("table")
    dialog.accept()
    yield 0.3
    assert tools.says() == texts.layer_palettes.kept(len(rows)), tools.says()


def batch(tools: Tools, said: str) -> Wait:
    tools.button("dfp_batch_button").click()
    yield 0.2
    yield from tools.until(lambda: not tools.button("dfp_batch_stop_button").isVisible(), "the end", 120)
    assert tools.says() == said, tools.says()


def placed(doc: Any) -> Any:
    return doc.nodeByName(FACE).bounds()


def small(face: Any) -> Any:
    kept, smooth = QtCore.Qt.AspectRatioMode.IgnoreAspectRatio, QtCore.Qt.TransformationMode.SmoothTransformation
    return face.scaled(128, 128, kept, smooth).convertToFormat(QtGui.QImage.Format.Format_RGB888)


def difference(one: Any, other: Any) -> float:
    """The mean of how far two pictures of the same size are apart, of 255."""
    both = []
    for picture in (one, other):
        bits = picture.constBits()
        bits.setsize(picture.sizeInBytes())
        both.append(bytes(bits))
    assert len(both[0]) == len(both[1])
    return sum(abs(a - b) for a, b in zip(*both, strict=True)) / len(both[0])


def mean(tools: Tools, layer: Any) -> "tuple[float, ...]":
    data = tools.pixels(layer, HAIR)
    return tuple(sum(data[channel::4]) / (len(data) // 4) for channel in (2, 1, 0))


def lab(colour: "tuple[float, ...]") -> "tuple[float, ...]":
    """sRGB of 255 as CIE Lab, D65."""
    linear = [n / 12.92 if n <= 0.04045 else ((n + 0.055) / 1.055) ** 2.4 for n in (part / 255 for part in colour)]
    rows = ((0.4124, 0.3576, 0.1805, 0.9505), (0.2126, 0.7152, 0.0722, 1.0), (0.0193, 0.1192, 0.9505, 1.089))
    xyz = [sum(a * b for a, b in zip(row, linear, strict=False)) / row[3] for row in rows]
    x, y, z = (n ** (1 / 3) if n > 0.008856 else 7.787 * n + 16 / 116 for n in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def distance(one: "tuple[float, ...]", other: "tuple[float, ...]") -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True)) ** 0.5
