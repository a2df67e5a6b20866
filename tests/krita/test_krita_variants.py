"""Several people to choose from, and palettes by layer name: plain parts, and both in a real Krita."""

from typing import Any

import msgpack
import pytest
from conftest import RunScenario
from krita_harness import REPOSITORY, Profile

PERSON = {"seed": 7, "palette": {"hair": [1, 2, 3]}, "width": 2, "height": 1, "mode": "RGB", "pixels": bytes(6)}
ANSWER: dict[str, Any] = {"id": "a", "variants": [PERSON, {**PERSON, "seed": 9}], "model": "sum", "timings": {}}


def test_people_are_read_from_an_answer(part: Any) -> None:
    messages = part("shared.messages")
    large = [{**PERSON, "seed": seed, "width": 128, "height": 128, "pixels": bytes(3 * 128 * 128)} for seed in range(8)]
    for people in (ANSWER["variants"], large):
        answer = messages.decode_variants(200, msgpack.packb({**ANSWER, "variants": people, "later": 5}), "a")
        assert [one.seed for one in answer.people] == [one["seed"] for one in people]
        assert answer.people[0].pixels == people[0]["pixels"]
    assert dict(answer.people[0].palette) == {"hair": [1, 2, 3]}


@pytest.mark.parametrize(
    "changed",
    [{"id": "b"}, {"variants": []}, {"variants": [{**PERSON, "mode": "L", "pixels": bytes(2)}]}, {"version": 2}],
    ids=str,
)
def test_an_answer_that_is_not_ours(part: Any, changed: dict[str, Any]) -> None:
    messages = part("shared.messages")
    with pytest.raises(messages.NotOurs):
        messages.decode_variants(200, msgpack.packb({**ANSWER, **changed}), "a")


def test_what_the_server_says_instead_of_people(part: Any) -> None:
    messages = part("shared.messages")
    with pytest.raises(messages.ServerSaidNo, match=r"^Draw more\.$"):
        messages.decode_variants(422, msgpack.packb({"code": "bad-sketch", "message": "Draw more."}), "a")


def test_the_first_row_that_means_a_layer_holds(part: Any) -> None:
    table, palette = part("document.layer_palettes"), part("document.palette")
    red, fair, now = (palette.Palette(hair=(shade, 0, 0)) for shade in (1, 2, 3))
    rows = (table.Row("Anna?", "Red", red), table.Row("anna*", "Fair", fair), table.Row("Bert [1]", "Gone", red))
    found = {
        layer: table.palette_for(layer, rows, {"Fair": now}) for layer in ("anna1", "Anna far", "Bert [1]", "Bert 1")
    }
    assert found == {"anna1": red, "Anna far": now, "Bert [1]": red, "Bert 1": None}


def test_the_table_comes_back_from_what_is_noted(part: Any) -> None:
    table, palette = part("document.layer_palettes"), part("document.palette")
    rows = (table.Row("Anna*", "Red", palette.Palette(hair=(1, 2, 3))), table.Row("*", "Open", palette.NO_PALETTE))
    assert table.from_noted(table.noted(rows)) == rows
    spoilt = [5, {"layer": "x"}, {"layer": " ", "palette": "y"}, {"layer": "x", "palette": "y", "colours": 3}]
    assert table.from_noted({"rows": spoilt}) == (table.Row("x", "y", palette.NO_PALETTE),)
    for noted in (None, [], {}, {"rows": 5}):
        assert table.from_noted(noted) == ()


def test_in_a_real_krita(installed: Profile, run_scenario: RunScenario) -> None:
    """Four people, one of them chosen, undone and redone; four others; a batch of three layers with two palettes."""
    verdict = run_scenario(
        installed, "variants", DFP_SKETCH=str(REPOSITORY / "dfp" / "examples" / "example_sketch.png")
    )
    print(verdict.notes)
