"""What the painter sees: her lines in live work, the face when it is there, live work with several pictures."""

from typing import Any

from dfp_scenario.inside import Qt, QtCore, QtGui, QtWidgets, plugin
from dfp_scenario.tools import Tools, Wait

texts, extension, user = plugin("texts"), plugin("extension"), plugin("settings.user")
palette = plugin("document.palette")
CANVAS = QtCore.QRect(0, 0, 800, 600)
FACE = "Face · Sketch"
USED_EVERY_MINUTE = (
    "dfp_generate_button",
    "dfp_cancel_button",
    "dfp_live_button",
    "dfp_keep_button",
    "dfp_status",
    *(f"dfp_swatch_{region}" for region in palette.REGIONS),
)


def scenario(tools: Tools) -> Wait:
    yield from shown_once(tools)
    yield from server_is_warm(tools)
    doc, sketch = yield from tools.begun(CANVAS)
    tools.draw_rect(sketch, 280, 130, 200, 260)
    yield from docker_in_order(tools)
    yield from thick_brush(tools)
    yield from lines_in_live_work(tools, doc)
    yield from one_key(tools, doc)
    yield from all_lines_deleted(tools, doc)
    yield from another_picture(tools, doc)
    doc.setModified(False)


def shown_once(tools: Tools) -> Wait:
    """A new docker is shown when Krita has it for the first time, and never against the painter's will."""
    docker = tools.docker()
    assert docker.isVisible()
    docker.setVisible(False)
    extension.show_once()
    yield 0.2
    assert not docker.isVisible(), "shown again after she closed it"
    tools.krita.writeSetting(extension.GROUP, extension.SHOWN, "")
    extension.show_once()
    yield 0.2
    assert docker.isVisible()


def server_is_warm(tools: Tools) -> Wait:
    """With the docker in sight the server is started and ready before anything is asked of it."""
    server = tools.docker()._controller.server
    yield from tools.until(lambda: server.state.value == "ready", "the server is ready", 90)
    assert len(tools.own_servers()) == 1
    assert tools.says() == texts.faces.IDLE, tools.says()


def docker_in_order(tools: Tools) -> Wait:
    """Sections fold and stay so, nothing is out of sight at 1366x768, and buttons without a text have a name."""
    docker = tools.docker()
    heading = docker.findChild(QtWidgets.QToolButton, "dfp_trust_button")
    slider = docker.findChild(QtWidgets.QSlider, "dfp_trust_slider")
    assert slider.isVisible()
    heading.click()
    assert not slider.isVisible()
    again = user.load()
    assert "trust" not in again.open_sections, "a section is as she left it when Krita starts the next time"
    heading.click()
    assert slider.isVisible()
    assert set(user.load().open_sections) == set(again.open_sections) | {"trust"}
    tools.window.setGeometry(0, 0, 1366, 768)
    yield 0.5
    tools.screenshot("small_screen")
    for name in USED_EVERY_MINUTE:
        part = docker.findChild(QtWidgets.QWidget, name)
        assert part.visibleRegion().boundingRect() == part.rect(), f"{name} is out of sight"
    for button in docker.findChildren(QtWidgets.QAbstractButton):
        if button.objectName().startswith("dfp_"):
            assert button.text() or button.accessibleName(), f"{button.objectName()} has no name to be read out"
    menu = tools.krita.action(extension.MENU).menu()
    assert len([action for action in menu.actions() if action.objectName().startswith("dfp_")]) > 10
    tools.window.setGeometry(0, 0, 1600, 1000)
    yield 0.5


def thick_brush(tools: Tools) -> Wait:
    """She is told when her brush fills the eyes that she draws, and not while she erases."""
    view = tools.krita.activeWindow().activeView()
    before = view.brushSize()
    for size, erases, told in ((60, False, True), (60, True, False), (3, False, False)):
        view.setBrushSize(size)
        if erases:
            tools.krita.action("erase_action").trigger()
        yield 0.1
        yield from tools.one_face()
        assert ("fills eyes and mouth" in tools.says()) == told, (size, erases, tools.says())
        if erases:
            tools.krita.action("erase_action").trigger()
    view.setBrushSize(before)


