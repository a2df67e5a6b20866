"""A batch over a group: every sketch gets its face exactly once, whatever else lies among them."""

import os
from typing import Any

from dfp_scenario.inside import QtCore, QtWidgets, plugin
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
CANVAS = QtCore.QRect(0, 0, 800, 600)
COUNT = int(os.environ["DFP_BATCH_LAYERS"])


def scenario(tools: Tools) -> Wait:
    doc = tools.open(CANVAS.width(), CANVAS.height())
    yield 1.0
    group, sketches = figure(tools, doc)
    yield 0.5
    doc.setActiveNode(group)
    yield 0.3
    before = [tools.pixels(sketch, CANVAS) for sketch in sketches]
    yield from half_way(tools, group)
    yield from paused_and_done(tools, doc, group)
    assert [tools.pixels(sketch, CANVAS) for sketch in sketches] == before, "a sketch was changed"
    each_face_once(group)
    tools.screenshot("batch")
    yield from only_what_changed(tools, doc, group, sketches[1])
    yield from painter_goes_first(tools, doc, group, sketches)
    yield from in_one_place(tools, doc, group)
    yield from nothing_to_do(tools, doc)


def figure(tools: Tools, doc: Any) -> "tuple[Any, list[Any]]":
    """A group with sketches and, among them, an empty, a locked and a vector layer."""
    group = doc.createGroupLayer("Figures")
    doc.rootNode().addChildNode(group, None)
    sketches = []
    for number in range(COUNT):
        layer = doc.createNode(f"Figure {number}", "paintlayer")
        group.addChildNode(layer, None)
        tools.draw_rect(layer, 200 + 5 * (number % 20), 120, 220, 300)
        sketches.append(layer)
    for layer in (doc.createNode("Empty", "paintlayer"), doc.createVectorLayer("Vector")):
        group.addChildNode(layer, None)
    locked = doc.createNode("Locked", "paintlayer")
    group.addChildNode(locked, None)
    tools.draw_rect(locked, 200, 120, 220, 300)
    locked.setLocked(True)
    return group, sketches


def faces(group: Any) -> "list[str]":
    return [node.name() for node in group.childNodes() if node.name().startswith("Face")]


