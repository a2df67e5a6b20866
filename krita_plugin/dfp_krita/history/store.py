"""A picture's history as named pieces of bytes: one for each entry, one for each picture. Plain Python.

A piece is spoiled, foreign or of a newer version for itself: the others are read all the same, and what is not
understood is left as it is. Pictures are named after their pixels, so the same sketch is stored once.
"""

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Dict, List, Optional, Set, Tuple

from ..document.geometry import Rect

VERSION = 1
PREFIX = "deepfacepencil-history-"
ENTRY = PREFIX + "entry-"
PICTURE = PREFIX + "picture-"
SMALL = PREFIX + "small-"
# Each addition looks at all entries, which is felt when there are many more.
MOST_ENTRIES = 400
LATEST_MS = 10**14


class HistoryFull(Exception):
    """What is pinned leaves no room."""


@dataclass(frozen=True)
class Entry:
    """How one face was made, and where the two pictures lie in the document.

    `id` begins with the time, in milliseconds since 1970, so that ids are sorted by it. `frame` is the selected or
    locked one, in the document's pixels, turned by `turn` degrees, clockwise. `face` and `sketch` are keys of pictures.
    `sketch_id` is Krita's id of the layer, `painted` the key of the colours that were painted over the sketch, ""
    without any, `model` the checksum of the weights, `origin` one of texts.history.ORIGINS. `anchors` tell where the
    picture's layers lay then (see follow).
    """

    id: str
    sketch_id: str
    sketch_name: str
    sketch: str
    sketch_place: Rect
    face: str
    face_place: Rect
    model: str
    origin: str
    frame: Optional[Rect] = None
    options: Dict[str, Any] = field(default_factory=dict)
    pinned: bool = False
    anchors: Dict[str, Any] = field(default_factory=dict)
    turn: float = 0.0
    painted: str = ""

    @property
    def pictures(self) -> List[str]:
        """The keys of all its pictures."""
        return [key for key in (self.face, self.sketch, self.painted) if key]

    @property
    def seconds(self) -> float:
        """When it was made, since 1970."""
        return int(self.id.partition("-")[0]) / 1000

    def to_bytes(self) -> bytes:
        """As it is stored."""
        return json.dumps({"version": VERSION, **asdict(self)}).encode()

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Entry":
        """Raises ValueError, KeyError or TypeError when it is not such an entry."""
        noted = json.loads(stored.decode())
        if noted["version"] != VERSION or not isinstance(noted["options"], dict):
            raise ValueError("not an entry that is known here")
        texts = {name: _text(noted[name]) for name in TEXTS}
        if not 0 <= int(texts["id"].partition("-")[0]) < LATEST_MS:
            raise ValueError("not a time")
        return cls(
            **texts,
            sketch_place=_place(noted["sketch_place"]),
            face_place=_place(noted["face_place"]),
            frame=_place(noted["frame"]) if noted["frame"] is not None else None,
            options=noted["options"],
            pinned=noted["pinned"] is True,
            anchors=noted["anchors"] if isinstance(noted.get("anchors"), dict) else {},
            turn=_turn(noted.get("turn", 0.0)),
            painted=_text(noted.get("painted", "")),
        )


TEXTS = ("id", "sketch_id", "sketch_name", "sketch", "face", "model", "origin")


