"""Converts pixels by Krita's own color management, in documents that are never shown.

A layer of the painter's own document would do, but converting it lands on her undo stack; these have one of their own.
To open and close one takes Krita a seventh of a second, which the pen would feel at each stroke, so they are kept for a
while. Not for ever: their undo stacks hold what was converted.
"""

from typing import Any, Dict, Optional, Tuple

from ..krita_api import Krita
from ..qt import QtCore

Space = Tuple[str, str, str]  # color model, depth, profile

MOST_PIXELS = 4 * 1024 * 1024  # converted in one document: some 60 MiB
MOST_KEPT = 2  # one to read the painter's layers, one to write faces
IDLE_MS = 5_000


class Scratch:
    """A hidden document in one color space."""

    def __init__(self, space: Space) -> None:
        self.converted = 0
        self._document: Any = Krita.instance().createDocument(1, 1, "", *space, 72.0)
        if self._document is not None:
            self._document.setBatchmode(True)

    @property
    def there(self) -> bool:
        """Whether it can be used: there may be no such color space, and a script may have closed all pictures."""
        return self._document is not None and self._document.rootNode() is not None

    def convert(self, pixels: Any, width: int, height: int, target: Space) -> Optional[Any]:
        """Pixels of this color space in another one, as a QByteArray; None when Krita cannot do it."""
        if not self.there:
            return None
        layer = self._document.createNode("", "paintlayer")
        self.converted += width * height
        layer.setPixelData(QtCore.QByteArray(pixels), 0, 0, width, height)
        done = layer.setColorSpace(*target)
        self._document.waitForDone()
        self._document.setModified(False)
        return layer.pixelData(0, 0, width, height) if done else None

    def close(self) -> None:
        """Forget it."""
        if self.there:
            self._document.setModified(False)
            self._document.close()


class Scratches:
    """The hidden documents that are kept, by color space, the one used last at the end."""

    def __init__(self) -> None:
        self._kept: Dict[Space, Scratch] = {}
        self._idle: Any = None

    def convert(self, pixels: Any, width: int, height: int, source: Space, target: Space) -> Optional[Any]:
        """The same picture in another color space, as a QByteArray; None when Krita cannot do it."""
        scratch = self._kept.pop(source, None) or Scratch(source)
        if not scratch.there:
            scratch = Scratch(source)
        result = scratch.convert(pixels, width, height, target)
        if result is None or scratch.converted > MOST_PIXELS:
            scratch.close()
        else:
            self._kept[source] = scratch
        while len(self._kept) > MOST_KEPT:
            self._kept.pop(next(iter(self._kept))).close()
        self._close_when_idle()
        return result

    def close(self) -> None:
        """Forget them all: nothing was converted for a while, or Krita is closing."""
        for space in list(self._kept):
            self._kept.pop(space).close()

    def _close_when_idle(self) -> None:
        if self._idle is None:
            self._idle = QtCore.QTimer()
            self._idle.setSingleShot(True)
            self._idle.timeout.connect(self.close)
        self._idle.start(IDLE_MS)


SCRATCHES = Scratches()
