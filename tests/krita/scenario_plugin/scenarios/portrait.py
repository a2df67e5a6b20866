"""A picture of Krita for readers: the example sketch on the left, the face that was made of it on the right."""

import os
from typing import Any

from dfp_scenario.drawing import ink_of, put
from dfp_scenario.inside import QtWidgets
from dfp_scenario.tools import Tools, Wait

SIDE = 720
GAP = 24


def scenario(tools: Tools) -> Wait:
    doc = tools.open(2 * SIDE + 3 * GAP, SIDE + 2 * GAP)
    yield 1.0
    sketch = doc.nodeByName("Sketch")
    lines = ink_of(os.environ["DFP_PORTRAIT"], SIDE)
    put(sketch, lines, 2 * GAP + SIDE, GAP)
    again = doc.createNode("Lines", "paintlayer")
    put(again, lines, GAP, GAP)
    doc.rootNode().addChildNode(again, sketch)
    yield 0.5
    doc.setActiveNode(sketch)
    yield 0.3
    for _ in range(2):  # the first also loads the model, which is not what its time should say
        tools.generate()
        yield 0.0
        yield from tools.until(lambda: not tools.busy(), "the face", 120)
        assert tools.says().startswith("Done in"), tools.says()
        yield 1.0
    doc.refreshProjection()
    yield 1.5
    tools.screenshot("portrait")
    yield from for_the_manual(tools, doc)


def for_the_manual(tools: Tools, doc: Any) -> Wait:
    """The window with a face; the docker, its history and the settings by themselves."""
    tools.generate()
    yield 0.0
    yield from tools.until(lambda: not tools.busy(), "the face", 120)
    tools.krita.action("dfp_lock_frame").trigger()
    yield 1.0
    tools.screenshot("window")
    yield from colours_and_people(tools)
    yield from docker_alone(tools)
    tools.krita.action("dfp_settings").trigger()
    yield 0.5
    (dialog,) = [d for d in tools.window.findChildren(QtWidgets.QDialog, "dfp_settings") if d.isVisible()]
    dialog.grab().save(str(tools.out / "settings.png"))
    dialog.reject()
    yield 0.2


def colours_and_people(tools: Tools) -> Wait:
    """The docker with colours chosen and four people to choose from."""
    docker = tools.docker()
    for region, colour in (("skin", (122, 78, 56)), ("hair", (160, 85, 55))):
        docker._controller.colours.set_colour(region, colour)
        yield from tools.until(lambda: not tools.busy(), "the face", 120)
    tools.button("dfp_four_people_button").click()
    yield from tools.until(lambda: len(docker._controller.variants.people) == 4, "four people", 120)
    docker.setFloating(True)
    docker.resize(280, 480)
    yield 1.0
    docker.grab().save(str(tools.out / "colours.png"))
    docker.setFloating(False)
    yield 0.3


def docker_alone(tools: Tools) -> Wait:
    """All of the docker at once, with the attention; then two faces of the history under the wipe."""
    docker = tools.docker()
    docker.setFloating(True)
    docker.resize(280, 560)
    tools.button("dfp_attention_button").click()
    docker.findChild(QtWidgets.QSlider, "dfp_trust_slider").setValue(14)
    tools.generate()
    yield from tools.until(lambda: not tools.busy(), "the face", 120)
    yield 0.5
    docker.grab().save(str(tools.out / "docker.png"))
    tools.button("dfp_attention_button").click()
    docker.findChild(QtWidgets.QToolButton, "dfp_history_button").setChecked(True)
    faces = docker.findChild(QtWidgets.QListWidget, "dfp_history_list")
    yield from tools.until(lambda: faces.count() > 1, "the history")
    faces.setCurrentItem(faces.item(0))
    faces.itemClicked.emit(faces.item(0))
    preview = docker.findChild(QtWidgets.QWidget, "dfp_history_preview")
    yield from tools.until(lambda: preview.first is not None, "the preview")
    tools.button("dfp_history_compare").click()
    yield from tools.until(lambda: preview.second is not None, "the other face")
    docker.resize(280, 800)
    yield 0.5
    docker.grab().save(str(tools.out / "history.png"))
    docker.setFloating(False)
    yield 0.3
