"""A Krita that speaks German: so does the plugin, and layers have the names that they have everywhere."""

from typing import Any

from dfp_scenario.inside import QtWidgets, plugin
from dfp_scenario.tools import Tools, Wait

texts, german = plugin("texts"), plugin("texts.de")


def scenario(tools: Tools) -> Wait:
    doc = tools.open(600, 500)
    yield 1.0
    assert texts.faces.GENERATE == german.faces.GENERATE
    assert tools.button("dfp_generate_button").text() == german.faces.GENERATE
    assert tools.label("dfp_frame") == german.frame.FROM_DRAWING
    assert tools.says() == german.faces.IDLE
    sketch = doc.nodeByName("Sketch")
    tools.draw_rect(sketch, 180, 100, 240, 280)
    doc.setActiveNode(sketch)
    yield 0.3
    tools.generate()
    yield from tools.until(lambda: not tools.busy(), "the face", 90)
    assert tools.says().startswith("Fertig in "), tools.says()
    yield from known_by_name(tools, doc)
    menu = tools.docker().findChild(QtWidgets.QMenu, "dfp_batch_menu")
    menu.aboutToShow.emit()
    assert german.batch.SAME_PLACE in [entry.text() for entry in menu.actions()]
    tools.screenshot("german")
    yield from manual(tools)


def manual(tools: Tools) -> Wait:
    """The manual names the buttons as they are named in the docker."""
    tools.docker().findChild(QtWidgets.QToolButton, "dfp_manual_button").click()
    yield 0.5
    (shown,) = tools.window.findChildren(QtWidgets.QDialog, "dfp_manual")
    page = shown.findChild(QtWidgets.QTextBrowser).toPlainText()
    faces, trust, frame, batch, history = german.faces, german.trust, german.frame, german.batch, german.history
    buttons = [faces.GENERATE, faces.NEW_LAYER, faces.KEEP, trust.REALISM, trust.CONFORMANCE, trust.ADD]
    buttons += [trust.ATTENTION, trust.ATTENTION_LAYER, frame.LOCK, frame.ADD_GUIDE, batch.START, batch.PAUSE]
    buttons += [batch.STOP, history.APPLY, history.RESTORE, history.COMPARE, history.AGAIN]
    assert [text for text in buttons if text not in page] == []
    tools.screenshot("german_manual")
    shown.close()


def known_by_name(tools: Tools, doc: Any) -> Wait:
    """Trust layers are known by their names, in pictures from anywhere."""
    tools.button("dfp_trust_layer_button").click()
    yield 0.4
    assert tools.names(doc) == ["Background", "Sketch", "Face · Sketch", "Trust · Sketch"], tools.names(doc)
    assert tools.says() == german.trust.ADDED
