"""A Krita that does not know the plugin: pictures are all there, and what the plugin keeps in them stays in them."""

from pathlib import Path
from typing import Any

from dfp_scenario.inside import QtCore
from dfp_scenario.tools import Tools, Wait

CANVAS = QtCore.QRect(0, 0, 800, 700)
LAYERS = ["Background", "Colour layer · Sketch", "Sketch", "Face · Sketch"]


def scenario(tools: Tools) -> Wait:
    assert not [docker for docker in tools.krita.dockers() if docker.objectName() == "dfp_docker"]
    assert tools.krita.action("dfp_generate") is None
    for file, sketch in (("killed.kra", "saved.bin"), ("recovered.kra", "autosaved.bin")):
        doc = tools.krita.openDocument(str(tools.out / file))
        assert doc is not None, f"{file} cannot be opened"
        yield 0.2
        assert tools.names(doc) == LAYERS, tools.names(doc)
        assert tools.pixels(doc.nodeByName("Sketch"), CANVAS) == (tools.out / sketch).read_bytes(), file
        assert tools.pixels(doc.nodeByName(LAYERS[1]), CANVAS) == (tools.out / "colours.bin").read_bytes(), file
        assert not doc.nodeByName("Face · Sketch").bounds().isEmpty()
        yield from saved_anew(tools, doc, tools.out / f"without_{sketch[:-4]}.kra")


def saved_anew(tools: Tools, doc: Any, file: Path) -> Wait:
    """Painted on and saved here, it still has what the plugin needs to go on."""
    noted = {name: bytes(doc.annotation(name)) for name in doc.annotationTypes() if name.startswith("deepfacepencil")}
    assert len(noted) >= 6, sorted(noted)
    doc.setBatchmode(True)
    tools.draw_rect(doc.nodeByName("Background"), 20, 20, 60, 60)
    yield from tools.saved(doc, file)
    doc.close()
    yield 0.2
    again = tools.krita.openDocument(str(file))
    assert {name: bytes(again.annotation(name)) for name in noted} == noted
    again.close()
    yield 0.2
