"""Colours by swatches, another person by the die, palettes by name: what the painter chooses is what the face has.

Colours that the face really has are noted by region, for the test to compare.
"""

import os
from statistics import median
from typing import Any

from dfp_scenario.inside import Krita, ManagedColor, QAction, Qt, QtCore, QtGui, QtTest, QtWidgets, plugin
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
annotation, store = plugin("document.option_annotation"), plugin("document.palette_store")
colors, geometry = plugin("document.colors"), plugin("document.geometry")
Palette = plugin("document.palette").Palette
CANVAS = QtCore.QRect(0, 0, 768, 768)
FACE = "Face · Sketch"
REGIONS = ("skin", "hair", "lips", "eyes", "background", "clothes")
# Where on the example sketch a region is, and next to nothing else.
PLACES = {
    "skin": QtCore.QRect(235, 200, 300, 440),
    "hair": QtCore.QRect(190, 180, 50, 100),
    "background": QtCore.QRect(60, 300, 50, 200),
}
DARK_WOMAN = {"skin": (110, 72, 55), "hair": (160, 85, 55)}
OLD_MAN = {"skin": (225, 190, 170), "hair": (215, 190, 135), "background": (95, 105, 115)}
PHOTO = (190, 120, 90)


def scenario(tools: Tools) -> Wait:
    doc, sketch = yield from tools.begun(CANVAS)
    put(sketch, os.environ["DFP_SKETCH"])
    yield 0.3
    yield from before_a_face(tools, doc)
    yield from dark_woman(tools, doc)
    yield from old_man(tools, doc)
    yield from persons(tools, doc)
    yield from by_name(tools, doc)
    yield from of_a_picture(tools, doc)
    yield from chosen_in_the_dialog(tools, doc)
    yield from live(tools, doc)
    yield from not_known(tools)
    yield from reopened(tools, doc)
    yield from wide_gamut(tools)


def put(layer: Any, file: str) -> None:
    picture = QtGui.QImage(file).convertToFormat(QtGui.QImage.Format.Format_ARGB32)
    bits = picture.constBits()
    bits.setsize(picture.sizeInBytes())
    picture_of_it = QtCore.QByteArray(bytes(bits))
    layer.setPixelData(picture_of_it, 0, 0, picture.width(), picture.height())


def palette(doc: Any) -> "dict[str, tuple[int, int, int]]":
    return annotation.options_of(doc).palette.known


def face(tools: Tools, doc: Any) -> bytes:
    return tools.pixels(doc.nodeByName(FACE), CANVAS)


def seen(doc: Any, regions: Any) -> "dict[str, list[float]]":
    """The median colour of some regions of the face, in sRGB."""
    layer, found = doc.nodeByName(FACE), {}
    for region in regions:
        place = geometry.Rect(*PLACES[region].getRect())
        pixels = colors.as_srgb8(bytes(layer.pixelData(*place)), place, colors.ColorSpace.of(layer))
        found[region] = [median(pixels[channel::4]) for channel in (2, 1, 0)]
    return found


def swatch(tools: Tools, region: str) -> Any:
    return tools.button("dfp_swatch_" + region)


def take(colour: "tuple[int, int, int]") -> Wait:
    """Choose Krita's foreground colour, as by its colour selector."""
    view = Krita.instance().activeWindow().activeView()
    view.setForeGroundColor(ManagedColor.fromQColor(QtGui.QColor(*colour), view.canvas()))
    yield 0.1


def settled(tools: Tools, doc: Any, before: bytes) -> Wait:
    """Until the face is another one than before."""
    yield from tools.until(lambda: not tools.busy() and face(tools, doc) != before, "another face", 90)
    assert tools.says().startswith("Done in"), tools.says()
    yield 0.3


def clicked(tools: Tools, doc: Any, region: str, colour: Any) -> Wait:
    """One click on a swatch is one undo step that renews the face."""
    before, steps = face(tools, doc), tools.history()
    if colour is not None:
        yield from take(colour)
    swatch(tools, region).click()
    assert palette(doc).get(region) == colour, (region, palette(doc))
    yield from settled(tools, doc, before)
    assert tools.history() == steps + 1, "a click is more than one step"
    assert swatch(tools, region).accessibleName() == texts.colours.named(region, colour)


