"""Colours of a face's regions in the plugin: as options, and in a real Krita."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from conftest import RunScenario
from krita_harness import REPOSITORY, Profile

EXAMPLE = REPOSITORY / "dfp" / "examples" / "example_sketch.png"
# In Lab: light and shade move a part of a region by so much from the colour of the whole.
FAR = 25.0
REGIONS = ("skin", "hair", "lips", "eyes", "background", "clothes")


def test_a_palette_has_the_servers_regions(part: Any) -> None:
    from dfp.model.classes import REGIONS as THEIRS

    assert part("document.palette").REGIONS == REGIONS == THEIRS


@pytest.mark.parametrize(
    "noted",
    [None, [], "#a5694f", {"hair": "red"}, {"hair": [1, 2]}, {"hair": [1, 2, 256]}, {"hair": [True, 2, 3]}, {"x": 1}],
)
def test_damaged_colours_count_as_unknown(part: Any, noted: Any) -> None:
    palette = part("document.palette")
    assert palette.Palette.from_map(noted) == palette.NO_PALETTE


def test_a_damaged_colour_leaves_the_others(part: Any) -> None:
    palette = part("document.palette").Palette.from_map({"hair": [200, 60, 20], "skin": [-1, 0, 0]})
    assert palette.known == {"hair": (200, 60, 20)}
    assert palette.to_map() == {"hair": [200, 60, 20]}
    assert palette.with_colour("hair", None).known == {}


def test_palette_and_seed_are_options(part: Any) -> None:
    options, palette = part("document.options"), part("document.palette")
    chosen = options.Options(palette=palette.Palette(hair=(1, 2, 3), eyes=(0, 0, 255)), seed=2**32 - 1)
    assert options.Options.from_map(chosen.to_map()) == chosen
    assert hash(chosen) != hash(options.NO_OPTIONS)


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, "1", True, None])
def test_a_damaged_seed_is_the_usual_person(part: Any, seed: Any) -> None:
    options = part("document.options")
    assert options.Options.from_map({"seed": seed, "trust": 0.5}) == options.Options(trust=0.5)


def test_the_history_tells_palette_and_person(part: Any) -> None:
    chosen = part("texts").colours.chosen
    assert chosen({"hair": [170, 60, 25], "nose": [1, 2, 3], "eyes": "blue"}, 7) == ["Hair #aa3c19", "Person 7"]
    assert chosen({}, 0) == chosen(None, None) == []


def test_people_in_turn(part: Any) -> None:
    people = part("document.people").People().with_seed(7).with_seed(9).with_seed(7)
    assert people.seeds == (0, 7, 9)
    assert (people.before(9), people.before(7), people.before(0)) == (7, 0, None)
    assert (people.after(0), people.after(9)) == (7, None)
    assert (people.before(1234), people.after(1234)) == (9, None), "one that was chosen elsewhere is the newest"
    assert people.without(7).seeds == (0, 9)
    assert people.without(1234) == people
    crowd = people
    for seed in range(100, 200):
        crowd = crowd.with_seed(seed)
    assert len(crowd.seeds) == 64
    assert crowd.seeds[-1] == 199


@pytest.mark.parametrize("noted", [None, [], {}, {"seeds": 3}, {"seeds": []}, {"seeds": [-1]}, {"seeds": ["a"]}])
def test_damaged_people_count_as_never_drawn(part: Any, noted: Any) -> None:
    people = part("document.people").People
    assert people.from_map(noted) == people()
    assert people.from_map(people((3, 4)).to_map()) == people((3, 4))


def test_gpl_there_and_back_and_into_dfp(part: Any, tmp_path: Path) -> None:
    from dfp.sketch.palette import read_palette

    gpl, palette = part("document.gpl"), part("document.palette")
    named = gpl.NamedPalette("Anna im Schnee", palette.Palette(hair=(5, 60, 225), background=(0, 0, 0)))
    assert gpl.from_gpl(gpl.to_gpl(named).encode()) == named
    file = tmp_path / "anna.gpl"
    file.write_text(gpl.to_gpl(named), encoding="utf-8")
    assert read_palette(file).named() == named.palette.known


def test_gpl_of_others(part: Any) -> None:
    gpl = part("document.gpl")
    krita = b"\xef\xbb\xbfGIMP Palette\r\nName: A\r\nColumns: 3\r\n#\r\n170 60 25\tHair\t12\r\n1 2 3 sky\r\n"
    krita += b"999 0 0 lips\r\n"
    assert gpl.from_gpl(krita) == ("A", part("document.palette").Palette(hair=(170, 60, 25)))
    assert gpl.from_gpl(b"GIMP Palette\n1 2 3 Untitled\n").palette.known == {}
    for data in (b"", b"JASC-PAL\n0100", b"GIMP Palette\n\xff", b"GIMP Palette\n" + b"#" * (1 << 20)):
        with pytest.raises(gpl.NotGpl):
            gpl.from_gpl(data)


def test_palettes_in_the_painters_file(part: Any, tmp_path: Path) -> None:
    store, palette = part("document.palette_store"), part("document.palette")
    file = tmp_path / "palettes.json"
    kept = store.UserPalettes(file)
    assert kept.read() == {}
    anna = palette.Palette(hair=(1, 2, 3))
    kept.write({"Anna": anna})
    assert kept.read() == {"Anna": anna}
    assert [path.name for path in tmp_path.iterdir()] == ["palettes.json"]
    file.write_text('{"palettes": {"Anna": {"hair": [1, 2, 3]}, "B": {"hair": "red"}, "": 3}}')
    assert kept.read() == {"Anna": anna}
    file.write_text("[")
    assert kept.read() == {}


def test_palettes_that_cannot_be_kept_are_told(part: Any, tmp_path: Path) -> None:
    store = part("document.palette_store")
    with pytest.raises(part("refusal").Refusal, match="could not be saved"):
        store.UserPalettes(tmp_path / "nowhere" / "palettes.json").write({})


def test_names_of_palettes(part: Any) -> None:
    store = part("document.palette_store")
    assert store.clean_name("  Anna\n im  Schnee ") == "Anna im Schnee"
    assert len(store.clean_name("x" * 1000)) == 60
    assert store.free_name("A", {}) == "A"
    assert store.free_name("A", {"A": None, "A 2": None}) == "A 3"


def test_a_palette_is_read_off_what_lies_under_the_regions(part: Any) -> None:
    """A face of 16 x 16 places: a few stray pixels and what is transparent do not count."""
    rows = ["b" * 16, "b" * 2 + "h" * 12 + "b" * 2, "b" * 2 + "h" * 12 + "b" * 2]
    rows += ["b" * 2 + "s" * 12 + "b" * 2] * 2
    rows += ["bb" + "ss" + "wwww" + "wwww" + "ss" + "bb", "bb" + "ss" + "eeee" + "eeee" + "ss" + "bb"]
    rows += ["b" * 2 + "s" * 12 + "b" * 2] * 4 + ["bb" + "ss" + "l" * 8 + "ss" + "bb"] * 2
    rows += ["b" * 2 + "s" * 12 + "b" * 2] * 2 + ["c" * 16]
    drawn = "".join(rows)
    layers = {"background": "b", "clothes": "c", "skin": "s", "hair": "h", "features": "wel"}
    regions = b"".join(bytes(255 * (place in kinds) for place in drawn) for kinds in layers.values())
    inks = {"b": (9, 9, 90), "c": (200, 0, 0), "s": (180, 130, 100), "h": (60, 30, 20), "w": (0, 0, 0)}
    inks |= {"e": (40, 90, 160), "l": (190, 90, 90)}
    pixels = bytearray(b"".join(bytes((*inks[place][::-1], 255)) for place in drawn))
    pixels[:4] = b"\x00\xff\x00\xff"
    for at in range(0, 16, 2):
        pixels[4 * (15 * 16 + at) : 4 * (15 * 16 + at) + 4] = b"\x01\x02\x03\x00"
    palette = part("generation.region_colours").palette_under(regions, (5, 16, 16), bytes(pixels))
    wanted = {"skin": "s", "hair": "h", "lips": "l", "eyes": "e", "background": "b", "clothes": "c"}
    assert palette.known == {region: inks[kind] for region, kind in wanted.items()}
    nothing = part("generation.region_colours").palette_under(regions, (5, 16, 16), bytes(4 * 256))
    assert nothing.known == {}


def lab(colour: Sequence[float]) -> np.ndarray:
    return cv2.cvtColor(np.array(colour, np.float32).reshape(1, 1, 3) / 255, cv2.COLOR_RGB2LAB).ravel()


def apart(one: Sequence[float], other: Sequence[float]) -> float:
    return float(np.linalg.norm(lab(one) - lab(other)))


def test_colouring(installed: Profile, run_scenario: RunScenario) -> None:
    """A dark woman with red hair and a blond old man of one sketch, by clicks on swatches; and all around it."""
    verdict = run_scenario(installed, "colouring", DFP_SKETCH=str(EXAMPLE))
    woman, man, wide = (verdict.notes[name] for name in ("dark woman", "old man", "wide gamut"))
    for wanted, seen in (woman, man, wide):
        errors = {region: round(apart(colour, seen[region]), 1) for region, colour in wanted.items()}
        print(errors)
        assert max(errors.values()) < FAR, errors
    for region in ("skin", "hair"):
        assert apart(woman[0][region], woman[1][region]) < apart(man[0][region], woman[1][region])
        assert apart(man[0][region], man[1][region]) < apart(woman[0][region], man[1][region])
