"""What scenarios do again and again: draw, wait, look, click."""

import os
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

from .inside import Krita, Qt, QtCore, QtGui, QtWidgets

Wait = Generator[float, None, None]
Points = Sequence[tuple[float, float]]


BLACK = b"\x00\x00\x00\xff"


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
        waited = 0.0
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
        front = self.window.findChild(QtWidgets.QMdiArea).activeSubWindow()
        kinds = ("KisOpenGLCanvas2", "KisQPainterCanvas")
        found = [w for w in front.findChildren(QtWidgets.QWidget) if w.metaObject().className() in kinds]
        assert len(found) == 1, f"{len(found)} canvases are in front"
        return found[0]

    def stroke(self, points: Points) -> Wait:
        """Draw with the mouse through points given as fractions of the canvas widget."""
        canvas = self.canvas()
        # A canvas that came to the front without a click does not paint yet.
        self.window.activateWindow()
        canvas.setFocus()
        yield 0.1
        places = [QtCore.QPointF(x * canvas.width(), y * canvas.height()) for x, y in points]
        self._mouse(canvas, QtCore.QEvent.MouseButtonPress, places[0], Qt.LeftButton)
        yield 0.02
        for place in places[1:]:
            self._mouse(canvas, QtCore.QEvent.MouseMove, place, Qt.NoButton)
            yield 0.01
        self._mouse(canvas, QtCore.QEvent.MouseButtonRelease, places[-1], Qt.LeftButton)
        yield 0.05

    def _mouse(self, canvas: Any, kind: Any, place: Any, button: Any) -> None:
        held = Qt.NoButton if kind == QtCore.QEvent.MouseButtonRelease else Qt.LeftButton
        spot = canvas.mapToGlobal(place.toPoint())
        event = QtGui.QMouseEvent(kind, place, QtCore.QPointF(spot), button, held, Qt.NoModifier)
        QtWidgets.QApplication.sendEvent(canvas, event)

    def docker(self) -> Any:
        """Our docker."""
        found = [d for d in self.krita.dockers() if d.objectName() == "dfp_docker"]
        assert found, "the docker is missing"
        return found[0]

    def says(self) -> str:
        """The sentence that the docker shows."""
        return self.docker().findChild(QtWidgets.QLabel, "dfp_status").text()

    def button(self, name: str) -> Any:
        """One of the docker's buttons by its object name."""
        return self.docker().findChild(QtWidgets.QPushButton, name)

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

    def generate(self) -> None:
        """What the shortcut does."""
        self.krita.action("dfp_generate").trigger()

    def names(self, doc: Any) -> list[str]:
        """Layer names of the document, from the bottom."""
        return [node.name() for node in doc.rootNode().childNodes()]

    def pixels(self, node: Any, place: Any) -> bytes:
        """Raw bytes of a layer."""
        return bytes(node.pixelData(place.x(), place.y(), place.width(), place.height()))

    def image(self, node: Any, place: Any) -> Any:
        """A U8 layer as a picture."""
        data = self.pixels(node, place)
        return QtGui.QImage(data, place.width(), place.height(), QtGui.QImage.Format_ARGB32).copy()

    def screenshot(self, name: str) -> None:
        """The whole window into the output folder."""
        QtWidgets.QApplication.primaryScreen().grabWindow(0).save(str(self.out / f"{name}.png"))
