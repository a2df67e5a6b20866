"""Face, frame, history and trust follow whatever Krita does to the picture or to a layer, and undo as well."""

import os
from collections.abc import Callable
from typing import Any

from dfp_scenario.inside import Krita, Qt, QtCore, plugin
from dfp_scenario.tools import Tools, Wait

texts, frame_lock, linked_kinds, trust_mask, document = (
    plugin("texts"),
    plugin("document.frame_lock"),
    plugin("document.linked_kinds"),
    plugin("document.trust_mask"),
    plugin("document.capture"),
)
FACE = "Face · Sketch"
Place = tuple[float, float, float, float]


def scenario(tools: Tools) -> Wait:
    doc, sketch = yield from tools.begun(QtCore.QRect(0, 0, 750, 615))
    tools.draw_rect(sketch, 250, 150, 240, 260)
    # So that the picture has a left and a right, an above and a below.
    tools.draw_rect(sketch, 290, 230, 60, 30)
    yield 0.2
    yield from tools.one_face()
    if os.environ["DFP_FOLLOWING"] == "layer":
        yield from moved_by_the_tool(tools, doc)
        yield from renamed(tools, doc)
    tools.krita.action("dfp_lock_frame").trigger()
    yield 0.2
    assert tools.says() == texts.frame.LOCKED, tools.says()
    for name, change, where in changes(doc).get(os.environ["DFP_FOLLOWING"], []):
        yield from changed(tools, doc, name, change, where)
    tools.screenshot("followed")
    yield from moved_under_the_lock(tools, doc)
    if os.environ["DFP_FOLLOWING"] == "layer":
        yield from converted(tools, doc)
        yield from live_goes_on(tools, doc)
        yield from painted_then_scaled(tools, doc)
    doc.setModified(False)


def moved_by_the_tool(tools: Tools, doc: Any) -> Wait:
    """The Move tool moves the sketch; the next face lies on it."""
    sketch, face = doc.nodeByName("Sketch"), doc.nodeByName(FACE)
    before, home = sketch.bounds(), face.bounds()
    tools.krita.action("KritaTransform/KisToolMove").trigger()
    yield 0.5
    yield from tools.stroke([(0.5, 0.5), (0.51, 0.5), (0.53, 0.52), (0.55, 0.53)])
    yield 0.5
    tools.krita.action("KritaShape/KisToolBrush").trigger()
    yield from tools.until(lambda: sketch.bounds() != before, "the sketch is moved")
    yield 0.5
    moved = sketch.bounds().topLeft() - before.topLeft()
    yield from tools.one_face()
    assert face.bounds() == home.translated(moved), (face.bounds(), home, moved)
    assert tools.names(doc) == ["Background", "Sketch", FACE], tools.names(doc)


def renamed(tools: Tools, doc: Any) -> Wait:
    """A trust layer stays the sketch's, whatever the two are called, and is no drawing; another sketch has its own."""
    sketch = doc.nodeByName("Sketch")
    tools.button("dfp_trust_layer_button").click()
    yield 0.4
    trust = doc.activeNode()
    trust.setPixelData(QtCore.QByteArray(b"\x00\xff\x00\xff" * 10000), 300, 200, 100, 100)
    doc.setActiveNode(sketch)
    yield 0.2
    wanted = document.capture(document.chosen_subject()).trust
    assert wanted is not None
    for layer, name in ((sketch, "Lines"), (trust, "Where I am sure")):
        layer.setName(name)
        assert document.capture(document.chosen_subject()).trust == wanted, name
        assert linked_kinds.kind_of(doc, trust) is trust_mask.TRUST, name
    trust.setVisible(False)
    assert document.capture(document.chosen_subject()).trust is None
    tools.button("dfp_trust_layer_button").click()
    yield 0.4
    assert tools.says() == texts.trust.THERE, tools.says()
    assert (doc.activeNode(), trust.visible()) == (trust, True)
    again = yield from tools.reopened(doc.clone(), "trust.kra")
    lines = again.nodeByName("Lines")
    again.setActiveNode(lines)
    yield 0.3
    assert document.capture(document.chosen_subject()).trust == wanted, "after reopening"
    again.setModified(False)
    again.close()
    yield 0.5
    sketch.setName("Sketch")
    trust.remove()
    yield 0.3
    doc.setActiveNode(sketch)
    yield 0.3