def before_a_face(tools: Tools, doc: Any) -> Wait:
    """Without a face nothing is made, and the sentence says what will be."""
    steps = tools.history()
    yield from take(OLD_MAN["hair"])
    swatch(tools, "hair").click()
    yield 0.2
    assert texts.colours.TO_SEE in tools.says(), tools.says()
    assert palette(doc) == {"hair": OLD_MAN["hair"]}
    assert tools.history() == steps
    swatch(tools, "hair").click()
    yield 0.2
    assert palette(doc) == {}
    assert not tools.button("dfp_person_back_button").isEnabled()
    yield from tools.one_face()
    told = tools.docker()._controller.colours.told
    assert tuple(told.known) == REGIONS, told
    tools.screenshot("first")


def dark_woman(tools: Tools, doc: Any) -> Wait:
    """Two clicks, each undone and redone by one step."""
    plain = face(tools, doc)
    yield from clicked(tools, doc, "skin", DARK_WOMAN["skin"])
    dark = face(tools, doc)
    yield from clicked(tools, doc, "hair", DARK_WOMAN["hair"])
    both = face(tools, doc)
    tools.notes["dark woman"] = [DARK_WOMAN, seen(doc, DARK_WOMAN)]
    tools.screenshot("dark_woman")
    for action, wanted in (("edit_undo", dark), ("edit_undo", plain), ("edit_redo", dark), ("edit_redo", both)):
        tools.krita.action(action).trigger()
        yield from tools.until(lambda wanted=wanted: face(tools, doc) == wanted, f"the face after {action}", 10)
        yield 0.4


def old_man(tools: Tools, doc: Any) -> Wait:
    """From the same sketch: swatches are opened again by a click, and given other colours."""
    for region, colour in OLD_MAN.items():
        if region in palette(doc):
            yield from clicked(tools, doc, region, None)
        yield from clicked(tools, doc, region, colour)
    tools.notes["old man"] = [OLD_MAN, seen(doc, OLD_MAN)]
    tools.screenshot("old_man")


def persons(tools: Tools, doc: Any) -> Wait:
    """The die makes others; back and forward lead through them, pixel for pixel; the history makes them again."""
    faces = [face(tools, doc)]
    steps = tools.history()
    for thrown in (1, 2):
        tools.button("dfp_person_button").click()
        yield from settled(tools, doc, faces[-1])
        assert tools.history() == steps + thrown
        faces.append(face(tools, doc))
        assert faces[-1] != faces[-2], "the die draws nobody else"
    assert palette(doc) == OLD_MAN
    assert not tools.button("dfp_person_forward_button").isEnabled()
    for name, wanted in (("back", 1), ("back", 0), ("forward", 1), ("forward", 2)):
        before = face(tools, doc)
        tools.button(f"dfp_person_{name}_button").click()
        yield from settled(tools, doc, before)
        assert face(tools, doc) == faces[wanted], f"{name} leads to somebody else"
    tools.screenshot("person")
    history = tools.docker()._controller.history
    wanted = annotation.options_of(doc).to_map()
    yield from tools.until(lambda: history.entries(doc)[0].options == wanted, "the face in the history", 10)
    assert wanted["seed"] > 0
    newest = history.entries(doc)[0]
    tools.docker()._controller.faces.generate_again(doc, newest)
    yield from tools.until(lambda: texts.history.SAME in tools.says(), "the same face again", 30)


def menu(tools: Tools, name: str, text: str = "") -> Any:
    """An entry of the menu of palettes."""
    offered = tools.button("dfp_palettes_button").menu()
    offered.fill()
    found = offered.findChildren(QAction, "dfp_palettes_" + name)
    return next(action for action in found if action.text() == text or not text)


def dialog(tools: Tools, kind: Any) -> Any:
    (found,) = [one for one in tools.window.findChildren(kind) if one.isVisible()]
    return found


