"""What the docker says is true, whatever is hidden, open, small, gray or oddly named, and it stays narrow."""

import json
from typing import Any

from dfp_scenario.inside import QtCore, QtWidgets, Selection, plugin
from dfp_scenario.tools import Tools, Wait

texts, exchange, settings = plugin("texts"), plugin("shared.exchange"), plugin("settings.user")
CANVAS = QtCore.QRect(0, 0, 800, 600)
FACE = "Face · Sketch"


def scenario(tools: Tools) -> Wait:
    doc, sketch = yield from tools.begun(CANVAS)
    tools.draw_rect(sketch, 280, 130, 200, 260)
    yield from tools.one_face()
    yield from hidden(tools, doc)
    yield from small_selection(tools, doc)
    yield from long_names(tools, doc)
    yield from gray(tools)
    yield from spoiled_address(tools, doc)
    yield from waiting(tools, doc)
    doc.setModified(False)


def hidden(tools: Tools, doc: Any) -> Wait:
    """A face that nobody can see is told."""
    face = doc.nodeByName(FACE)
    face.setVisible(False)
    yield from tools.one_face()
    assert tools.says().endswith(texts.faces.HIDDEN), tools.says()
    face.setVisible(True)
    yield from tools.one_face()
    assert not tools.says().endswith(texts.faces.HIDDEN), tools.says()


def waiting(tools: Tools, doc: Any) -> Wait:
    """With a transformation open the docker says what it waits for."""
    tools.krita.action("KisToolTransform").trigger()
    yield 0.8
    yield from tools.stroke([(0.5, 0.5), (0.51, 0.5), (0.52, 0.5)])
    yield 0.5
    tools.generate()
    waits = texts.faces.WAITING_FOR_TOOL
    yield from tools.until(lambda: tools.says().startswith(waits) or not tools.busy(), "it waits", 30)
    tools.notes["transforming"] = tools.says()
    tools.screenshot("transforming")
    assert tools.says().startswith(texts.faces.WAITING_FOR_TOOL), tools.says()
    tools.krita.action("KritaShape/KisToolBrush").trigger()
    yield from tools.until(lambda: not tools.busy(), "the face", 60)
    yield 0.5
    tools.undo()
    yield 0.3
    tools.undo()
    yield 0.5
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3


def small_selection(tools: Tools, doc: Any) -> Wait:
    """It is the selection that is too small, not the layer."""
    chosen = Selection()
    chosen.select(280, 130, 8, 8, 255)
    doc.setSelection(chosen)
    yield 0.2
    tools.generate()
    yield 0.3
    assert tools.says() == texts.document.SELECTION_SMALL, tools.says()
    doc.setSelection(None)
    yield 0.2


def long_names(tools: Tools, doc: Any) -> Wait:
    """A name, however long and whatever it looks like, does not widen the docker and is shown letter by letter."""
    docker, sketch = tools.docker(), doc.nodeByName("Sketch")
    status = docker.findChild(QtWidgets.QLabel, "dfp_status")
    wide, least = docker.width(), docker.minimumSizeHint().width()
    for name in ("x" * 300, "<b>bold</b><img src='x.png'><h1>huge</h1>", "two\nlines & more"):
        sketch.setName(name)
        tools.krita.action("dfp_keep").trigger()
        yield from tools.until(lambda: tools.says().startswith(texts.faces.kept("")[:15]), "it is kept")
        yield 0.4
        assert status.textFormat() == QtCore.Qt.TextFormat.PlainText
        assert docker.minimumSizeHint().width() <= least, (docker.minimumSizeHint().width(), least)
        assert docker.width() == wide, (docker.width(), wide)
        assert len(tools.says()) < 160, tools.says()
        tools.screenshot("name_" + name[:3].strip("<>\n"))
        tools.undo()
        yield 0.4
        doc.setActiveNode(sketch)
        yield 0.2
    sketch.setName("Sketch")


def gray(tools: Tools) -> Wait:
    """Where there is no green, the trust layer is white and black, and it works."""
    doc = tools.open(500, 400, "U8", "GRAYA")
    yield 0.8
    sketch = doc.nodeByName("Sketch")
    tools.draw_rect(sketch, 120, 60, 240, 280, ink=b"\0\xff")
    tools.draw_rect(sketch, 170, 150, 60, 30, ink=b"\0\xff")
    doc.setActiveNode(sketch)
    yield 0.3
    yield from tools.one_face()
    plain = tools.pixels(doc.nodeByName(FACE), CANVAS)
    tools.button("dfp_trust_layer_button").click()
    yield 0.4
    assert tools.says() == texts.trust.ADDED_GRAY, tools.says()
    trust = doc.activeNode()
    seen = []
    for light in (b"\xff\xff", b"\x00\xff"):
        trust.setPixelData(QtCore.QByteArray(light * (300 * 300)), 100, 50, 300, 300)
        doc.setActiveNode(sketch)
        yield 0.2
        yield from tools.one_face()
        seen.append(look(tools, doc))
    assert len({plain, *seen}) >= 2, "the trust layer changes nothing in a gray picture"
    assert seen[0] != seen[1]
    doc.setModified(False)
    doc.close()
    yield 0.5


def look(tools: Tools, doc: Any) -> bytes:
    return bytes(doc.nodeByName(FACE).thumbnail(64, 64).constBits().asarray(64 * 64 * 4))


def spoiled_address(tools: Tools, doc: Any) -> Wait:
    """A settings file that somebody has spoiled is as good as none, and no address is an uncaught error."""
    settings.FILE.write_text(json.dumps({"address": "https://[::bad:99999", "token": "t"}))
    assert settings.load().address == ""
    for address in ("https://[::bad:99999", "http://host:port", "http://[", "https://a:99999999"):
        try:
            exchange.Exchange(exchange.url_with_token(address, "t") + "/v1/health", 1.0, 100).run()
        except exchange.BrokenExchange:
            continue
        raise AssertionError(address)
    settings.FILE.unlink()
    doc.setActiveNode(doc.nodeByName("Sketch"))
    yield 0.3
    yield from tools.one_face()
