"""Krita is killed in the middle of a stroke, with a face on its way: what lay on the disk is what the painter had.

Leaves behind the file that was saved, the one that Krita saved by itself later, the sketch's pixels of both, and those
of the colour layer.
"""

import os
import signal
from pathlib import Path
from typing import Any

from dfp_scenario.inside import QtCore, plugin
from dfp_scenario.tools import HEAD, Tools, Wait
from dfp_scenario.watch import Requests

CANVAS = QtCore.QRect(0, 0, 800, 700)
FACE = "Face · Sketch"


def scenario(tools: Tools) -> Wait:
    requests = Requests()
    doc, sketch = yield from tools.begun(CANVAS)
    yield from tools.stroke(HEAD)
    yield from coloured(tools, doc)
    yield from tools.one_face()
    yield from tools.until(lambda: history_of(doc) == 1, "the face is in the history")
    file = tools.out / "killed.kra"
    yield from tools.saved(doc, file)
    (tools.out / "saved.bin").write_bytes(tools.pixels(sketch, CANVAS))
    doc = yield from opened_anew(tools, doc, file)
    yield from saved_by_krita(tools, doc, file)
    yield from in_the_middle(tools, requests)


def coloured(tools: Tools, doc: Any) -> Wait:
    """A colour layer, painted on."""
    tools.krita.action("dfp_colour_layer").trigger()
    yield 0.4
    layer = doc.nodeByName(plugin("texts").colour_layer.layer_name("Sketch"))
    tools.draw_rect(layer, 150, 80, 500, 500, line=60, ink=b"\x40\xa0\x20\xff")
    (tools.out / "colours.bin").write_bytes(tools.pixels(layer, CANVAS))
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3


def opened_anew(tools: Tools, doc: Any, file: Path) -> Any:
    """Krita saves by itself only what was opened from a file, or from its own dialog for new pictures."""
    doc.close()
    yield 0.3
    again = tools.krita.openDocument(str(file))
    again.setBatchmode(True)
    tools.krita.activeWindow().addView(again)
    yield 0.8
    again.setActiveNode(again.nodeByName("Sketch"))
    yield 0.3
    return again


def history_of(doc: Any) -> int:
    """How many faces the history holds."""
    return sum("history-entry" in name for name in doc.annotationTypes())


def saved_by_krita(tools: Tools, doc: Any, file: Path) -> Wait:
    """Live work goes on after the last save, until Krita saves it by itself."""
    sketch, face = doc.nodeByName("Sketch"), doc.nodeByName(FACE)
    tools.krita.action("dfp_live").trigger()
    yield from tools.until(lambda: tools.says().startswith("Live: renewed"), "live works", 60)
    for line in ([(0.46, 0.42), (0.48, 0.41)], [(0.52, 0.42), (0.54, 0.41)]):
        before = tools.pixels(face, CANVAS)
        yield from tools.stroke(line)
        yield from tools.until(lambda before=before: tools.pixels(face, CANVAS) != before, "a renewed face", 60)
    yield from tools.until(lambda: history_of(doc) == 2, "the sketch has rested, and its face is in the history")
    (tools.out / "autosaved.bin").write_bytes(tools.pixels(sketch, CANVAS))
    autosave = file.with_name(f"{file.name}-autosave.kra")
    done = autosave.stat().st_mtime_ns if autosave.exists() else 0
    doc.setModified(True)
    yield from tools.until(
        lambda: autosave.exists() and autosave.stat().st_mtime_ns > done, "Krita saves by itself", 60
    )
    yield 1.0


def in_the_middle(tools: Tools, requests: Requests) -> Wait:
    """A face on its way, and the pen down."""
    (server,) = tools.own_servers()
    os.kill(server, signal.SIGSTOP)
    sent = requests.sent
    yield from tools.stroke([(0.46, 0.66), (0.54, 0.67)])
    yield from tools.until(lambda: requests.sent == sent + 1, "a request is on its way")
    assert requests.open == 1
    pen = tools.pen()
    pen.press(0.45, 0.3)
    yield 0.1
    pen.move(0.5, 0.28)
    yield 0.1
    # A stopped server could not notice that Krita is gone.
    os.kill(server, signal.SIGCONT)
    (tools.out / "killed").touch()
    os.kill(os.getpid(), signal.SIGKILL)
