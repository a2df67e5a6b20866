"""Runs inside Krita: draws the sketches of `plan.json` with real brushes; see `tests/krita/draw_sketches.py`."""

import json
from typing import Any

from dfp_scenario.inside import QtCore, QtGui
from dfp_scenario.tools import Tools, Wait

STEP_S = 0.002
BETWEEN_S = 0.02


def scenario(tools: Tools) -> Wait:
    plan = json.loads((tools.out / "plan.json").read_text())
    side = plan["side"]
    doc = tools.open(side, side)
    yield 1.5
    tools.krita.action("KritaShape/KisToolBrush").trigger()
    yield 0.5
    presets = tools.krita.resources("preset")
    sketch = doc.nodeByName("Sketch")
    doc.setActiveNode(sketch)
    yield 0.3
    view = tools.krita.activeWindow().activeView()
    to_canvas = yield from calibrated(tools, doc, sketch, view, presets)
    tools.notes["scale"] = to_canvas
    for entry in plan["sketches"]:
        clear(doc, sketch, side, entry["paper"])
        chosen(view, presets, entry["preset"], entry["size"], entry["ink"])
        yield 0.2
        for stroke in entry["strokes"]:
            yield from led(tools, [to_canvas_of(to_canvas, x, y) for x, y in stroke])
        doc.waitForDone()
        yield 0.3
        doc.refreshProjection()
        doc.waitForDone()
        picture = QtGui.QImage(bytes(doc.pixelData(0, 0, side, side)), side, side, QtGui.QImage.Format.Format_ARGB32)
        picture.save(str(tools.out / entry["file"]))
    tools.screenshot("drawn")


def chosen(view: Any, presets: "dict[str, Any]", words: str, size: float, ink: int) -> None:
    """Take a brush."""
    names = sorted(name for name in presets if words.lower() in name.lower().replace("_", " "))
    assert names, f"no preset {words}; there are {sorted(presets)}"
    view.setCurrentBrushPreset(presets[names[0]])
    view.setBrushSize(size)
    colour = view.foregroundColor()
    colour.setComponents([ink / 255, ink / 255, ink / 255, 1.0])
    view.setForeGroundColor(colour)


def clear(doc: Any, sketch: Any, side: int, paper: int) -> None:
    """An empty sketch layer over paper of one gray."""
    sketch.setPixelData(QtCore.QByteArray(bytes(4 * side * side)), 0, 0, side, side)
    below = next(node for node in doc.rootNode().childNodes() if node != sketch)
    below.setPixelData(QtCore.QByteArray(bytes((paper, paper, paper, 255)) * (side * side)), 0, 0, side, side)
    doc.refreshProjection()


def led(tools: Tools, points: "list[tuple[float, float]]") -> Wait:
    """Lead the brush along points of the canvas widget, in fractions of it."""
    pen = tools.pen()
    pen.press(*points[0])
    yield STEP_S
    for point in points[1:]:
        pen.move(*point)
        yield STEP_S
    pen.lift(*points[-1])
    yield BETWEEN_S


def calibrated(tools: Tools, doc: Any, sketch: Any, view: Any, presets: "dict[str, Any]") -> Any:
    """Where the document lies on the canvas widget, seen from where two dots come to lie: scale and offset by axis."""
    chosen(view, presets, "Basic-1", 5, 0)
    yield 0.3
    middles = []
    # The first stroke of a session may be lost while the tool wakes up.
    for place in (0.5, 0.42, 0.58):
        sketch.setPixelData(QtCore.QByteArray(bytes(4 * doc.width() * doc.height())), 0, 0, doc.width(), doc.height())
        yield 0.2
        yield from led(tools, [(place, place), (place + 0.002, place), (place, place)])
        doc.waitForDone()
        yield 0.5
        box = sketch.bounds()
        middles.append((box.x() + box.width() / 2, box.y() + box.height() / 2))
    assert middles[1] != middles[2], f"nothing was drawn: {middles}"
    per = [(0.58 - 0.42) / (middles[2][axis] - middles[1][axis]) for axis in (0, 1)]
    return [(per[axis], 0.42 - per[axis] * middles[1][axis]) for axis in (0, 1)]


def to_canvas_of(to_canvas: Any, x: float, y: float) -> "tuple[float, float]":
    """A place of the document on the canvas widget."""
    return to_canvas[0][0] * x + to_canvas[0][1], to_canvas[1][0] * y + to_canvas[1][1]