def changes(doc: Any) -> "dict[str, list[tuple[str, Callable[[], Any], Callable[[Place], Place]]]]":
    """What is done to the whole picture, and where (left, top, right, bottom) is then."""

    def act(name: str) -> Callable[[], Any]:
        return lambda: Krita.instance().action(name).trigger()

    return {
        "resized": [
            ("crop", lambda: doc.crop(60, 40, 650, 520), lambda at: shifted(at, -60, -40)),
            ("room", lambda: doc.resizeImage(-30, -50, 800, 700), lambda at: shifted(at, 30, 50)),
            ("room to the right", lambda: doc.resizeImage(0, 0, 900, 720), lambda at: at),
            ("scaled down", lambda: doc.scaleImage(600, 480, 72, 72, "Bicubic"), lambda at: scaled(at, 2 / 3)),
        ],
        "turned": [
            ("mirrored", act("mirrorImageHorizontal"), lambda at: (750 - at[2], at[1], 750 - at[0], at[3])),
            ("turned", act("rotateImageCW90"), lambda at: (615 - at[3], at[0], 615 - at[1], at[2])),
            ("turned over", act("rotateImage180"), lambda at: (615 - at[2], 750 - at[3], 615 - at[0], 750 - at[1])),
            ("scaled up", lambda: doc.scaleImage(738, 900, 72, 72, "Bicubic"), lambda at: scaled(at, 1.2)),
        ],
    }


def shifted(at: Place, right: float, down: float) -> Place:
    return at[0] + right, at[1] + down, at[2] + right, at[3] + down


def scaled(at: Place, by: float) -> Place:
    left, top, right, bottom = (edge * by for edge in at)
    return left, top, right, bottom


def changed(tools: Tools, doc: Any, name: str, change: Callable[[], Any], where: Callable[[Place], Place]) -> Wait:
    """The locked frame, the next face and what the history brings back lie where the picture says, and undo as well."""
    face, sketch = doc.nodeByName(FACE), doc.nodeByName("Sketch")
    frame, lines = locked(doc), edges(sketch.bounds())
    canvas = doc.width(), doc.height()
    change()
    doc.waitForDone()
    yield from tools.until(
        lambda: name.startswith(("mirrored", "turned over")) or canvas != (doc.width(), doc.height()), name
    )
    yield 0.8
    near(locked(doc), where(frame), f"{name}: the frame")
    tools.undo()
    yield from tools.until(lambda: canvas == (doc.width(), doc.height()), f"{name} is undone")
    yield 0.6
    near(locked(doc), frame, f"{name}, undone: the frame")
    tools.redo()
    yield 0.8
    doc.waitForDone()
    doc.setActiveNode(sketch)
    yield 0.3
    yield from tools.framed(texts.frame.FROM_LOCK)
    yield from from_history(tools, doc, name, where(lines))
    yield from tools.one_face()
    assert texts.faces.CHANGED not in tools.says(), f"{name}: {tools.says()}"
    assert tools.names(doc) == ["Background", "Sketch", FACE], f"{name}: {tools.names(doc)}"
    near(edges(face.bounds()), where(frame), f"{name}: the face")


def from_history(tools: Tools, doc: Any, name: str, lines: Place) -> Wait:
    """The newest entry was made before the change; both its pictures come back where the lines are now."""
    history = tools.docker()._controller.history
    entry = history.entries(doc)[0]
    face = edges(doc.nodeByName(FACE).bounds())
    count = len(tools.names(doc))
    history.apply(doc, entry)
    yield from tools.until(lambda: len(tools.names(doc)) == count + 1, f"{name}: the face is applied")
    yield 0.3
    (applied,) = [node for node in doc.rootNode().childNodes() if node.name().startswith(FACE + " · ")]
    near(edges(applied.bounds()), face, f"{name}: the applied face")
    alike(tools, applied, doc.nodeByName(FACE), f"{name}: the applied face looks as the layer's does")
    applied.remove()
    yield 0.3
    history.restore(doc, entry)
    yield from tools.until(lambda: len(tools.names(doc)) == count + 1, f"{name}: the sketch is back")
    yield 0.3
    (restored,) = [node for node in doc.rootNode().childNodes() if node.name().startswith("Sketch · ")]
    near(edges(restored.bounds()), lines, f"{name}: the restored sketch")
    restored.remove()
    yield 0.3
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3


