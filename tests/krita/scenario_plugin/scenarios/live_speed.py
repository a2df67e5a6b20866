"""100 strokes at 5 a second on a 2048 x 2048 canvas while live is on, and what the window feels of it."""

import time
from typing import Any

from dfp_scenario.inside import QtCore, plugin
from dfp_scenario.tools import Tools, Wait
from dfp_scenario.watch import Checks, Gaps, Requests

SIDE = 2048
CANVAS = QtCore.QRect(0, 0, SIDE, SIDE)
STROKES = 100
ALONE = 20
PERIOD_S = 0.2
FACE = "Face · Sketch"


def scenario(tools: Tools) -> Wait:
    requests, checks, gaps = Requests(), Checks(), Gaps()
    doc = tools.open(SIDE, SIDE)
    yield 1.5
    sketch = doc.nodeByName("Sketch")
    tools.draw_rect(sketch, 500, 300, 1000, 1220, line=8)
    doc.setActiveNode(sketch)
    yield 0.5
    yield from strokes(tools, 5, 0)  # the first stroke of a session is slow in any Krita
    gaps.start()
    yield from strokes(tools, ALONE, 0)
    tools.notes["without_live_ms"] = gaps.stop()

    tools.krita.action("dfp_live").trigger()
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "the first face", 90)
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
    yield from each_stroke_is_on_the_sketch(tools, doc)


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


def each_stroke_is_on_the_sketch(tools: Tools, doc: Any) -> Wait:
    """Each undo takes a stroke from the sketch layer, down to the lines that were there before live began."""
    tools.krita.action("edit_undo").trigger()  # the face that was compared with
    yield 0.5
    sketch = doc.nodeByName("Sketch")
    left, strokes_seen = tools.pixels(sketch, CANVAS), 0
    for _ in range(STROKES):
        tools.krita.action("edit_undo").trigger()
        doc.waitForDone()
        yield 0.02
        now = tools.pixels(sketch, CANVAS)
        strokes_seen += now != left
        left = now
    tools.notes["on_sketch"] = strokes_seen
    assert strokes_seen == STROKES, f"{STROKES - strokes_seen} of {STROKES} strokes are not on the sketch layer"


def last_face_is_of_last_sketch(tools: Tools, doc: Any) -> Wait:
    """The same sketch gives the same face, so another one made now has to be equal to it."""
    live_face = doc.nodeByName(FACE)
    live_face.setName("Live")
    tools.krita.action("dfp_live").trigger()
    tools.generate(new_layer=True)
    yield from tools.until(lambda: not tools.busy(), "the face to compare with", 60)
    assert tools.says().startswith(plugin("texts").faces.done(1)[:7]), tools.says()
    assert tools.pixels(live_face, CANVAS) == tools.pixels(doc.nodeByName(FACE), CANVAS), "live shows an older sketch"
    assert tools.names(doc) == ["Background", "Sketch", FACE, "Live"], tools.names(doc)