def by_name(tools: Tools, doc: Any) -> Wait:
    """Saved, used, deleted and brought back; to a file and from it; what the model chose is taken over."""
    menu(tools, "save_picture").trigger()
    yield 0.3
    asked = dialog(tools, QtWidgets.QInputDialog)
    asked.setTextValue("Old  man")
    asked.accept()
    yield 0.2
    assert tools.says() == texts.palettes.saved("Old man"), tools.says()
    file = tools.out / "old_man.gpl"
    menu(tools, "export").trigger()
    yield 0.3
    asked = dialog(tools, QtWidgets.QFileDialog)
    asked.findChild(QtWidgets.QLineEdit).setText(str(file.with_suffix("")))
    asked.accept()
    yield from tools.until(file.exists, "the palette's file", 5)
    before = face(tools, doc)
    menu(tools, "from_face").trigger()
    assert tuple(palette(doc)) == REGIONS
    yield from tools.until(lambda: tools.says().startswith("Done in"), "the face", 30)
    tools.button("dfp_person_button").click()
    assert tools.says() == texts.colours.ALL_CHOSEN
    tools.notes["taken over"] = sum(a != b for a, b in zip(face(tools, doc), before, strict=True)) / len(before)
    menu(tools, "use", "Old man").trigger()
    assert palette(doc) == OLD_MAN
    yield from tools.until(lambda: not tools.busy(), "the face", 30)
    menu(tools, "delete", "Old man").trigger()
    assert "Old man" not in tools.docker()._controller.palettes.palettes(plugin("control.palettes").Kept.PICTURE)
    menu(tools, "bring_back").trigger()
    assert tools.says() == texts.palettes.brought_back("Old man"), tools.says()
    before = face(tools, doc)
    menu(tools, "all_open").trigger()
    yield from settled(tools, doc, before)
    menu(tools, "import").trigger()
    yield 0.3
    asked = dialog(tools, QtWidgets.QFileDialog)
    asked.findChild(QtWidgets.QLineEdit).setText(str(file))
    asked.accept()
    yield from tools.until(lambda: palette(doc) == OLD_MAN, "the file's colours", 5)
    assert store.UserPalettes().read() == {"old_man": Palette(**OLD_MAN)}
    yield from tools.until(lambda: not tools.busy(), "the face", 30)
    file.write_text("GIMP Palette\n1 2 3 Untitled\n")
    tools.docker()._controller.palettes.import_file(str(file))
    assert tools.says() == texts.palettes.OTHER_COLOURS
    assert palette(doc) == OLD_MAN


def of_a_picture(tools: Tools, doc: Any) -> Wait:
    """A layer of one colour gives every region that one; the drawing itself gives none."""
    assert not menu(tools, "from_layer").isEnabled()
    photo = doc.createNode("Photo", "paintlayer")
    photo.setPixelData(QtCore.QByteArray(bytes((*PHOTO[::-1], 255)) * (768 * 768)), 0, 0, 768, 768)
    doc.rootNode().addChildNode(photo, None)
    yield 0.3
    doc.setActiveNode(photo)
    yield 0.3
    entry = menu(tools, "from_layer")
    assert entry.text() == texts.palettes.from_layer("Photo"), entry.text()
    entry.trigger()
    yield from tools.until(lambda: palette(doc).get("lips") == PHOTO, "the picture's colours", 30)
    assert palette(doc) == dict.fromkeys(REGIONS, PHOTO), palette(doc)
    yield from tools.until(lambda: not tools.busy(), "the end", 30)
    photo.remove()
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3
    tools.docker()._controller.palettes.leave_open()
    yield from tools.until(lambda: not tools.busy() and tools.says().startswith("Done in"), "the face", 30)


def chosen_in_the_dialog(tools: Tools, doc: Any) -> Wait:
    """A long press and a right click open the colour dialog, and are no click."""
    for wished, colour in (("held", (90, 130, 170)), ("right", (70, 100, 60))):
        eyes, before = swatch(tools, "eyes"), face(tools, doc)
        tools.docker().findChild(QtWidgets.QScrollArea).ensureWidgetVisible(eyes)
        if wished == "held":
            QtTest.QTest.mousePress(eyes, Qt.MouseButton.LeftButton)
            yield 1.0
            QtTest.QTest.mouseRelease(eyes, Qt.MouseButton.LeftButton)
        else:
            middle = eyes.rect().center()
            event = QtGui.QContextMenuEvent(QtGui.QContextMenuEvent.Reason.Mouse, middle, eyes.mapToGlobal(middle))
            QtWidgets.QApplication.sendEvent(eyes, event)
        yield 0.3
        asked = dialog(tools, QtWidgets.QColorDialog)
        tools.screenshot("dialog_" + wished)
        asked.setCurrentColor(QtGui.QColor(*colour))
        asked.accept()
        yield 0.1
        assert palette(doc) == {"eyes": colour}, palette(doc)
        yield from settled(tools, doc, before)