def moved_under_the_lock(tools: Tools, doc: Any) -> Wait:
    """A locked frame follows the layer that it was locked for."""
    sketch, face = doc.nodeByName("Sketch"), doc.nodeByName(FACE)
    frame, home = locked(doc), face.bounds()
    sketch.move(sketch.position().x() + 35, sketch.position().y() - 25)
    yield 0.3
    near(locked(doc), shifted(frame, 35, -25), "the frame of a moved sketch")
    yield from tools.one_face()
    # Krita, which has moved and scaled the face until here, rounds its place by itself.
    near(edges(face.bounds()), edges(home.translated(35, -25)), "the face of a moved sketch", slack=1)
    near(edges(face.bounds()), locked(doc), "the face in its frame", slack=1)


def converted(tools: Tools, doc: Any) -> Wait:
    """After the picture's colors were converted the face is still the face, one undo step each time."""
    face = doc.nodeByName(FACE)
    for model, depth, profile in (
        ("RGBA", "U16", "sRGB-elle-V2-g10.icc"),
        ("GRAYA", "U8", ""),
        ("RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc"),
    ):
        profile = profile or tools.krita.profiles(model, depth)[0]
        assert doc.setColorSpace(model, depth, profile)
        doc.waitForDone()
        yield 0.5
        doc.setActiveNode(doc.nodeByName("Sketch"))
        yield 0.2
        steps = tools.history()
        yield from tools.one_face()
        assert texts.faces.CHANGED not in tools.says(), f"{model} {depth}: {tools.says()}"
        assert tools.names(doc) == ["Background", "Sketch", FACE], (model, depth, tools.names(doc))
        assert tools.history() == steps + 1, (model, depth)
    assert face.parentNode() is not None


def live_goes_on(tools: Tools, doc: Any) -> Wait:
    """Live takes the picture as it is after scaling, and says nothing of a changed face."""
    face = doc.nodeByName(FACE)
    tools.krita.action("dfp_live").trigger()
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "live works", 60)
    yield 0.5
    wide = face.bounds().width()
    doc.scaleImage(round(doc.width() * 0.8), round(doc.height() * 0.8), 72, 72, "Bicubic")
    doc.waitForDone()
    yield 0.5
    doc.setActiveNode(doc.nodeByName("Sketch"))
    tools.says()
    yield from tools.stroke([(0.48, 0.55), (0.52, 0.55)])
    yield from tools.until(lambda: abs(face.bounds().width() - 0.8 * wide) < 8, "the face is as small as the picture")
    yield 1.0
    assert tools.button("dfp_live_button").isChecked(), tools.says()
    assert tools.names(doc) == ["Background", "Sketch", FACE], tools.names(doc)
    tools.krita.action("dfp_live").trigger()
    yield 0.5


def painted_then_scaled(tools: Tools, doc: Any) -> Wait:
    """What she has painted on the face is hers also when the picture was scaled afterwards."""
    face = doc.nodeByName(FACE)
    at = face.bounds()
    side = at.width() // 4
    tools.draw_rect(face, at.x() + side, at.y() + side, side, side, line=side // 2, ink=b"\x00\x00\xff\xff")
    doc.scaleImage(round(doc.width() * 1.2), round(doc.height() * 1.2), 72, 72, "Bicubic")
    doc.waitForDone()
    yield 0.5
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3
    yield from tools.one_face()
    assert tools.says().endswith(texts.faces.CHANGED), tools.says()
    assert tools.names(doc).count(FACE) == 2, tools.names(doc)


def locked(doc: Any) -> Place:
    place = frame_lock.locked_frame(doc)
    assert place is not None, "the frame is not locked any more"
    return place.left, place.top, place.left + place.width, place.top + place.height


def edges(bounds: Any) -> Place:
    return bounds.x(), bounds.y(), bounds.x() + bounds.width(), bounds.y() + bounds.height()


def near(found: Place, wanted: Place, what: str, slack: float = 5.0) -> None:
    assert all(abs(one - other) <= slack for one, other in zip(found, wanted, strict=True)), (
        f"{what}: {found}, {wanted}"
    )


def alike(tools: Tools, one: Any, other: Any, what: str) -> None:
    stretched, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    looks = [tools.image(node, other.bounds()).scaled(12, 12, stretched, smooth) for node in (one, other)]
    apart = [
        abs(looks[0].pixelColor(x, y).lightness() - looks[1].pixelColor(x, y).lightness())
        for y in range(12)
        for x in range(12)
    ]
    assert max(apart) < 25, f"{what}: {max(apart)} apart"
