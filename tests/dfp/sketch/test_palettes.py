"""Colours that a painter wants: how they are written, filled in, and laid on the frame."""

from pathlib import Path

import numpy as np
import pytest

from dfp.errors import SketchError
from dfp.model.classes import REGIONS
from dfp.model.inputs import COLOURS, PAINTED_SIDE
from dfp.sketch.appearance import FITTING, Appearance
from dfp.sketch.frame import Frame
from dfp.sketch.palette import Palette, read_palette

PALETTES = np.random.default_rng(1).integers(0, 256, (40, 6, 3), dtype=np.uint8)


def rgb(values: np.ndarray) -> np.ndarray:
    return np.rint((values.reshape(6, 3) + 1) * 127.5).astype(int)


def test_colours_are_read_as_people_write_them() -> None:
    texts = {"skin": "#a5694f", "hair": "black", "lips": " rgb(20, 30, 40) ", "eyes": "#ABC"}
    palette = Palette.parse(texts)
    assert palette == Palette(skin=(165, 105, 79), hair=(0, 0, 0), lips=(20, 30, 40), eyes=(170, 187, 204))
    assert set(palette.named()) == set(texts)
    assert Palette(hair=(1, 2, 3)).over(palette).hair == (1, 2, 3)
    assert Palette(hair=(1, 2, 3)).over(palette).skin == palette.skin


@pytest.mark.parametrize("text", ["", "blackish", "#12345", "12, 13, 14", "url(x)"])
def test_what_is_no_colour_has_its_sentence(text: str) -> None:
    with pytest.raises(SketchError, match="is no colour for hair: write one like"):
        Palette.parse({"hair": text})


@pytest.mark.parametrize("colour", [(1, 2), (1, 2, 256), (-1, 0, 0), (0.5, 0, 0), "red", 7])
def test_what_is_no_colour_in_python_has_its_sentence(colour: object) -> None:
    with pytest.raises(SketchError, match="colour of skin must be"):
        Palette(skin=colour)  # pyright: ignore[reportArgumentType]
    with pytest.raises(SketchError, match="no region 'nose'"):
        Palette.parse({"nose": "red"})


def test_palettes_come_from_json_and_from_kritas_own_files(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"hair": "#102030", "background": "white"}')
    assert read_palette(tmp_path / "a.json") == Palette(hair=(16, 32, 48), background=(255, 255, 255))
    colours = " 16  32  48\tHair\n255 0 0\tsomething else\n9 9 9\n200 180 170\tskin\n"
    (tmp_path / "a.gpl").write_text("GIMP Palette\nName: Anna\nColumns: 3\n#\n" + colours)
    assert read_palette(tmp_path / "a.gpl") == Palette(hair=(16, 32, 48), skin=(200, 180, 170))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\x89PNG\r\n\x1a\n", "is no palette"),
        (b"[1, 2]", "is no palette"),
        (b'{"hair": 7}', "is no palette"),
        (b'{"nose": "red"}', "no region"),
        (b"[" * 200_000, "is no palette"),
        (b" " * (2 << 20), "is no palette"),
        (b"GIMP Palette\n1 2 3\tred\n", "named after a region"),
        (b"GIMP Palette\n1 2 999\thair\n", "from 0 to 255"),
    ],
)
def test_what_is_no_palette_has_its_sentence(tmp_path: Path, content: bytes, words: str) -> None:
    (tmp_path / "p").write_bytes(content)
    with pytest.raises(SketchError, match=words):
        read_palette(tmp_path / "p")
    with pytest.raises(SketchError, match="cannot be read"):
        read_palette(tmp_path / "missing")


def test_what_is_said_comes_and_the_rest_is_a_real_faces() -> None:
    usual = Appearance().colours(PALETTES)
    assert usual.shape == (COLOURS,)
    assert usual.dtype == np.float32
    assert np.array_equal(rgb(usual), PALETTES[0])
    hair, skin = (12, 34, 56), (200, 150, 120)
    for seed in (0, 1, 99):
        found = rgb(Appearance(Palette(hair=hair, skin=skin), seed=seed).colours(PALETTES))
        assert tuple(found[REGIONS.index("hair")]) == hair
        assert tuple(found[REGIONS.index("skin")]) == skin
        rest = [REGIONS.index(name) for name in ("lips", "eyes", "background", "clothes")]
        assert any(np.array_equal(found[rest], real[rest]) for real in PALETTES)


def test_a_seed_is_a_person() -> None:
    people = {seed: rgb(Appearance(seed=seed).colours(PALETTES)) for seed in range(30)}
    assert all(np.array_equal(rgb(Appearance(seed=s).colours(PALETTES)), p) for s, p in people.items())
    assert len({p.tobytes() for p in people.values()}) > 10
    assert all((p == PALETTES).all((1, 2)).any() for p in people.values())


def test_known_colours_are_filled_in_by_faces_like_them() -> None:
    wanted = PALETTES[17, 1]
    palette = Palette(hair=(int(wanted[0]), int(wanted[1]), int(wanted[2])))
    assert np.array_equal(rgb(Appearance(palette).colours(PALETTES)), PALETTES[17])
    found = {rgb(Appearance(palette, seed=seed).colours(PALETTES)).tobytes() for seed in range(60)}
    assert 1 < len(found) <= FITTING


def test_painted_colours_lie_where_they_are_painted() -> None:
    layer = np.zeros((50, 100, 4), np.uint8)
    layer[:, :50] = (255, 0, 128, 255)
    layer[:, 50:] = (0, 255, 0, 0)
    seen = Appearance(painted=layer).map(Frame(0, 0, 200, 200), (200, 100))
    assert seen.shape == (4, PAINTED_SIDE, PAINTED_SIDE)
    half = PAINTED_SIDE // 2
    assert np.allclose(seen[:, :half, :half], np.array([1, -1, 1 / 255, 1]).reshape(4, 1, 1), atol=1e-6)
    assert not seen[:, half:].any()  # below the sketch
    assert not seen[:, :, half:].any()  # transparent, whatever colour lies there
    assert not Appearance().map(Frame(0, 0, 200, 200), (200, 100)).any()
    thin = np.zeros((10, 10, 4), np.uint8)
    thin[..., 0], thin[..., 3] = 255, 51
    assert np.allclose(Appearance(painted=thin).map(Frame(0, 0, 9, 9), (9, 9))[0], 0.2)


def test_layers_and_seeds_that_are_none_have_their_sentences() -> None:
    with pytest.raises(SketchError, match="Nothing is painted"):
        Appearance(painted=np.zeros((4, 4, 4), np.uint8))
    for layer in (np.ones((4, 4, 3), np.uint8), np.ones((4, 4, 4), np.float32), np.ones((4, 4), np.uint8)):
        with pytest.raises(SketchError, match="red, green, blue and alpha"):
            Appearance(painted=layer)
    for seed in (-1, 2**32, 0.5, "7"):
        with pytest.raises(SketchError, match="seed is a whole number"):
            Appearance(seed=seed)  # pyright: ignore[reportArgumentType]


def test_only_what_says_something_is_wanted() -> None:
    assert not Appearance().wanted
    assert Appearance(seed=1).wanted
    assert Appearance(Palette(hair=(0, 0, 0))).wanted
    assert Appearance(painted=np.full((2, 2, 4), 9, np.uint8)).wanted