def live(tools: Tools, doc: Any) -> Wait:
    """While live is on, swatch and die renew its face without a step."""
    tools.krita.action("dfp_live").trigger()
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "the first live face", 60)
    steps = tools.history()
    for act in (swatch(tools, "eyes").click, tools.button("dfp_person_button").click):
        before = face(tools, doc)
        act()
        yield from tools.until(lambda before=before: face(tools, doc) != before, "the face follows", 20)
    assert tools.history() == steps
    tools.krita.action("dfp_live").trigger()
    yield 0.5


def not_known(tools: Tools) -> Wait:
    """A server without the capability makes the face all the same, and she is told why its colours are not hers."""
    client = tools.docker()._controller.server._client
    known, client.capabilities = client.capabilities, ()
    tools.generate()
    yield from tools.until(lambda: not tools.busy(), "the face", 60)
    assert tools.says().startswith("Done in"), tools.says()
    assert texts.colours.NOT_KNOWN in tools.says(), tools.says()
    client.capabilities = known
    yield 0.3


def reopened(tools: Tools, doc: Any) -> Wait:
    """Colours, persons and palettes are kept with the document."""
    yield from take((1, 2, 3))
    swatch(tools, "clothes").click()
    yield from tools.until(lambda: not tools.busy() and tools.says().startswith("Done in"), "the face", 30)
    seed, history = annotation.options_of(doc).seed, tools.docker()._controller.history
    # A face that joins the history only after the saving would have Krita ask about it.
    yield from tools.until(lambda: "clothes" in history.entries(doc)[0].options["palette"], "the history", 10)
    yield 0.5
    again = yield from tools.reopened(doc, "colouring.kra")
    assert palette(again) == {"clothes": (1, 2, 3)}
    assert annotation.options_of(again).seed == seed
    assert tools.button("dfp_person_back_button").isEnabled()
    assert swatch(tools, "clothes").accessibleName() == texts.colours.named("clothes", (1, 2, 3))
    assert menu(tools, "use", "Old man").isEnabled()
    again.setModified(False)
    again.close()
    yield 0.5


def wide_gamut(tools: Tools) -> Wait:
    """In linear 16 bit with other primaries the colour of sRGB that she sees is told, and is what the face has."""
    doc = tools.krita.createDocument(768, 768, "Wide", "RGBA", "U16", "Rec2020-elle-V4-g10.icc", 120.0)
    doc.setBatchmode(True)
    sketch = doc.createNode("Sketch", "paintlayer")
    doc.rootNode().addChildNode(sketch, None)
    tools.krita.activeWindow().addView(doc)
    yield 1.0
    black = b"\x00\x00\x00\x00\x00\x00\xff\xff"
    for left, top, width, height in ((200, 100, 360, 520), (290, 300, 60, 25), (420, 300, 60, 25), (330, 480, 110, 25)):
        tools.draw_rect(sketch, left, top, width, height, ink=black)
    doc.setActiveNode(sketch)
    yield 0.3
    chosen = ManagedColor("RGBA", "U16", "Rec2020-elle-V4-g10.icc")
    chosen.setComponents([*reversed(rec2020(180, 60, 20)), 1.0])
    Krita.instance().activeWindow().activeView().setForeGroundColor(chosen)
    yield 0.2
    swatch(tools, "background").click()
    told = palette(doc)["background"]
    assert all(abs(a - b) <= 1 for a, b in zip(told, (180, 60, 20), strict=True)), told
    yield from tools.one_face()
    there = doc.nodeByName(FACE).bounds()
    PLACES["background"] = QtCore.QRect(there.left() + 10, there.center().y() - 60, 30, 60)
    tools.notes["wide gamut"] = [{"background": told}, seen(doc, ["background"])]
    tools.screenshot("wide_gamut")
    doc.setModified(False)


def rec2020(*srgb: int) -> "list[float]":
    """Linear light of the wide primaries, by ITU-R BT.2087."""
    light = [(c / 255 + 0.055) ** 2.4 / 1.055**2.4 if c > 10 else c / 255 / 12.92 for c in srgb]
    rows = ((0.6274, 0.3293, 0.0433), (0.0691, 0.9195, 0.0114), (0.0164, 0.0880, 0.8956))
    return [sum(a * b for a, b in zip(row, light, strict=True)) for row in rows]
