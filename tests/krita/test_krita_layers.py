"""Faces cut out and as groups of layers: what becomes of an answer's layers, how they are read, and a real Krita."""

from collections.abc import Generator
from dataclasses import replace
from typing import Any

import msgpack
import pytest
from conftest import RunScenario
from krita_harness import Profile


def finished(steps: "Generator[bool, None, Any]") -> Any:
    """What an iterator returns in the end."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def answer_of(part: Any, **changed: Any) -> Any:
    """An answer of 4 x 3 pixels, each of another blue, opaque but for the first row and column."""
    places = ((x, y) for y in range(3) for x in range(4))
    pixels = bytes(number for x, y in places for number in (10 * y + x, 1, 2, 255 if x and y else 0))
    made = part("wire").GenerateAnswer("a", 5, 6, 4, 3, "BGRA", pixels, "sum", {})
    return replace(made, **changed)


def in_layers(part: Any) -> Any:
    """An answer with layers: a background, two pixels of clothes of which one is transparent, and nothing else."""
    plain = answer_of(part)
    clothes = bytes((9, 9, 9, 255, 0, 0, 0, 0))
    places = ((0, 0, 4, 3), (1, 2, 2, 1), (0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0))
    return replace(plain, layers=bytes([7, 7, 7, 255]) * 12 + clothes, layer_places=places)


def test_a_layer_is_written_where_it_has_anything(part: Any) -> None:
    parts = part("document.face_parts")
    (cut,) = finished(parts.parts_of("cut out", answer_of(part)))
    assert cut.place == (1, 1, 3, 2)
    assert cut.pixels[::4] == bytes([11, 12, 13, 21, 22, 23])
    (whole,) = finished(parts.parts_of("layer", answer_of(part)))
    assert whole.place == (0, 0, 4, 3)
    made = finished(parts.parts_of("group", in_layers(part)))
    assert [one.place for one in made[:2]] == [(0, 0, 4, 3), (1, 2, 1, 1)]
    assert made[1].pixels == bytes((9, 9, 9, 255))
    assert all(one.place.empty and not one.pixels for one in made[2:])


def test_binary_fields_of_an_answer_are_read_wherever_they_are(part: Any) -> None:
    messages = part("shared.messages")
    answer = in_layers(part)
    fields = {**answer.to_map(), "attention": bytes(5000), "attention_shape": (1, 50, 100), "newer": b"x" * 9000}
    body = bytearray(msgpack.packb(fields, use_bin_type=True) or b"")
    read = messages.decode_answer(200, body, "a")
    assert (read.layers, read.attention, read.pixels) == (answer.layers, bytes(5000), answer.pixels)
    assert [tuple(place) for place in read.layer_places] == list(answer.layer_places)
    late = {"model": "m" * 9000, **{name: value for name, value in fields.items() if name != "model"}}
    assert messages.decode_answer(200, bytearray(msgpack.packb(late) or b""), "a").layers == answer.layers


@pytest.mark.parametrize("noted", ["pile", 1, None, []])
def test_a_form_that_is_none_counts_as_never_set(part: Any, noted: Any) -> None:
    options = part("document.options")
    assert options.Options.from_map({"form": noted}).form == options.LAYER
    for form in options.FORMS:
        assert options.Options.from_map(options.Options(form=form).to_map()).form == form


def test_each_form_has_its_words_and_each_layer_its_name(part: Any) -> None:
    texts, options, wire = part("texts"), part("document.options"), part("wire")
    for words in (texts.faces, part("texts.de.faces")):
        assert tuple(words.FORMS) == options.FORMS
        assert tuple(words.PARTS) == wire.LAYERS


def test_layers(installed: Profile, run_scenario: RunScenario) -> None:
    """A group with a stroke of hers between its layers, through renewals, undo, redo, live; cut out; masked; saved."""
    print(run_scenario(installed, "layering").notes)
