"""Krita is killed in the middle of a batch over layers.

Two faces are in what Krita has saved by itself, a third one is made after that, a fourth one is on its way. Leaves
behind a copy of what Krita had saved, the pixels of the sketches, and those of the third face.
"""

import os
import shutil
import signal
from typing import Any

from dfp_scenario.inside import QtCore, plugin
from dfp_scenario.recovery import killed, note, saved_by_krita, shown_from
from dfp_scenario.tools import Tools, Wait

texts = plugin("texts")
CANVAS = QtCore.QRect(0, 0, 500, 420)
COUNT = 5


def scenario(tools: Tools) -> Wait:
    yield from unsaved(tools)
    doc = yield from begun(tools)
    tools.button("dfp_batch_button").click()
    assert note().done == 0
    yield from made(tools, doc, 2)
    tools.button("dfp_batch_pause_button").click()
    yield from tools.until(lambda: tools.label("dfp_batch").startswith("Paused"), "it waits")
    yield from tools.until(lambda: note().done == len(faces(doc)), "it is written down")
    autosave = tools.out / "batch.kra-autosave.kra"
    there = -1
    while there != len(faces(doc)):  # one that was on its way when it was told to wait may still come
        there = len(faces(doc))
        yield from saved_by_krita(tools, doc, autosave)
    shutil.copy(autosave, tools.out / "kept-autosave.kra")
    tools.button("dfp_batch_pause_button").click()
    yield from made(tools, doc, there + 1)
    (server,) = tools.own_servers()
    os.kill(server, signal.SIGSTOP)
    yield from tools.until(lambda: note().done == len(faces(doc)), "it is written down")
    assert note().done < COUNT, note()
    newest = doc.nodeByName(faces(doc)[-1])
    (tools.out / "lost.bin").write_bytes(tools.pixels(newest, CANVAS))
    (tools.out / "numbers.txt").write_text(f"{there} {note().done} {newest.name()}", encoding="utf-8")
    yield 0.5
    # A stopped server could not notice that Krita is gone.
    os.kill(server, signal.SIGCONT)
    killed(tools)


def unsaved(tools: Tools) -> Wait:
    """Over a picture without a file the painter is told what a crash would mean."""
    doc, sketch = yield from tools.begun(CANVAS)
    tools.draw_rect(sketch, 120, 80, 200, 260)
    tools.button("dfp_batch_button").click()
    assert tools.says() == texts.batch.NO_FILE, tools.says()
    assert note().file == ""
    tools.button("dfp_batch_stop_button").click()
    yield 0.1
    assert plugin("batch.journal").left_behind() == [], "what was stopped is still written down"
    doc.setModified(False)
    doc.close()
    yield 0.3


def begun(tools: Tools) -> Any:
    """A picture from a file; its options and palettes have been changed since it was saved."""
    doc = tools.open(CANVAS.width(), CANVAS.height())
    yield 0.5
    doc.nodeByName("Sketch").remove()
    for number in range(COUNT):
        layer = doc.createNode(f"Figure {number}", "paintlayer")
        doc.rootNode().addChildNode(layer, None)
        tools.draw_rect(layer, 100 + 12 * number, 60, 220, 300)
        for eye in (60, 130):
            tools.draw_rect(layer, 100 + 12 * number + eye, 170, 40, 16)
    file = tools.out / "batch.kra"
    yield from tools.saved(doc, file)
    doc.close()
    yield 0.3
    doc = yield from shown_from(tools, file)
    sketches = b"".join(tools.pixels(doc.nodeByName(f"Figure {number}"), CANVAS) for number in range(COUNT))
    (tools.out / "sketches.bin").write_bytes(sketches)
    controller = tools.docker()._controller
    controller.options.setting("seed").set(7)
    row, palette = plugin("document.layer_palettes").Row, plugin("document.palette").Palette(hair=(160, 40, 20))
    plugin("document.palette_annotation").DocumentPalettes(doc).write({"Red hair": palette})
    controller.batch.keep_palette_rows((row("Figure *", "Red hair", palette),))
    return doc


def faces(doc: Any) -> "list[str]":
    return [name for name in (node.name() for node in doc.rootNode().childNodes()) if name.startswith("Face")]


def made(tools: Tools, doc: Any, count: int) -> Wait:
    yield from tools.until(lambda: len(faces(doc)) >= count, f"{count} faces", 90)