def half_way(tools: Tools, group: Any) -> Wait:
    """Stopped after the half: whole faces only."""
    tools.button("dfp_batch_button").click()
    yield from tools.until(lambda: len(faces(group)) >= COUNT // 2, "half of the faces", 40 * COUNT)
    # Krita lets others work while it adds a layer: its face is not written down yet then.
    yield 0.1
    tools.button("dfp_batch_stop_button").click()
    yield 0.5
    assert tools.says().startswith("Stopped: "), tools.says()
    assert tools.button("dfp_batch_button").isVisible()
    there = len(faces(group))
    yield 1.5
    assert len(faces(group)) == there < COUNT, "the batch went on"
    assert all(not node.bounds().isEmpty() for node in group.childNodes() if node.name().startswith("Face"))


def paused_and_done(tools: Tools, doc: Any, group: Any) -> Wait:
    """Started again it goes on; a pause holds it; the rest of the layers are reported by name."""
    there = len(faces(group))
    doc.setActiveNode(group)
    yield 0.3
    tools.krita.action("dfp_batch").trigger()
    yield from tools.until(lambda: len(faces(group)) > there, "the batch goes on", 60)
    tools.button("dfp_batch_pause_button").click()
    tools.screenshot("batch_running")
    yield 3.0
    held = len(faces(group))
    yield 1.5
    if tools.button("dfp_batch_stop_button").isVisible():
        assert len(faces(group)) == held, "a paused batch went on"
        assert tools.label("dfp_batch").startswith("Paused"), tools.label("dfp_batch")
        tools.button("dfp_batch_pause_button").click()
    yield from tools.until(lambda: not tools.button("dfp_batch_stop_button").isVisible(), "the end", 40 * COUNT)
    done = texts.batch.done(COUNT - there, there, ["", "", ""])
    assert tools.says().startswith(done[:-1]), f"{tools.says()!r}, not {done!r}"
    told = tools.docker().findChild(QtWidgets.QPlainTextEdit, "dfp_details").toPlainText().splitlines()
    told = [line for line in told if texts.several.DOUBT not in line]  # boxes are no faces
    assert {line.split(":")[0] for line in told} == {"Empty", "Vector", "Locked"}, told


def each_face_once(group: Any) -> None:
    """Each right above its sketch, and named after it."""
    names = [node.name() for node in group.childNodes()]
    for number in range(COUNT):
        sketch = f"Figure {number}"
        assert names.count(f"Face · {sketch}") == 1, names
        assert names.index(f"Face · {sketch}") == names.index(sketch) + 1, names
    assert len(faces(group)) == COUNT


def only_what_changed(tools: Tools, doc: Any, group: Any, sketch: Any) -> Wait:
    """With one sketch changed a batch renews its face and leaves the others."""
    tools.draw_rect(sketch, 280, 200, 60, 30)
    doc.setActiveNode(group)
    yield 0.3
    tools.button("dfp_batch_button").click()
    yield from tools.until(lambda: not tools.button("dfp_batch_stop_button").isVisible(), "the end", 120)
    assert tools.says().startswith(texts.batch.done(1, COUNT - 1, ["", "", ""])[:-1]), tools.says()
    each_face_once(group)
    tools.undo()
    yield 0.5
    doc.setActiveNode(group)
    yield 0.3
    tools.button("dfp_batch_button").click()
    yield from tools.until(lambda: not tools.button("dfp_batch_stop_button").isVisible(), "the end", 120)
    assert tools.says().startswith(texts.batch.done(1, COUNT - 1, ["", "", ""])[:-1]), f"after an undo: {tools.says()}"


def painter_goes_first(tools: Tools, doc: Any, group: Any, sketches: "list[Any]") -> Wait:
    """What the painter asks for herself is made while the batch runs, and before it is done."""
    for sketch in sketches:
        tools.draw_rect(sketch, 290, 220, 40, 30)
    tools.button("dfp_batch_button").click()
    yield from tools.until(lambda: tools.label("dfp_batch").startswith("Face "), "the batch runs")
    own = doc.nodeByName("Sketch")
    tools.draw_rect(own, 250, 150, 240, 300)
    doc.setActiveNode(own)
    yield 0.1
    tools.generate()
    yield from tools.until(lambda: not tools.busy(), "her own face", 60)
    tools.notes["left when her own face came"] = tools.label("dfp_batch")
    assert "Face · Sketch" in tools.names(doc), tools.names(doc)
    yield from tools.until(lambda: not tools.button("dfp_batch_stop_button").isVisible(), "the end", 40 * COUNT)
    assert tools.says().startswith(texts.batch.done(COUNT, 0, ["", "", ""])[:-1]), tools.says()
    each_face_once(group)


def in_one_place(tools: Tools, doc: Any, group: Any) -> Wait:
    """Asked to, all faces of a group sit where its first one does; asked again, nothing is left to do."""
    before = {node.bounds().x() for node in group.childNodes() if node.name().startswith("Face")}
    assert len(before) > 1, before
    menu = tools.docker().findChild(QtWidgets.QMenu, "dfp_batch_menu")
    for made in (COUNT - 1, 0):
        doc.setActiveNode(group.childNodes()[0])  # a layer of the group stands for the group
        yield 0.3
        menu.aboutToShow.emit()
        (same,) = [entry for entry in menu.actions() if entry.text() == texts.batch.SAME_PLACE]
        same.setChecked(True)
        (wanted,) = [entry for entry in menu.actions() if entry.objectName() == "dfp_batch_group"]
        assert wanted.text() == texts.batch.menu_line("group", "Figures", COUNT + 3), wanted.text()
        wanted.trigger()
        yield from tools.until(lambda: not tools.button("dfp_batch_stop_button").isVisible(), "the end", 40 * COUNT)
        assert tools.says().startswith(texts.batch.done(made, COUNT - made, ["", "", ""])[:-1]), tools.says()
    places = [node.bounds() for node in group.childNodes() if node.name().startswith("Face")]
    assert places == COUNT * places[:1], places
    each_face_once(group)
    same.setChecked(False)


def nothing_to_do(tools: Tools, doc: Any) -> Wait:
    """A document without a drawing."""
    empty = tools.open(200, 200)
    yield 0.5
    empty.nodeByName("Sketch").setVisible(False)
    yield 0.2
    tools.button("dfp_batch_button").click()
    yield 0.2
    assert tools.says() == texts.batch.NO_DRAWINGS, tools.says()
    empty.setModified(False)
