"""What scenarios do again and again: draw, wait, look, click."""

import os
import signal
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

from .inside import Krita, Qt, QtCore, QtGui, QtWidgets

Wait = Generator[float, None, None]
Points = Sequence[tuple[float, float]]


# How many times as long everything may take, see the harness.
PATIENCE = float(os.environ.get("DFP_KRITA_PATIENCE", "1"))
BLACK = b"\x00\x00\x00\xff"
# Krita refuses to save a picture that its background work holds.
SAVING_S = 20.0

# One stroke on the canvas widget that the head is found in.
HEAD = [
    (0.5 + 0.13 * x, 0.5 + 0.3 * y) for x, y in ((0, -1), (0.7, -0.7), (1, 0), (0.6, 0.8), (0, 1), (-1, 0), (0, -1))
]


class Tools:
    """Given to every scenario."""

    def __init__(self, out: Path) -> None:
        self.out = out
        # Whether Krita is closed as a painter does it, after the scenario.
        self.quits = False
        self.krita = Krita.instance()
        self.notes: dict[str, Any] = {}
        self.window = self.krita.activeWindow().qwindow()
        self.window.setGeometry(0, 0, 1600, 1000)

    def until(self, holds: Callable[[], bool], what: str, seconds: float = 30.0) -> Wait:
        """Yield until `holds()`; fail with `what` when it takes longer."""
        waited, seconds = 0.0, seconds * PATIENCE
        while not holds():
            assert waited < seconds, f"after {seconds} s still not: {what}; the docker says {self.says()!r}"
            yield 0.02
            waited += 0.02

    def open(self, width: int, height: int, depth: str = "U8", model: str = "RGBA", shown: bool = True) -> Any:
        """A new document with an opaque white background and an empty layer `Sketch` above it."""
        doc = self.krita.createDocument(width, height, "Test", model, depth, "", 120.0)
        doc.setBatchmode(True)
        sketch = doc.createNode("Sketch", "paintlayer")
        doc.rootNode().addChildNode(sketch, None)
        if shown:
            self.krita.activeWindow().addView(doc)
        return doc

    def begun(self, canvas: Any) -> Generator[float, None, tuple[Any, Any]]:
        """A new document as large as `canvas`, and its layer `Sketch`, which is the active one."""
        doc = self.open(canvas.width(), canvas.height())
        yield 1.0
        sketch = doc.nodeByName("Sketch")
        doc.setActiveNode(sketch)
        yield 0.3
        return doc, sketch

    def saved(self, doc: Any, file: "str | Path") -> Wait:
        """Save the document under this name as soon as Krita lets go of it."""
        waited = 0.0
        doc.waitForDone()
        while not doc.saveAs(str(file)):
            assert waited < SAVING_S, "saving failed"
            yield 0.2
            waited += 0.2
            doc.waitForDone()

    def reopened(self, doc: Any, name: str) -> Generator[float, None, Any]:
        """The document after it was saved under this name, closed and opened again."""
        file = str(self.out / name)
        yield from self.saved(doc, file)
        doc.close()
        yield 0.5
        again = self.krita.openDocument(file)
        again.setBatchmode(True)
        self.krita.activeWindow().addView(again)
        yield 0.8
        return again

    def one_face(self, new_layer: bool = False) -> Wait:
        """Make a face and wait for it."""
        self.generate(new_layer)
        yield 0.0
        yield from self.until(lambda: not self.busy(), "the face", 90)
        assert self.says().startswith("Done in"), self.says()
        yield 0.4

    def draw_rect(
        self, node: Any, left: int, top: int, width: int, height: int, line: int = 6, ink: bytes = BLACK
    ) -> None:
        """A rectangle's outline written straight into the layer's pixels; `ink` is one pixel."""
        for x, y, w, h in (
            (left, top, width, line),
            (left, top + height - line, width, line),
            (left, top, line, height),
            (left + width - line, top, line, height),
        ):
            node.setPixelData(QtCore.QByteArray(ink * (w * h)), x, y, w, h)

    def canvas(self) -> Any:
        """The widget of the visible canvas."""
        # Without a window manager no part of a window may count as active.
        front = self.window.findChild(QtWidgets.QMdiArea).currentSubWindow()
        kinds = ("KisOpenGLCanvas2", "KisQPainterCanvas")
        found = [w for w in front.findChildren(QtWidgets.QWidget) if w.metaObject().className() in kinds]
        assert len(found) == 1, f"{len(found)} canvases are in front"
        return found[0]

    def pen(self) -> "Pen":
        """A pen over the visible canvas."""
        canvas = self.canvas()
        # A canvas that came to the front without a click does not paint yet.
        self.window.activateWindow()
        canvas.setFocus()
        return Pen(canvas)

    def stroke(self, points: Points) -> Wait:
        """Draw with the mouse through points given as fractions of the canvas widget."""
        pen = self.pen()
        yield 0.1
        pen.press(*points[0])
        yield 0.02
        for point in points[1:]:
            pen.move(*point)
            yield 0.01
        pen.lift(*points[-1])
        yield 0.05

    def docker(self) -> Any:
        """Our docker."""
        found = [d for d in self.krita.dockers() if d.objectName() == "dfp_docker"]
        assert found, "the docker is missing"
        return found[0]

    def says(self) -> str:
        """The sentence that the docker shows."""
        return self.docker().findChild(QtWidgets.QLabel, "dfp_status").text()

    def label(self, name: str) -> str:
        """What one of the docker's labels shows."""
        return self.docker().findChild(QtWidgets.QLabel, name).text()

    def framed(self, by: str) -> Wait:
        """Wait until the docker says who has the frame, a moment after whatever changed it."""
        yield from self.until(lambda: self.label("dfp_frame") == by, f"the docker says of the frame: {by}", 5)

    def button(self, name: str) -> Any:
        """One of the docker's buttons by its object name."""
        return self.docker().findChild(QtWidgets.QAbstractButton, name)

    def progress(self) -> Any:
        """The docker's progress bar."""
        return self.docker().findChild(QtWidgets.QProgressBar)

    def busy(self) -> bool:
        """Whether the docker shows that a face is on its way."""
        return self.button("dfp_cancel_button").isEnabled()

    def own_servers(self) -> "list[int]":
        """Processes of the face servers that this very Krita started."""
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit():
                try:
                    status, command = (entry / "status").read_text(), (entry / "cmdline").read_bytes()
                except OSError:
                    continue
                if f"PPid:\t{os.getpid()}\n" in status and b"--exit-with-stdin" in command:
                    found.append(int(entry.name))
        return found

    def without_server(self) -> Wait:
        """End the server that was started ahead, as a crash does, and wait until the plugin knows."""
        server = self.docker()._controller.server
        yield from self.until(lambda: len(self.own_servers()) == 1, "the server is started ahead")
        os.kill(self.own_servers()[0], signal.SIGKILL)
        yield from self.until(lambda: server.state.value == "unknown", "the plugin knows that its server has ended")

    def generate(self, new_layer: bool = False) -> None:
        """What the shortcuts do."""
        self.krita.action("dfp_new_layer" if new_layer else "dfp_generate").trigger()

    def undo(self) -> None:
        """What Ctrl+Z does. Krita forgets it while it draws, so that is waited for."""
        self.krita.activeDocument().waitForDone()
        self.krita.action("edit_undo").trigger()

    def redo(self) -> None:
        """What Ctrl+Shift+Z does."""
        self.krita.activeDocument().waitForDone()
        self.krita.action("edit_redo").trigger()

    def history(self) -> int:
        """How many steps the undo history of the document in front has."""
        views = self.window.findChildren(QtWidgets.QListView)
        (shown,) = [view for view in views if view.metaObject().className() == "KisUndoView"]
        return shown.model().rowCount()

    def names(self, doc: Any) -> list[str]:
        """Layer names of the document, from the bottom."""
        return [node.name() for node in doc.rootNode().childNodes()]

    def pixels(self, node: Any, place: Any) -> bytes:
        """Raw bytes of a layer."""
        return bytes(node.pixelData(place.x(), place.y(), place.width(), place.height()))

    def image(self, node: Any, place: Any) -> Any:
        """A U8 layer as a picture."""
        data = self.pixels(node, place)
        return QtGui.QImage(data, place.width(), place.height(), QtGui.QImage.Format.Format_ARGB32).copy()

    def screenshot(self, name: str) -> None:
        """The whole window into the output folder."""
        QtWidgets.QApplication.primaryScreen().grabWindow(0).save(str(self.out / f"{name}.png"))


class Pen:
    """The mouse over a canvas; places are fractions of the canvas widget."""

    def __init__(self, canvas: Any) -> None:
        self.canvas = canvas

    def press(self, x: float, y: float) -> None:
        """Begin a stroke."""
        self._send(QtCore.QEvent.Type.MouseButtonPress, x, y, Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton)

    def move(self, x: float, y: float) -> None:
        """Draw on."""
        self._send(QtCore.QEvent.Type.MouseMove, x, y, Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton)

    def lift(self, x: float, y: float) -> None:
        """End the stroke."""
        self._send(QtCore.QEvent.Type.MouseButtonRelease, x, y, Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton)

    def _send(self, kind: Any, x: float, y: float, button: Any, held: Any) -> None:
        place = QtCore.QPointF(x * self.canvas.width(), y * self.canvas.height())
        spot = self.canvas.mapToGlobal(place.toPoint())
        event = QtGui.QMouseEvent(kind, place, QtCore.QPointF(spot), button, held, Qt.KeyboardModifier.NoModifier)
        QtWidgets.QApplication.sendEvent(self.canvas, event)
