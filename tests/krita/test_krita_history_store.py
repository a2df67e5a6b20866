"""The history's pieces without Krita: bounded, shared, and not to be spoiled by what is spoiled."""

import json
from dataclasses import replace
from typing import Any

import pytest

PLACE = (1, 2, 30, 40)


class Shelf(dict[str, bytes]):
    """Annotations of a document that is nowhere but in memory."""

    def names(self) -> list[str]:
        return list(self)

    def read(self, name: str) -> bytes:
        return self[name]

    def size(self, name: str) -> int:
        return len(self[name])

    def write(self, name: str, data: bytes) -> None:
        self[name] = data

    def remove(self, name: str) -> None:
        del self[name]


@pytest.fixture
def store(part: Any) -> Any:
    return part("history.store")


def entry(store: Any, number: int, sketch: str = "", **changes: Any) -> Any:
    place = store.Rect(*PLACE)
    name = f"{number:013d}-0"
    made = store.Entry(name, "{layer}", "Anna", sketch or f"s{number}x", place, f"f{number}x", place, "sum", "live")
    return replace(made, **changes)


def add(store: Any, shelf: Shelf, made: Any, limit: int = 10**6, size: int = 1000) -> None:
    names = [kind + key for key in (made.face, made.sketch) for kind in (store.PICTURE, store.SMALL)]
    store.Store(shelf).add(made, dict.fromkeys(names, bytes(size // 2)), limit)


def ids(store: Any, shelf: Shelf) -> list[int]:
    return [int(made.id[:13]) for made in store.Store(shelf).entries()]


def test_what_was_added_is_read_again_the_newest_first(store: Any) -> None:
    shelf = Shelf()
    made = [entry(store, 1), entry(store, 2, frame=store.Rect(-3, 0, 9, 9), options={"trust": 0.5}, pinned=True)]
    for one in made:
        add(store, shelf, one)
    assert store.Store(shelf).entries() == made[::-1]


def test_a_sketch_is_stored_once_and_stays_as_long_as_it_is_needed(store: Any) -> None:
    shelf = Shelf()
    first, second = entry(store, 1, sketch="same"), entry(store, 2, sketch="same")
    add(store, shelf, first)
    before = len(shelf)
    add(store, shelf, second)
    assert len(shelf) == before + 3, "an entry, a face, its small picture"
    store.Store(shelf).delete(first)
    assert ids(store, shelf) == [2]
    assert store.PICTURE + "same" in shelf
    store.Store(shelf).delete(second)
    assert not shelf


def test_the_oldest_that_is_not_pinned_goes_first(store: Any) -> None:
    shelf = Shelf()
    add(store, shelf, entry(store, 1, pinned=True))
    for number in range(2, 20):
        add(store, shelf, entry(store, number), limit=10_000)
        assert store.Store(shelf).size() <= 10_000
    assert ids(store, shelf) == [19, 18, 17, 1]


def test_pinned_ones_never_make_room(store: Any) -> None:
    shelf = Shelf()
    for number in (1, 2):
        add(store, shelf, entry(store, number))
        store.Store(shelf).pin(entry(store, number), True)
    before = dict(shelf)
    with pytest.raises(store.HistoryFull):
        add(store, shelf, entry(store, 3), limit=6000)
    assert shelf == before
    store.Store(shelf).pin(entry(store, 1), False)
    add(store, shelf, entry(store, 3), limit=6000)
    assert ids(store, shelf) == [3, 2]


def test_the_number_of_entries_is_bounded(store: Any) -> None:
    shelf = Shelf()
    for number in range(store.MOST_ENTRIES + 5):
        add(store, shelf, entry(store, number), limit=10**9, size=2)
    assert len(ids(store, shelf)) == store.MOST_ENTRIES


def test_a_deletion_is_undone(store: Any) -> None:
    shelf = Shelf()
    add(store, shelf, entry(store, 1))
    before = dict(shelf)
    removed = store.Store(shelf).delete(entry(store, 1))
    assert not shelf
    store.Store(shelf).put_back(removed)
    assert shelf == before
    assert store.Store(shelf).delete(entry(store, 7)) == {}


@pytest.mark.parametrize(
    "spoiled",
    [b"", b"\xff\xfe", b"[]", b"null", b"{}", b'{"version": 1}', b"[" * 100_000, b'{"version": 1, "options": {}}'],
)
def test_a_spoiled_entry_costs_only_itself(store: Any, spoiled: bytes) -> None:
    shelf = Shelf()
    for number in (1, 2, 3):
        add(store, shelf, entry(store, number))
    name = store.ENTRY + entry(store, 2).id
    shelf[name] = spoiled
    shelf[store.PREFIX + "something else"] = b"?"
    assert ids(store, shelf) == [3, 1]
    add(store, shelf, entry(store, 4))
    assert ids(store, shelf) == [4, 3, 1]
    assert shelf[name] == spoiled


@pytest.mark.parametrize(
    "change",
    [
        {"face_place": [0, 0, 0, 5]},
        {"face_place": "all"},
        {"sketch_place": [0, 0, 1e400, 1]},
        {"id": "yesterday"},
        {"id": "9" * 30 + "-0"},
        {"face": 7},
        {"options": []},
        {"frame": [1]},
        {"face": "nowhere"},
    ],
)
def test_an_entry_with_an_odd_field_is_not_shown(store: Any, change: dict[str, Any]) -> None:
    shelf = Shelf()
    add(store, shelf, entry(store, 1))
    add(store, shelf, entry(store, 2))
    name = store.ENTRY + entry(store, 2).id
    shelf[name] = json.dumps({**json.loads(shelf[name]), **change}).encode()
    assert ids(store, shelf) == [1]


def test_what_a_newer_version_wrote_is_left_alone(store: Any) -> None:
    """Its pictures too, though an entry of ours has them in common."""
    shelf = Shelf()
    add(store, shelf, entry(store, 1, sketch="same"))
    newer = json.dumps({"version": 2, "parts": ["same", "f9x"]}).encode()
    shelf[store.ENTRY + "newer"] = newer
    shelf[store.PICTURE + "f9x"] = bytes(100)
    add(store, shelf, entry(store, 2), limit=3600)
    assert ids(store, shelf) == [2]
    assert shelf[store.ENTRY + "newer"] == newer
    assert {store.PICTURE + "same", store.PICTURE + "f9x"} <= set(shelf)


def test_a_lost_picture_hides_its_entry(store: Any) -> None:
    shelf = Shelf()
    add(store, shelf, entry(store, 1))
    add(store, shelf, entry(store, 2))
    del shelf[store.PICTURE + "f1x"]
    assert ids(store, shelf) == [2]
