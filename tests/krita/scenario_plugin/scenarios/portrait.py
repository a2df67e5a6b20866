"""A picture of Krita for readers: the example sketch on the left, the face that was made of it on the right."""

import os
from typing import Any

from dfp_scenario.inside import Qt, QtCore, QtGui
from dfp_scenario.tools import Tools, Wait

SIDE = 720
GAP = 24


def scenario(tools: Tools) -> Wait:
    doc = tools.open(2 * SIDE + 3 * GAP, SIDE + 2 * GAP)
    yield 1.0
    sketch = doc.nodeByName("Sketch")
    lines = drawing(os.environ["DFP_PORTRAIT"])
    put(sketch, lines, 2 * GAP + SIDE)
    again = doc.createNode("Lines", "paintlayer")
    put(again, lines, GAP)
    doc.rootNode().addChildNode(again, sketch)
    yield 0.5
    doc.setActiveNode(sketch)
    yield 0.3
    for _ in range(2):  # the first also loads the model, which is not what its time should say
        tools.generate()
        yield 0.0
        yield from tools.until(lambda: not tools.busy(), "the face", 120)
        assert tools.says().startswith("Done in"), tools.says()
        yield 1.0
    doc.nodeByName("Face · Sketch").remove()
    yield 0.3
    doc.setActiveNode(sketch)
    doc.refreshProjection()
    yield 1.5
    tools.screenshot("portrait")


def drawing(file: str) -> Any:
    """The lines of a black and white sketch as black ink on nothing."""
    gray = QtGui.QImage(file).scaled(SIDE, SIDE, Qt.KeepAspectRatio, Qt.SmoothTransformation)
    gray.invertPixels()
    gray = gray.convertToFormat(QtGui.QImage.Format_Grayscale8)
    ink = QtGui.QImage(gray.size(), QtGui.QImage.Format_ARGB32)
    ink.fill(Qt.black)
    ink.setAlphaChannel(gray)
    return ink


def put(layer: Any, ink: Any, left: int) -> None:
    bits = ink.constBits()
    bits.setsize(ink.sizeInBytes())
    layer.setPixelData(QtCore.QByteArray(bytes(bits)), left, GAP, ink.width(), ink.height())
