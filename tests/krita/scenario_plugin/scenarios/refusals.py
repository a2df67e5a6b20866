"""Everything that cannot be turned into a face: one sentence each, no layer more, nothing changed.

No server takes part until the end, where it is missing, ends at once, and has torn weights.
"""

import json
import sys
from pathlib import Path
from typing import Any

from dfp_scenario.inside import Selection, plugin
from dfp_scenario.tools import Tools, Wait

texts, launch = plugin("texts"), plugin("connection.launch")


def scenario(tools: Tools) -> Wait:
    yield from refused(tools, None, texts.document.NO_DOCUMENT)
    doc = tools.open(400, 300)
    yield 0.8
    sketch = doc.nodeByName("Sketch")
    yield from wrong_layers(tools, doc)
    yield from locked_group(tools, doc)
    outside = added(doc, "paintlayer")
    tools.draw_rect(outside, 1000, 1000, 50, 50)
    yield from refused_on(tools, doc, outside, texts.document.OUTSIDE_CANVAS)
    tools.draw_rect(sketch, 50, 50, 100, 100)
    chosen = Selection()
    chosen.select(200, 200, 50, 50, 255)
    doc.setSelection(chosen)
    yield from refused_on(tools, doc, sketch, texts.document.NOTHING_SELECTED)
    doc.setSelection(None)
    tools.screenshot("refused")
    doc.setActiveNode(sketch)
    yield 0.2
    yield from bad_servers(tools, doc)


def wrong_layers(tools: Tools, doc: Any) -> Wait:
    yield from refused_on(tools, doc, doc.nodeByName("Sketch"), texts.document.EMPTY_LAYER)
    for kind, sentence in (
        ("grouplayer", texts.document.NOT_PAINT_LAYER["grouplayer"]),
        ("vectorlayer", texts.document.NOT_PAINT_LAYER["vectorlayer"]),
        ("filllayer", texts.document.OTHER_LAYER),
    ):
        yield from refused_on(tools, doc, added(doc, kind), sentence)
    mask = doc.createNode("Mask", "transparencymask")
    doc.nodeByName("Sketch").addChildNode(mask, None)
    yield from refused_on(tools, doc, mask, texts.document.OTHER_LAYER)
    mask.remove()
    yield 0.1


def locked_group(tools: Tools, doc: Any) -> Wait:
    group = doc.createNode("Group", "grouplayer")
    doc.rootNode().addChildNode(group, None)
    inner = doc.createNode("Inner", "paintlayer")
    tools.draw_rect(inner, 50, 50, 100, 100)
    group.addChildNode(inner, None)
    yield 0.2
    group.setLocked(True)
    yield from refused_on(tools, doc, inner, texts.document.GROUP_LOCKED)
    assert len(group.childNodes()) == 1
    group.setLocked(False)
    group.remove()
    yield 0.1


def bad_servers(tools: Tools, doc: Any) -> Wait:
    """The plugin reads how to start its server each time, so the note is rewritten between the clicks."""
    yield from tools.without_server()
    noted = json.loads(launch.NOTE.read_text())
    torn = tools.out / "torn.safetensors"
    torn.write_bytes(b'\x10\x27\x00\x00\x00\x00\x00\x00{"torn')
    missing = str(tools.out / "missing.safetensors")
    program, folder = noted["command"][0], noted["folder"]
    server = [word for word in noted["command"] if word != "--weights"][:3] if folder else [program]

    launch.NOTE.unlink()
    yield from refused(tools, doc, texts.server.missing("dfp-krita", "Krita"))
    note(["/bin/sh", "-c", "echo No module named aiohttp >&2; exit 1"], "")
    yield from refused(tools, doc, texts.server.did_not_start("No module named aiohttp"))
    note(["/bin/false"], "")
    yield from refused(tools, doc, texts.server.did_not_start(""))
    note([__file__], "")
    yield from refused(tools, doc, None)
    assert tools.says().startswith("The face server could not start: "), tools.says()
    for weights in (str(torn), missing):
        note([*server, "--weights", weights], folder)
        yield from refused(tools, doc, None)
        assert weights in tools.says(), tools.says()
        tools.notes[Path(weights).name] = tools.says()
    tools.screenshot("torn_weights")
    launch.NOTE.write_text(json.dumps(noted))


def note(command: "list[str]", folder: str) -> None:
    launch.NOTE.write_text(json.dumps({"command": command, "folder": folder}))


def added(doc: Any, kind: str) -> Any:
    """A new layer of some kind on top."""
    if kind == "vectorlayer":
        layer = doc.createVectorLayer("Other")
    elif kind == "filllayer":
        layer = doc.createFillLayer("Other", "color", sys.modules["krita"].InfoObject(), Selection())
    else:
        layer = doc.createNode("Other", kind)
    doc.rootNode().addChildNode(layer, None)
    return layer


def refused_on(tools: Tools, doc: Any, layer: Any, sentence: str) -> Wait:
    yield 0.2
    doc.setActiveNode(layer)
    yield 0.2
    assert doc.activeNode() == layer, f"{layer.name()} did not become active"
    yield from refused(tools, doc, sentence)


def refused(tools: Tools, doc: Any, sentence: "str | None") -> Wait:
    """Click; the docker says the sentence and nothing else has happened."""
    before = state(doc)
    tools.generate()
    yield 0.0
    yield from tools.until(lambda: not tools.busy(), "the refusal")
    yield 0.05
    assert sentence is None or tools.says() == sentence, (tools.says(), sentence)
    assert state(doc) == before, "something changed"
    assert tools.button("dfp_generate_button").isEnabled()


def state(doc: Any) -> Any:
    """Layers, their pixels, and which one is active."""
    if doc is None:
        return None

    def of(node: Any) -> Any:
        data = bytes(node.pixelData(0, 0, 200, 200)) if node.type() == "paintlayer" else b""
        return node.name(), node.type(), data, [of(child) for child in node.childNodes()]

    return of(doc.rootNode()), doc.activeNode().name()
