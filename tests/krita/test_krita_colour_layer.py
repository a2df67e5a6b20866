"""Colours painted over a sketch: what the server is told of them, and a face that follows them in a real Krita."""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from conftest import RunScenario
from krita_harness import REPOSITORY, Profile
from test_krita_history_store import Shelf, entry

from dfp import Appearance


@pytest.mark.parametrize("width", [16, 512, 513, 1025, 9000])
@pytest.mark.parametrize("height", [16, 17, 369, 701, 4096])
@pytest.mark.parametrize("factor", [1, 2, 3])
def test_it_has_the_proportions_that_the_server_wants(part: Any, width: int, height: int, factor: int) -> None:
    sent = part("document.geometry").Rect(7, -3, width, height).reduced(factor)
    columns, rows = part("document.painted_values").size_for(sent)
    assert max(columns, rows) == min(512, sent.longer)
    Appearance(painted=np.full((rows, columns, 4), 255, np.uint8)).check_shape((sent.width, sent.height))


class Layer:
    """A layer of so many bytes a pixel that holds its own coordinates, x and y of at most 255."""

    def __init__(self, size: int) -> None:
        self.size = size

    def childNodes(self) -> list[Any]:
        return []

    def pixelData(self, left: int, top: int, width: int, height: int) -> bytes:
        rest = bytes(self.size - 2)
        return b"".join(bytes((x, y)) + rest for y in range(top, top + height) for x in range(left, left + width))


def run_through(steps: "Generator[bool, None, Any]") -> Any:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


@pytest.mark.parametrize("step", [1, 3, 7])
@pytest.mark.parametrize("size", [2, 8, 16])
def test_bands_have_every_so_manieth_pixel_of_the_place(
    part: Any, size: int, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    thinning = part("document.thinning")
    monkeypatch.setattr(thinning, "BAND_PIXELS", 200)
    place = part("document.geometry").Rect(10, 20, 50, 31)
    bands = run_through(thinning.thinned(Layer(size), place, step))
    assert len(bands) > 1
    assert sum(band.rows for band in bands) == -(-31 // step)
    pixels = b"".join(band.pixels for band in bands)
    seen = [(pixels[at], pixels[at + 1]) for at in range(0, len(pixels), size)]
    assert seen == [(x, y) for y in range(20, 51, step) for x in range(10, 60, step)]


def test_what_is_painted_lies_where_it_was_painted(part: Any) -> None:
    values = part("document.painted_values")
    rect = part("document.geometry").Rect
    place = rect(100, 50, 90, 60)
    on_grid = values.on_grid(rect(111, 40, 7, 22), place, 4)
    assert on_grid == rect(108, 50, 12, 12)
    assert values.on_grid(rect(181, 50, 9, 9), place, 4) == rect(180, 50, 10, 12)
    assert values.on_grid(rect(0, 0, 9, 9), place, 4).empty
    pixel = bytes((1, 2, 3, 255))
    whole = values.laid_on(pixel * 3 * 2, rect(1, 1, 3, 2), rect(0, 0, 5, 4))
    assert len(whole) == 4 * 5 * 4
    at = [(n % 5, n // 5) for n in range(20) if whole[4 * n : 4 * n + 4] == pixel]
    assert at == [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2), (3, 2)]
    assert whole.count(0) == 4 * (20 - 6)
    assert values.swapped(whole)[4 * 6 : 4 * 7] == bytes((3, 2, 1, 255))
    assert values.swapped(values.swapped(whole)) == whole
    assert values.shows_anything(whole)
    assert not values.shows_anything(bytes((9, 9, 9, 0)) * 20)


def test_the_history_keeps_painted_colours_as_long_as_they_are_needed(part: Any) -> None:
    """An entry of an older plugin has none; two that were made of the same colours share them."""
    store = part("history.store")
    shelf = Shelf()
    first, second = entry(store, 1, painted="p1x"), entry(store, 2, painted="p1x")
    for made in (first, second):
        pictures = [kind + key for key in (made.face, made.sketch) for kind in (store.PICTURE, store.SMALL)]
        store.Store(shelf).add(made, dict.fromkeys([*pictures, store.PICTURE + "p1x"], bytes(500)), 10**6)
    assert store.Store(shelf).entries() == [second, first]
    assert store.Store(shelf).size() > 9 * 500
    store.Store(shelf).delete(first)
    assert store.PICTURE + "p1x" in shelf
    removed = store.Store(shelf).delete(second)
    assert not shelf
    store.Store(shelf).put_back(removed)
    assert store.Store(shelf).entries() == [second]
    older = replace(second, painted="").to_bytes().replace(b', "painted": ""', b"")
    assert b"painted" not in older
    assert store.Entry.from_bytes(older).painted == ""


def test_colour_layer(installed: Profile, run_scenario: RunScenario) -> None:
    """A green background, by real strokes, also live; renamed, hidden, deleted, undone, redone, reopened."""
    sketch = REPOSITORY / "dfp" / "examples" / "example_sketch.png"
    verdict = run_scenario(installed, "painting", DFP_PORTRAIT=str(sketch))
    print(verdict.notes)
