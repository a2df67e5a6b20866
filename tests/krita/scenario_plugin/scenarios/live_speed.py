"""100 strokes at 5 a second on a 2048 x 2048 canvas while live is on, and what the window feels of it.

With DFP_STROKES_ON=colours they are on a colour layer, a quarter of which is painted already.
"""

import os
import time
from typing import Any

from dfp_scenario.drawing import put, take_brush
from dfp_scenario.inside import QtCore, QtGui, plugin
from dfp_scenario.tools import Tools, Wait
from dfp_scenario.watch import Checks, Gaps, Requests

SIDE = 2048
CANVAS = QtCore.QRect(0, 0, SIDE, SIDE)
STROKES = 100
ALONE = 20
PERIOD_S = 0.2
FACE = "Face · Sketch"
COLOURS = os.environ.get("DFP_STROKES_ON") == "colours"
DRAWN_ON = plugin("texts").colour_layer.layer_name("Sketch") if COLOURS else "Sketch"
PAINTED, BRUSH = (60, 140, 90), (150, 60, 40)


def scenario(tools: Tools) -> Wait:
    requests, checks, gaps = Requests(), Checks(), Gaps()
    doc = tools.open(SIDE, SIDE)
    yield 1.5
    sketch = doc.nodeByName("Sketch")
    tools.draw_rect(sketch, 500, 300, 1000, 1220, line=8)
    doc.setActiveNode(sketch)
    yield 0.5
    if COLOURS:
        yield from with_colours(tools, doc)
    yield from strokes(tools, 5, 0)  # the first stroke of a session is slow in any Krita
    gaps.start()
    yield from strokes(tools, ALONE, 0)
    tools.notes["without_live_ms"] = gaps.stop()

    doc.setActiveNode(sketch)
    yield 0.3
    tools.krita.action("dfp_live").trigger()
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "the first face", 90)
    doc.setActiveNode(doc.nodeByName(DRAWN_ON))
    yield 1.0
    steps, sent = tools.history(), requests.sent
    checks.ms.clear()
    gaps.start()
    begun = time.perf_counter()
    yield from strokes(tools, STROKES, 1)
    tools.notes["seconds"] = round(time.perf_counter() - begun, 1)
    yield from all_quiet(tools, requests)
    tools.notes["live_ms"] = gaps.stop()
    tools.notes["check_ms"] = [round(sorted(checks.ms)[len(checks.ms) // 2], 2), round(max(checks.ms), 2)]
    tools.notes["looks"] = checks.looks
    tools.notes["requests"] = requests.sent - sent
    tools.notes["most_at_once"] = requests.most
    assert requests.most == 1, f"{requests.most} requests at the same time"
    assert tools.history() == steps + STROKES, f"{tools.history() - steps} undo steps for {STROKES} strokes"
    tools.screenshot("live_speed")
    yield from last_face_is_of_last_sketch(tools, doc)
    yield from each_stroke_is_there(tools, doc)


def with_colours(tools: Tools, doc: Any) -> Wait:
    """A colour layer, chosen and painted on."""
    tools.krita.action("dfp_colour_layer").trigger()
    yield 0.5
    fill = QtGui.QImage(SIDE // 2, SIDE // 2, QtGui.QImage.Format.Format_ARGB32)
    fill.fill(QtGui.QColor(*PAINTED))
    put(doc.nodeByName(DRAWN_ON), fill, SIDE // 4, SIDE // 4)
    doc.refreshProjection()
    take_brush(tools, BRUSH, 40)
    yield 0.5


def strokes(tools: Tools, count: int, seed: int) -> Wait:
    """Short strokes all over the face, each begun so long after the last; the pen is down for half of the time."""
    pen = tools.pen()
    due = time.perf_counter()
    for number in range(count):
        place = number * 7 + seed
        x, y = 0.4 + 0.02 * (place % 11), 0.3 + 0.04 * (place % 13)
        pen.press(x, y)
        for moved in range(1, 6):
            yield PERIOD_S / 10
            pen.move(x + 0.004 * moved, y + 0.003 * moved)
        pen.lift(x + 0.02, y + 0.015)
        due += PERIOD_S
        yield max(0.02, due - time.perf_counter())


def all_quiet(tools: Tools, requests: Requests) -> Wait:
    """Nothing on its way, and nothing new for a second."""
    quiet = 0.0
    while quiet < 1.5:
        sent = requests.sent
        yield 0.1
        quiet = quiet + 0.1 if requests.open == 0 and requests.sent == sent else 0.0


def each_stroke_is_there(tools: Tools, doc: Any) -> Wait:
    """Each undo takes a stroke from the layer, down to what was there before live began."""
    tools.undo()  # the face that was compared with
    yield 0.5
    layer = doc.nodeByName(DRAWN_ON)
    left, strokes_seen = tools.pixels(layer, CANVAS), 0
    for _ in range(STROKES):
        tools.undo()
        doc.waitForDone()
        yield 0.02
        now = tools.pixels(layer, CANVAS)
        strokes_seen += now != left
        left = now
    tools.notes["on_layer"] = strokes_seen
    assert strokes_seen == STROKES, f"{STROKES - strokes_seen} of {STROKES} strokes are not on their layer"


def last_face_is_of_last_sketch(tools: Tools, doc: Any) -> Wait:
    """The same sketch gives the same face, so another one made now has to be equal to it."""
    live_face = doc.nodeByName(FACE)
    live_face.setName("Live")
    tools.krita.action("dfp_live").trigger()
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3
    tools.generate(new_layer=True)
    yield from tools.until(lambda: not tools.busy(), "the face to compare with", 60)
    assert tools.says().startswith(plugin("texts").faces.done(1)[:7]), tools.says()
    assert tools.pixels(live_face, CANVAS) == tools.pixels(doc.nodeByName(FACE), CANVAS), "live shows an older sketch"
    wanted = ["Background", *([DRAWN_ON] if COLOURS else []), "Sketch", FACE, "Live"]
    assert tools.names(doc) == wanted, tools.names(doc)
