"""Run by `kritarunner`: makes Krita's files for tests, and says what is in one."""

import importlib
import json
import os
import sys
import types
import zlib

from krita import Krita  # pyright: ignore[reportMissingImports, reportAttributeAccessIssue]

try:
    from PyQt5 import QtCore, QtGui  # pyright: ignore[reportMissingImports]
except ImportError:
    from PyQt6 import QtCore, QtGui  # pyright: ignore[reportMissingImports]

SRGB = "RGBA", "U8", "sRGB-elle-V2-srgbtrc.icc"


def make(arguments):
    """A file after a plan: `size`, `space`, and `layers` from the bottom up, each with `name` and `type`, perhaps with
    `face` (where one is drawn: x, y, side), `inside` (a group's layers), `locked`, `hidden`."""
    with open(arguments[0], encoding="utf-8") as file:
        plan = json.load(file)
    side = plan["size"]
    # Drawn in sRGB, then converted as a whole: so a test knows which colours are meant.
    document = Krita.instance().createDocument(side, side, "test", *SRGB, 72.0)
    document.setBatchmode(True)
    add(document, document.rootNode(), plan["layers"], side)
    document.refreshProjection()
    if plan.get("space"):
        document.setColorSpace(*plan["space"])
    come_to_rest(document)
    end(document.saveAs(arguments[1]))


def come_to_rest(document):
    """Krita waits for ever when it is to save a document that is busy."""
    while True:
        document.waitForDone()
        QtCore.QCoreApplication.processEvents()
        if document.tryBarrierLock():
            document.unlock()
            return


def add(document, group, layers, side):
    for said in layers:
        node = document.createNode(said["name"], said.get("type", "paintlayer"))
        if "face" in said:
            left, top, width = said["face"]
            node.setPixelData(drawing(width), left, top, width, width)
        group.addChildNode(node, None)
        add(document, node, said.get("inside", []), side)
        node.setLocked(bool(said.get("locked")))
        node.setVisible(not said.get("hidden"))


def drawing(side):
    """Black lines of a face on nothing, BGRA."""
    image = QtGui.QImage(side, side, QtGui.QImage.Format.Format_ARGB32)
    image.fill(0)
    painter = QtGui.QPainter(image)
    painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
    painter.setPen(QtGui.QPen(QtGui.QColor(0, 0, 0), max(2, side // 80)))
    for x, y, width, height in (
        (0.1, 0.02, 0.8, 0.95),
        (0.25, 0.36, 0.16, 0.08),
        (0.59, 0.36, 0.16, 0.08),
        (0.44, 0.5, 0.12, 0.1),
        (0.35, 0.7, 0.3, 0.08),
    ):
        painter.drawEllipse(QtCore.QRectF(x * side, y * side, width * side, height * side))
    painter.end()
    bits = image.constBits()
    bits.setsize(image.bytesPerLine() * image.height())
    return QtCore.QByteArray(bytes(bits))


def look(arguments):
    """What is in a file: of each layer, from the bottom up, a group before its own."""
    krita = Krita.instance()
    krita.setBatchmode(True)
    document = krita.openDocument(arguments[0])
    document.setBatchmode(True)
    document.waitForDone()
    found = []
    seen(document, document.rootNode(), "", found)
    with open(arguments[1], "w", encoding="utf-8") as file:
        json.dump({"layers": found, "space": [document.colorModel(), document.colorDepth()]}, file)
    end(True)


def seen(document, group, path, found):
    for node in group.childNodes():
        bounds = node.bounds()
        place = bounds.x(), bounds.y(), bounds.width(), bounds.height()
        said = {
            "path": path + node.name(),
            "type": node.type(),
            "id": node.uniqueId().toString(),
            "locked": node.locked(),
            "hidden": not node.visible(),
            "bounds": place,
            "pixels": zlib.crc32(bytes(node.projectionPixelData(*place))),
        }
        if node.name().startswith("Face"):
            said["middle"] = middle(node, bounds)
        found.append(said)
        seen(document, node, path + node.name() + "/", found)


def recognise(arguments):
    """Which faces of which sketches the assembled plugin, in the folder that comes last, would renew."""
    package = types.ModuleType("assembled_dfp")
    package.__path__ = [arguments[2]]
    sys.modules["assembled_dfp"] = package
    names = ("capture", "face_registry", "layer_tree", "renewing")
    capture, registry, tree, renewing = (importlib.import_module(f"assembled_dfp.document.{name}") for name in names)
    krita = Krita.instance()
    krita.setBatchmode(True)
    document = krita.openDocument(arguments[0])
    document.setBatchmode(True)
    faces = {}
    for layer in tree.layers_below(document.rootNode()):
        sketch, face = registry.FaceRegistry(document).meant_by(layer)
        if sketch == layer and face is not None:
            standing = capture.run_through(renewing.standing_of(capture.Subject(document, sketch, face), face))
            faces[layer.name()] = [face.name(), standing.condition.value]
    with open(arguments[1], "w", encoding="utf-8") as file:
        json.dump(faces, file)
    end(True)


def middle(node, bounds):
    """A few colours of a face, in sRGB."""
    scratch = Krita.instance().createDocument(1, 1, "", node.colorModel(), node.colorDepth(), node.colorProfile(), 72.0)
    layer = scratch.rootNode().childNodes()[0]
    side = 4
    place = bounds.center().x() - side // 2, bounds.center().y() - side // 2, side, side
    layer.setPixelData(node.pixelData(*place), 0, 0, side, side)
    scratch.setColorSpace(*SRGB)
    scratch.waitForDone()
    return list(bytes(layer.pixelData(0, 0, side, side)))


def end(well):
    sys.stdout.flush()
    os._exit(0 if well else 1)
