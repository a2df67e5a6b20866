"""From action to layer on a 2048 x 2048 canvas: where the time goes and how long the window stood still."""

import re
import time
from typing import Any

from dfp_scenario.inside import Qt, QtCore, QtWidgets
from dfp_scenario.tools import Tools, Wait

SIDE = 2048
ROUNDS = 6


class Stalls:
    """Ticks as often as it can; a gap between two ticks is a time without the window.

    The gap in which a layer is added is Krita's own work (it also comes with an empty layer), so it is told
    apart from the gaps before it, in which the plugin works.
    """

    def __init__(self, doc: Any) -> None:
        self.doc = doc
        self.before = self.adding = 0.0
        self.timer = QtCore.QTimer()
        self.timer.setTimerType(Qt.TimerType.PreciseTimer)
        self.timer.timeout.connect(self.tick)

    def layers(self) -> int:
        return len(self.doc.rootNode().childNodes())

    def start(self) -> None:
        self.count, self.last, self.added = self.layers(), time.perf_counter(), False
        self.before = self.adding = 0.0
        self.timer.start(4)

    def tick(self) -> None:
        now = time.perf_counter()
        gap, self.last = (now - self.last) * 1000, now
        self.added = self.added or self.layers() > self.count
        if self.added:
            self.adding = max(self.adding, gap)
        else:
            self.before = max(self.before, gap)


def scenario(tools: Tools) -> Wait:
    doc = tools.open(SIDE, SIDE)
    yield 1.5
    sketch = doc.nodeByName("Sketch")
    tools.draw_rect(sketch, 500, 300, 1000, 1220, line=8)
    doc.setActiveNode(sketch)
    yield 0.5
    stalls = Stalls(doc)
    stalls.start()
    yield 2.0
    stalls.timer.stop()
    tools.notes["idle"] = round(stalls.before, 1)
    rows = []
    for _ in range(ROUNDS):
        stalls.start()
        yield 0.1
        tools.generate(new_layer=True)
        yield from tools.until(lambda: not tools.busy(), "the face", 120)
        assert tools.says().startswith("Done in"), tools.says()
        yield 1.0
        stalls.timer.stop()
        times = [int(ms) for ms in re.findall(r"(\d+) ms", details(tools))]
        rows.append([*times, round(stalls.before, 1), round(stalls.adding, 1)])
        tools.undo()
        yield 0.5
    tools.notes["rows"] = rows
    yield from krita_alone(tools, doc, stalls)


def krita_alone(tools: Tools, doc: Any, stalls: Stalls) -> Wait:
    """How long the window stands still when Krita adds an empty layer by itself."""
    gaps = []
    for _ in range(ROUNDS):
        stalls.start()
        yield 0.1
        tools.krita.action("add_new_paint_layer").trigger()
        yield 1.0
        stalls.timer.stop()
        gaps.append(round(max(stalls.before, stalls.adding), 1))
    tools.notes["krita"] = gaps


def details(tools: Tools) -> str:
    return tools.docker().findChild(QtWidgets.QLabel, "dfp_status").toolTip()
