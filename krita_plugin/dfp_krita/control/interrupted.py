"""Batches that were broken off, by a crash of Krita or the end of it, until they go on or are forgotten."""

from typing import Any, List, Optional

from ..batch.journal import Journal, left_behind
from ..batch.resuming import is_about


class Interrupted:
    """What was left behind before this Krita began, and since."""

    def __init__(self) -> None:
        self._journals: List[Journal] = left_behind()

    def of(self, document: Optional[Any]) -> Optional[Journal]:
        """The newest one that is about a document."""
        if document is None:
            return None
        return next((one for one in self._journals if one.note is not None and is_about(one.note, document)), None)

    def add(self, journal: Journal) -> None:
        """One that is broken off now."""
        journal.let_go()
        self._journals.insert(0, journal)

    def taken(self, document: Any) -> Optional[Journal]:
        """The one that is about a document, no longer listed here, to be gone on with."""
        journal = self.of(document)
        if journal is not None:
            self._journals.remove(journal)
        # Another Krita may have it now.
        return journal if journal is not None and journal.take() else None

    def forget(self, document: Any) -> None:
        """Forget the one that is about a document."""
        journal = self.taken(document)
        if journal is not None:
            journal.remove()
