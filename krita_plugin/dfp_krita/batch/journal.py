"""Journals of batches: each is a folder with a note of how far it is and the answers that it got.

It is removed when its batch ends. What a crash of Krita leaves behind goes on when its picture is opened again, or is
forgotten after a while. A lock that ends with its Krita tells what was left behind from what runs in another one.
Plain Python: no Qt, no Krita.
"""

import contextlib
import shutil
import time
import uuid
from pathlib import Path
from typing import List, Optional

from ..generation.answers import Answers
from ..settings.held_file import HeldFile
from ..settings.user import FILE as SETTINGS
from ..settings.whole_file import write_whole
from .note import Note

# Not in the plugin's folder, which is emptied when a newer plugin comes.
ROOT = SETTINGS.with_name("dfp_krita_batches")
NOTE, LOCK = "note.json", "lock"
DAY_S = 24 * 3600
# A file that is gone may lie on a disk that is not at hand.
FORGET_HOMELESS_S, FORGET_S = 14 * DAY_S, 90 * DAY_S


class Journal:
    """That of one batch. `note` is the last one that was written. Nothing here fails: a batch runs without it, too."""

    def __init__(self, folder: Path, note: Optional[Note] = None) -> None:
        self.note = note
        self.answers = Answers(folder)
        self._folder = folder
        self._lock = HeldFile(folder / LOCK)

    @classmethod
    def begun(cls, root: Path = ROOT) -> "Journal":
        """That of a batch that begins now, held."""
        folder = root / f"{int(time.time() * 1000):013d}-{uuid.uuid4().hex[:8]}"
        with contextlib.suppress(OSError):
            folder.mkdir(parents=True)
        journal = cls(folder)
        journal.take()
        return journal

    def take(self) -> bool:
        """Hold it from now on; returns whether it is there and no other Krita holds it."""
        return self._lock.take()

    def let_go(self) -> None:
        """Leave it behind as it is."""
        self.answers.close()
        self._lock.let_go()

    def write(self, note: Note) -> None:
        """Write down how far the batch is, whole."""
        self.note = note
        with contextlib.suppress(OSError):
            write_whole(self._folder / NOTE, note.to_text())

    def remove(self) -> None:
        """Forget the batch."""
        self.answers.close()
        self._lock.let_go()
        shutil.rmtree(self._folder, ignore_errors=True)


def left_behind(root: Path = ROOT) -> List[Journal]:
    """Journals that no Krita holds, the newest first, without those that have been forgotten."""
    try:
        folders = sorted((folder for folder in root.iterdir() if folder.is_dir()), reverse=True)
    except OSError:
        return []
    found = []
    for folder in folders:
        journal = Journal(folder, _note_in(folder))
        if not journal.take():
            continue
        if journal.note is None or _is_old(folder, journal.note):
            journal.remove()
        else:
            journal.let_go()
            found.append(journal)
    return found


def _note_in(folder: Path) -> Optional[Note]:
    try:
        return Note.from_text((folder / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_old(folder: Path, note: Note) -> bool:
    try:
        age_s = time.time() - (folder / NOTE).stat().st_mtime
    except OSError:
        return True
    return age_s > (FORGET_HOMELESS_S if note.is_homeless else FORGET_S)