class Store:
    """The history of one document. `shelf` keeps bytes by name: names, read, size, write, remove."""

    def __init__(self, shelf: Any) -> None:
        self._shelf = shelf

    def entries(self) -> List[Entry]:
        """All that can be read, the newest first."""
        return sorted(self._read()[0], key=lambda entry: entry.id, reverse=True)

    def add(self, entry: Entry, pictures: Dict[str, Any], limit: int) -> None:
        """Keep an entry; the oldest that are not pinned go until all takes at most `limit` bytes.

        `pictures` are pieces by name, the entry's own. Raises HistoryFull, with nothing added.
        """
        known, foreign = self._read()
        for name in self._leaving([*known, entry], foreign, pictures, limit):
            self._shelf.remove(name)
        have = set(self._shelf.names())
        for name, data in pictures.items():
            if name not in have:
                self._shelf.write(name, data)
        # Last of all: whoever reads the document at any moment finds the pictures of every entry.
        self._shelf.write(ENTRY + entry.id, entry.to_bytes())

    def pin(self, entry: Entry, pinned: bool) -> None:
        """Say whether an entry stays however full it gets."""
        if ENTRY + entry.id in self._shelf.names():
            self._shelf.write(ENTRY + entry.id, replace(entry, pinned=pinned).to_bytes())

    def delete(self, entry: Entry) -> Dict[str, bytes]:
        """Take an entry out; returns what went with it, to put it back."""
        known, foreign = self._read()
        gone = ENTRY + entry.id
        if gone not in self._shelf.names():
            return {}
        left = [other for other in known if other.id != entry.id]
        names = [gone, *(self._names_of([entry]) - self._needed(left, foreign))]
        removed = {name: self._shelf.read(name) for name in names}
        for name in names:
            self._shelf.remove(name)
        return removed

    def put_back(self, removed: Dict[str, bytes]) -> None:
        """Undo a deletion."""
        for name in sorted(removed, reverse=True):  # pictures come before entries
            self._shelf.write(name, removed[name])

    def size(self) -> int:
        """Bytes that the history takes, what is not understood included."""
        return sum(self._shelf.size(name) for name in self._shelf.names())

    def _read(self) -> Tuple[List[Entry], List[str]]:
        """The entries, and the raw text of what is none that is known here."""
        known, foreign = [], []
        names = set(self._shelf.names())
        for name in names:
            if name.startswith(ENTRY):
                stored = self._shelf.read(name)
                try:
                    entry = Entry.from_bytes(stored)
                except (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError):
                    foreign.append(stored.decode(errors="replace"))
                else:
                    if name == ENTRY + entry.id and {PICTURE + entry.face, PICTURE + entry.sketch} <= names:
                        known.append(entry)
                    else:
                        foreign.append(stored.decode(errors="replace"))
        return known, foreign

    def _leaving(self, wanted: List[Entry], foreign: List[str], pictures: Dict[str, Any], limit: int) -> Set[str]:
        """Names of the pieces that have to go so that the wanted entries, the last of them new, have room."""
        sizes = {name: self._shelf.size(name) for name in self._shelf.names()}
        sizes.update({name: len(data) for name, data in pictures.items()})
        sizes[ENTRY + wanted[-1].id] = len(wanted[-1].to_bytes())
        left = sorted(wanted, key=lambda entry: entry.id)
        leaving: Set[str] = set()
        total = sum(sizes.values())
        while total > limit or len(left) > MOST_ENTRIES:
            loose = [entry for entry in left if not entry.pinned and entry.id != wanted[-1].id]
            if not loose:
                raise HistoryFull
            left.remove(loose[0])
            gone = {ENTRY + loose[0].id, *(self._names_of(loose[:1]) - self._needed(left, foreign))} & sizes.keys()
            leaving |= gone
            total -= sum(sizes.pop(name) for name in gone)
        return leaving

    def _names_of(self, entries: List[Entry]) -> Set[str]:
        names = set(self._shelf.names())
        keys = {key for entry in entries for key in entry.pictures}
        return {kind + key for key in keys for kind in (PICTURE, SMALL)} & names

    def _needed(self, entries: List[Entry], foreign: List[str]) -> Set[str]:
        """Pictures that entries have in common with others, also with those that are not understood."""
        needed = self._names_of(entries)
        if foreign:
            needed |= {name for name in self._shelf.names() if any(name.rpartition("-")[2] in raw for raw in foreign)}
        return needed


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


def _turn(value: Any) -> float:
    turn = float(value)
    if not abs(turn) <= 180:
        raise ValueError("not a turn")
    return turn


def _place(value: Any) -> Rect:
    left, top, width, height = (int(number) for number in value)
    place = Rect(left, top, width, height)
    if place.empty:
        raise ValueError("not a place")
    return place
