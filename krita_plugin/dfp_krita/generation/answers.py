"""Answers of the server, kept on disk for as long as a batch may have to go on after a crash of Krita.

What cannot be kept or read is asked for again, nothing worse. Plain Python: no Qt, no Krita.
"""

import contextlib
import queue
import threading
import zlib
from pathlib import Path
from typing import Any, Optional

from krita_plugin.shared.messages import NotOurs, answer_from_bytes, answer_to_bytes

from ..settings.whole_file import write_whole

SUFFIX = ".face"
# More than a batch of fifty faces of 1000x1000 takes.
MOST_BYTES = 256 * 1024 * 1024
# Of zlib: more effort makes faces hardly smaller.
EFFORT = 1


class Answers:
    """Those in one folder, each a file named after the key of its sketch (see document.sketch_digest).

    Together they take at most `most` bytes; the oldest go, which are in the picture's own file most likely.
    """

    def __init__(self, folder: Path, most: int = MOST_BYTES) -> None:
        self._folder = folder
        self._most = most
        self._orders: Any = queue.SimpleQueue()
        self._thread: Optional[threading.Thread] = None

    def find(self, key: str) -> Optional[Any]:
        """The GenerateAnswer, when one is kept that can be read."""
        try:
            return answer_from_bytes(zlib.decompress(self._file(key).read_bytes()))
        except (OSError, zlib.error, NotOurs):
            return None

    def keep(self, key: str, answer: Any) -> None:
        """Keep an answer. It is there a moment later: a thread does it, because the pen never waits."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="answers", daemon=True)
            self._thread.start()
        self._orders.put((self._file(key), answer))

    def close(self) -> None:
        """The thread ends when all that was handed over is kept."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._orders.put(None)

    def _file(self, key: str) -> Path:
        return self._folder / (key + SUFFIX)

    def _work(self) -> None:
        while True:
            order = self._orders.get()
            if order is None:
                return
            file, answer = order
            # Without the folder the batch has ended meanwhile, and on a full disk there is nothing to keep.
            with contextlib.suppress(OSError):
                write_whole(file, zlib.compress(answer_to_bytes(answer), EFFORT))
                self._make_room()

    def _make_room(self) -> None:
        kept = [(file.stat(), file) for file in self._folder.glob(f"*{SUFFIX}")]
        total = sum(stat.st_size for stat, _ in kept)
        for stat, file in sorted(kept, key=lambda one: one[0].st_mtime_ns):
            if total <= self._most:
                return
            file.unlink()
            total -= stat.st_size
