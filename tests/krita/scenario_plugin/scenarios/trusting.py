"""The slider, the trust layer and the attention, with a face that follows them."""

from typing import Any

from dfp_scenario.inside import QtCore, QtWidgets, plugin
from dfp_scenario.tools import Tools, Wait

texts, trust_mask = plugin("texts"), plugin("document.trust_mask")
CANVAS = QtCore.QRect(0, 0, 800, 600)
FACE = "Face · Sketch"
GREEN, RED = b"\x00\xff\x00\xff", b"\x00\x00\xff\xff"


def scenario(tools: Tools) -> Wait:
    doc, sketch = yield from tools.begun(CANVAS)
    tools.draw_rect(sketch, 250, 120, 260, 320)
    tools.draw_rect(sketch, 300, 240, 60, 25)
    tools.draw_rect(sketch, 400, 240, 60, 25)
    tools.draw_rect(sketch, 340, 360, 90, 25)
    yield 0.3
    yield from slider(tools, doc)
    yield from layer(tools, doc)
    yield from attention(tools, doc)
    yield from live(tools, doc)
    yield from reopened(tools, doc)


def face(tools: Tools, doc: Any) -> bytes:
    """The face's pixels."""
    return tools.pixels(doc.nodeByName(FACE), CANVAS)


def the_slider(tools: Tools) -> Any:
    return tools.docker().findChild(QtWidgets.QSlider, "dfp_trust_slider")


def slider(tools: Tools, doc: Any) -> Wait:
    """Both ends give other faces than the middle, and the middle always the same one."""
    faces = []
    for value in (0, 20, -20, 0):
        the_slider(tools).setValue(value)
        yield 0.1
        yield from tools.one_face()
        faces.append(face(tools, doc))
    assert faces[0] == faces[3], "the middle is not the model's own choice any more"
    assert len(set(faces)) == 3, "the slider changes nothing"


def layer(tools: Tools, doc: Any) -> Wait:
    """The trust layer is added by one step, chosen, never taken for a drawing, and counts while it is visible."""
    sketch, steps, plain = doc.nodeByName("Sketch"), tools.history(), face(tools, doc)
    tools.button("dfp_trust_layer_button").click()
    yield 0.4
    assert tools.says() == texts.trust.ADDED, tools.says()
    name = texts.trust.layer_name("Sketch")
    mask = doc.nodeByName(name)
    assert doc.activeNode() == mask
    assert tools.history() == steps + 1
    tools.generate()
    yield 0.1
    assert tools.says() == texts.trust.CHOSEN, tools.says()
    doc.setActiveNode(sketch)
    yield 0.2
    yield from tools.one_face()
    assert face(tools, doc) == plain, "an empty trust layer changes the face"
    mask.setPixelData(QtCore.QByteArray(GREEN * (140 * 200)), 250, 120, 140, 200)
    mask.setPixelData(QtCore.QByteArray(RED * (120 * 200)), 390, 120, 120, 200)
    yield from tools.one_face()
    told = face(tools, doc)
    assert told != plain, "the trust layer changes nothing"
    mask.setVisible(False)
    yield 0.2
    yield from tools.one_face()
    assert face(tools, doc) == plain, "a hidden trust layer counts"
    mask.setVisible(True)
    doc.refreshProjection()
    yield 0.3
    tools.screenshot("trust_layer")


def attention(tools: Tools, doc: Any) -> Wait:
    """The docker shows the map; as a layer it is one undo step, as large as the face."""
    tools.krita.action("dfp_attention_layer").trigger()
    yield 0.2
    assert tools.says() == texts.trust.NO_ATTENTION, tools.says()
    tools.button("dfp_attention_button").click()
    yield 0.1
    yield from tools.one_face()
    shown = tools.docker().findChild(QtWidgets.QLabel, "dfp_attention")
    assert shown.isVisible()
    colors = {shown.pixmap().toImage().pixel(x, y) for x in range(0, 128, 4) for y in range(0, 128, 4)}
    assert len(colors) > 8, "the map is of one colour"
    steps = tools.history()
    tools.button("dfp_attention_layer_button").click()
    yield from tools.until(lambda: tools.says() == texts.trust.ATTENTION_ADDED, "the attention's layer", 10)
    yield 0.4
    heat = doc.nodeByName(texts.trust.attention_layer_name("Sketch"))
    assert heat.bounds() == doc.nodeByName(FACE).bounds()
    assert tools.history() == steps + 1
    assert doc.activeNode() == doc.nodeByName("Sketch")
    tools.screenshot("attention")
    heat.remove()
    yield 0.3


def live(tools: Tools, doc: Any) -> Wait:
    """While live is on, the face follows the slider."""
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.2
    tools.krita.action("dfp_live").trigger()
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "the first live face", 60)
    before = face(tools, doc)
    the_slider(tools).setValue(20)
    yield from tools.until(lambda: face(tools, doc) != before, "the face follows the slider", 20)
    tools.krita.action("dfp_live").trigger()
    yield 0.3


def reopened(tools: Tools, doc: Any) -> Wait:
    """The slider's place is kept in the file, and shown again."""
    file = str(tools.out / "trusting.kra")
    yield from tools.saved(doc, file)
    doc.close()
    yield 0.5
    other = tools.open(100, 100)
    yield 0.5
    assert the_slider(tools).value() == 0
    other.setModified(False)
    again = tools.krita.openDocument(file)
    again.setBatchmode(True)
    tools.krita.activeWindow().addView(again)
    yield 0.8
    assert the_slider(tools).value() == 20, the_slider(tools).value()
