"""Pictures of the history as PNG and back, to the last bit, in a thread of its own."""

import hashlib
import queue
import threading
from typing import Any, Callable, NamedTuple, Optional

from .. import texts
from ..qt import QtCore, QtGui
from ..refusal import Refusal

# Qt's measure for PNG: here half a second for a face of 1000x1000 would be seconds at its usual one.
EFFORT = 80
THUMBNAIL = 72


class Packed(NamedTuple):
    """A picture to be stored, as PNG, and a small one of it."""

    key: str
    png: Any
    small: Any


def pack(pixels: bytes, width: int, height: int) -> Packed:
    """BGRA pixels, straight alpha. The key is a digest of the pixels."""
    picture = QtGui.QImage(pixels, width, height, 4 * width, QtGui.QImage.Format.Format_ARGB32)
    aspect = QtCore.Qt.AspectRatioMode.KeepAspectRatio
    smooth = QtCore.Qt.TransformationMode.SmoothTransformation
    small = picture.scaled(2 * THUMBNAIL, 2 * THUMBNAIL, aspect).scaled(THUMBNAIL, THUMBNAIL, aspect, smooth)
    return Packed(key_of(pixels, width, height), _png(picture), _png(small))


def unpack(stored: Any, key: str) -> Any:
    """The picture as a QImage, ARGB32; raises Refusal unless it has just the pixels that the key says."""
    picture = QtGui.QImage.fromData(stored, "PNG").convertToFormat(QtGui.QImage.Format.Format_ARGB32)
    if picture.isNull() or key_of(pixels_of(picture), picture.width(), picture.height()) != key:
        raise Refusal(texts.history.SPOILED)
    return picture


def pixels_of(picture: Any) -> bytes:
    """BGRA pixels of an ARGB32 picture."""
    bits = picture.constBits()
    bits.setsize(4 * picture.width() * picture.height())
    return bytes(bits)


def key_of(pixels: bytes, width: int, height: int) -> str:
    """A digest of BGRA pixels: two pictures with the same one are the same to the last bit."""
    return hashlib.blake2b(pixels, digest_size=16, person=b"%dx%d" % (width, height)).hexdigest()


def _png(picture: Any) -> Any:
    buffer = QtCore.QBuffer()
    buffer.open(QtCore.QIODevice.OpenModeFlag.WriteOnly)
    picture.save(buffer, "PNG", EFFORT)
    return buffer.data()


class Workshop(QtCore.QObject):
    """Does work one after the other in a thread, and reports in the window's thread."""

    _came = QtCore.pyqtSignal(object)

    def __init__(self, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self._came.connect(lambda report: report())
        self._orders: Any = queue.SimpleQueue()
        self._thread: Optional[threading.Thread] = None

    def order(self, work: Callable[[], Any], done: Callable[[Any], None], refused: Callable[[str], None]) -> None:
        """Run `work` in the thread; then `done` with its result, or `refused` with the sentence of its Refusal."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="history", daemon=True)
            self._thread.start()
        self._orders.put((work, done, refused))

    def _run(self) -> None:
        while True:
            work, done, refused = self._orders.get()
            report = _reported(work, done, refused)
            try:
                self._came.emit(report)
            except RuntimeError:  # Krita has closed, and nobody waits any more
                return


def _reported(work: Callable[[], Any], done: Callable[[Any], None], refused: Callable[[str], None]) -> Any:
    try:
        result = work()
    except Refusal as refusal:
        sentence = str(refusal)
        return lambda: refused(sentence)
    except MemoryError:
        return lambda: refused(texts.history.NO_MEMORY)
    return lambda: done(result)
