"""Profiles that are not what they are called, and drawings larger than the server takes."""

from typing import Any

from dfp_scenario.inside import QtCore, plugin
from dfp_scenario.tools import Tools, Wait

colors, reduction, geometry = (
    plugin("document.colors"),
    plugin("document.capture").reduction,
    plugin("document.geometry"),
)
FACE = "Face · Sketch"
# What the colors of the same face may be apart, out of 255, from one color space to another.
ALIKE = 3.0


def scenario(tools: Tools) -> Wait:
    yield from profiles(tools)
    yield from very_wide(tools)


def very_wide(tools: Tools) -> Wait:
    """A drawing larger than the server takes is made smaller on its way, and its face lies on all of it."""
    doc, sketch = yield from tools.begun(QtCore.QRect(0, 0, 9000, 700))
    tools.draw_rect(sketch, 200, 150, 400, 400, line=30)
    tools.draw_rect(sketch, 8300, 300, 500, 40, line=20)
    assert reduction(geometry.Rect(0, 0, 9000, 700), None) == 2
    assert sketch.bounds().width() > 8192
    tools.generate()
    yield from tools.until(lambda: not tools.busy(), "the face", 90)
    yield 0.5
    assert tools.says().startswith("Done in"), tools.says()
    canvas = QtCore.QRect(0, 0, 9000, 700)
    assert canvas.contains(doc.nodeByName(FACE).bounds()), "more than the canvas was filled"
    assert doc.nodeByName(FACE).bounds().width() > 8192
    tools.notes["wide"] = [getattr(doc.nodeByName(FACE).bounds(), name)() for name in ("x", "y", "width", "height")]
    tools.krita.action("dfp_live").trigger()
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "live", 60)
    tools.krita.action("dfp_live").trigger()
    yield 0.3
    history = tools.docker()._controller.history
    count = len(tools.names(doc))
    history.restore(doc, history.entries(doc)[-1])
    yield from tools.until(lambda: len(tools.names(doc)) == count + 1, "the sketch is restored", 30)
    yield 0.5
    (restored,) = [node for node in doc.rootNode().childNodes() if node.name().startswith("Sketch · ")]
    drawn, again = sketch.bounds(), restored.bounds()
    assert drawn.adjusted(-6, -6, 6, 6).contains(again), (drawn, again)
    assert again.adjusted(-6, -6, 6, 6).contains(drawn), (drawn, again)
    yield from closed(doc)


def profiles(tools: Tools) -> Wait:
    """The same lines give the same face, whatever the picture's profile is called."""
    looks: dict[str, list[int]] = {}
    known = tools.krita.profiles("RGBA", "U8")
    wanted = [name for name in known if "srgb" in name.lower() and "linear" not in name.lower()]
    assert "ClayRGB-elle-V4-srgbtrc.icc" in wanted
    for profile in ["sRGB-elle-V2-srgbtrc.icc", *(name for name in wanted if name != "sRGB-elle-V2-srgbtrc.icc")]:
        doc = tools.krita.createDocument(400, 300, "Test", "RGBA", "U8", profile, 120.0)
        doc.setBatchmode(True)
        sketch = doc.createNode("Sketch", "paintlayer")
        doc.rootNode().addChildNode(sketch, None)
        tools.krita.activeWindow().addView(doc)
        yield 0.6
        tools.draw_rect(sketch, 100, 50, 180, 200)
        doc.setActiveNode(sketch)
        yield 0.3
        yield from tools.one_face()
        looks[profile] = look_of(doc.nodeByName(FACE))
        yield from closed(doc)
    usual = looks["sRGB-elle-V2-srgbtrc.icc"]
    for profile, look in looks.items():
        apart = sum(abs(a - b) for a, b in zip(look, usual, strict=True)) / len(usual)
        tools.notes[profile] = round(apart, 2)
        assert apart < ALIKE, f"{profile}: {apart} apart"
    assert not colors.ColorSpace("RGBA", "U8", "ClayRGB-elle-V4-srgbtrc.icc").is_srgb8
    assert not colors.ColorSpace("RGBA", "U8", "sRGB-elle-V2-g10.icc").is_srgb8
    assert colors.ColorSpace("RGBA", "U8", "sRGB built-in").is_srgb8


def closed(doc: Any) -> Wait:
    doc.setModified(False)
    doc.close()
    yield 0.3


def look_of(layer: Any) -> "list[int]":
    """What the layer looks like on an sRGB screen, coarsely."""
    small = layer.thumbnail(24, 24)
    found = [small.pixelColor(x, y) for y in range(24) for x in range(24)]
    return [value for color in found for value in (color.red(), color.green(), color.blue())]