def live(tools: Tools, on: bool) -> Wait:
    tools.krita.action("dfp_live").trigger()
    yield 0.1
    assert tools.button("dfp_live_button").isChecked() == on, tools.says()
    if on:
        yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "live works", 60)
        yield 0.5


def lines_in_live_work(tools: Tools, doc: Any) -> Wait:
    """The face of before lets the lines through while live works, and is as it was afterwards; what she sets stays."""
    yield from tools.one_face()
    face = doc.nodeByName(FACE)
    assert face.opacity() == 255
    opaque = contrast(doc)
    yield from live(tools, True)
    assert face.opacity() == 128, face.opacity()
    seen = "the line is seen through the face, darker than what the face has there"
    yield from tools.until(lambda: contrast(doc) > opaque + 30, seen, 5)
    tools.screenshot("lines_in_live")
    yield from live(tools, False)
    assert face.opacity() == 255, face.opacity()
    yield from live(tools, True)
    face.setOpacity(90)
    yield from live(tools, False)
    assert face.opacity() == 90, "her own opacity was changed"
    face.setOpacity(255)
    yield 0.2


def contrast(doc: Any) -> int:
    """How much darker the drawing's upper line is on the canvas than what lies beside it."""
    doc.waitForDone()
    beside, line = (sum(bytes(doc.pixelData(380, top, 1, 1))[:3]) // 3 for top in (146, 132))
    return beside - line


def one_key(tools: Tools, doc: Any) -> Wait:
    """One key, or the eye, hides the face and brings it back, in live work and without."""
    face = doc.nodeByName(FACE)
    for on in (False, True):
        if on:
            yield from live(tools, True)
        tools.krita.action("dfp_show_face").trigger()
        yield 0.2
        assert not face.visible()
        assert tools.says() == texts.faces.AWAY, tools.says()
        tools.button("dfp_show_face_button").click()
        yield 0.2
        assert face.visible()
        assert tools.says() == texts.faces.SHOWN, tools.says()
    yield from live(tools, False)


def all_lines_deleted(tools: Tools, doc: Any) -> Wait:
    """No lines, no face; when undo brings the lines back, the face comes as well."""
    face, sketch = doc.nodeByName(FACE), doc.nodeByName("Sketch")
    yield from live(tools, True)
    doc.setActiveNode(sketch)
    yield 0.2
    tools.krita.action("clear").trigger()
    yield from tools.until(lambda: sketch.bounds().isEmpty(), "the lines are gone")
    nudge(tools)
    yield from tools.until(lambda: face.bounds().isEmpty(), "the face is gone, too", 20)
    yield 0.3
    assert tools.says() == texts.live.ON, tools.says()
    tools.undo()
    yield from tools.until(lambda: not face.bounds().isEmpty(), "the face is back", 20)
    yield 0.5
    yield from live(tools, False)
    assert tools.names(doc) == ["Background", "Sketch", FACE], tools.names(doc)


def another_picture(tools: Tools, doc: Any) -> Wait:
    """The Live button is about the picture in front; a picture that is closed ends its live work by itself."""
    yield from live(tools, True)
    other = tools.open(500, 400)
    yield 0.8
    assert not tools.button("dfp_live_button").isChecked(), "live seems to be on in another picture"
    lines = other.nodeByName("Sketch")
    tools.draw_rect(lines, 100, 50, 240, 260)
    other.setActiveNode(lines)
    yield 0.3
    yield from live(tools, True)
    other.setModified(False)
    other.close()
    yield from tools.until(lambda: not tools.docker()._controller.live.running, "live ends with its picture", 5)
    assert tools.says() == texts.document.CLOSED, tools.says()
    yield 0.5
    assert not tools.button("dfp_live_button").isChecked()
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3


def nudge(tools: Tools) -> None:
    """What a hand on the keyboard does."""
    event = QtGui.QKeyEvent(QtCore.QEvent.Type.KeyRelease, Qt.Key.Key_Shift, Qt.KeyboardModifier.NoModifier)
    QtWidgets.QApplication.sendEvent(tools.canvas(), event)
