"""Palettes, painted colours and seeds: what is taken, what is filled in, and one sentence for whatever is none."""

import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from face_drawing import PALETTES, draw_face

from dfp import Appearance, FaceGenerator, Palette, SketchError, read_palette
from dfp.model.classes import REGIONS
from dfp.model.inputs import COLOURS
from dfp.sketch.appearance import MOST_SEEDS
from dfp.sketch.frame import Frame

DRAWING = draw_face(200)
GPL = "GIMP Palette\nName: Anna\nColumns: 3\n# hers\n165 105  79\tSkin\n  0   0   0\tHair\n1 2 3\tUntitled\n"


@pytest.fixture(scope="module")
def generator(coloured_weights: Path) -> FaceGenerator:
    return FaceGenerator.load(coloured_weights, "cpu", "torch")


def layer(height: int = 200, width: int = 200) -> np.ndarray:
    """A colour layer, red on its left half, else transparent."""
    painted = np.zeros((height, width, 4), np.uint8)
    painted[:, : width // 2] = (200, 0, 0, 255)
    return painted


@pytest.mark.parametrize("name", ["anna.json", "anna.gpl"])
def test_palette_files(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_text(GPL if name.endswith("gpl") else json.dumps({"skin": "rgb(165, 105, 79)", "hair": "black"}))
    palette = read_palette(path)
    assert palette == Palette(skin=(165, 105, 79), hair=(0, 0, 0))
    assert palette.written() == {"skin": "#a5694f", "hair": "#000000"}
    assert Palette.parse(palette.written()) == palette


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "is no palette"),
        (b"\xff\xfe\x00", "is no palette"),
        (b"[1, 2]", "is no palette"),
        (b"{}", "is no palette"),
        (b'{"hair": 5}', "is no palette"),
        (b'{"hair": "#201510"', "is no palette"),
        (b"[" * 100_000, "is no palette"),
        (b" " * 2**20 + b"{}", "is no palette"),
        (b'{"nose": "red"}', "no region 'nose'"),
        (b'{"hair": "loud"}', "'loud' is no colour for hair"),
        (b'{"hair": "rgb(300, 0, 0)"}', "from 0 to 255"),
        (b'{"hair": "' + b"x" * 90_000 + b'"}', "is no colour for hair"),
        (b"GIMP Palette\n1 2 3\tUntitled\n", "named after a region"),
        ("GIMP Palette\n1 \u00b2 3\tHair\n".encode(), "named after a region"),
        (b"GIMP Palette\n999 2 3\tHair\n", "from 0 to 255"),
        (b"GIMP Palette\n" + b"9" * 5000 + b" 2 3\tHair\n", "named after a region"),
    ],
)
def test_a_palette_that_is_none_gets_one_sentence(tmp_path: Path, content: bytes, says: str) -> None:
    (tmp_path / "p").write_bytes(content)
    with pytest.raises(SketchError, match=says) as refused:
        read_palette(tmp_path / "p")
    said = str(refused.value)
    assert said.endswith((".", "}."))
    assert "\n" not in said
    assert len(said) < 300 + len(str(tmp_path))


def test_what_is_no_file_is_no_palette(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path, says in ((tmp_path / "pipe", "is no palette"), (tmp_path, "is no palette"), (tmp_path / "x", "No such")):
        with pytest.raises(SketchError, match=says):
            read_palette(path)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: Palette(hair="black"), "three whole numbers"),  # pyright: ignore[reportArgumentType]
        (lambda: Palette(hair=(0, 0)), "three whole numbers"),  # pyright: ignore[reportArgumentType]
        (lambda: Palette(hair=(0, 0, 256)), "three whole numbers"),
        (lambda: Palette(hair=(0, 0, 0.5)), "three whole numbers"),  # pyright: ignore[reportArgumentType]
        (lambda: Appearance({"hair": (0, 0, 0)}), "must be a Palette"),  # pyright: ignore[reportArgumentType]
        (lambda: Appearance(seed=-1), "A seed is"),
        (lambda: Appearance(seed=2**32), "A seed is"),
        (lambda: Appearance(seed=1.5), "A seed is"),  # pyright: ignore[reportArgumentType]
        (lambda: Appearance(seed=True), "A seed is"),
        (lambda: Appearance(painted=[[0]]), "Painted colours must be"),  # pyright: ignore[reportArgumentType]
        (lambda: Appearance(painted=np.zeros((4, 4, 3), np.uint8)), "Painted colours must be"),
        (lambda: Appearance(painted=np.ones((4, 4, 4), np.float32)), "Painted colours must be"),
        (lambda: Appearance(painted=np.zeros((4, 4, 4), np.uint8)), "Nothing is painted"),
        (lambda: Appearance(painted=np.zeros((0, 4, 4), np.uint8)), "Nothing is painted"),
    ],
)
def test_other_values_get_a_sentence(wrong: object, says: str) -> None:
    with pytest.raises(SketchError, match=says):
        wrong()  # pyright: ignore[reportCallIssue]


def test_what_is_open_is_a_real_faces() -> None:
    usual, known = Appearance().colours(PALETTES), Palette(skin=(92, 62, 47), hair=(16, 12, 10))
    assert usual.shape == (COLOURS,)
    assert Palette.of(usual).named() == dict(zip(REGIONS, map(tuple, PALETTES[0].tolist()), strict=True))
    filled = Palette.of(Appearance(known).colours(PALETTES))
    assert filled.over(Palette()) == known.over(filled)
    assert filled.clothes == tuple(PALETTES[1, 5])  # of the face that is nearest to the colours that are known
    drawn = {seed: Appearance(seed=seed).colours(PALETTES).tobytes() for seed in range(20)}
    assert 1 < len(set(drawn.values())) <= len(PALETTES)
    assert drawn == {seed: Appearance(seed=seed).colours(PALETTES).tobytes() for seed in range(20)}


@pytest.mark.parametrize("shape", [(100, 100), (204, 200), (197, 200), (8, 8), (4000, 4010)])
def test_a_layer_of_any_size_with_the_sketchs_proportions(shape: tuple[int, int]) -> None:
    looks = Appearance(painted=layer(*shape))
    looks.check_shape((200, 200))
    cells = looks.map(Frame(0, 0, 200, 200), (200, 200))
    assert np.allclose(cells[3, :, :15], 1)
    assert np.allclose(cells[3, :, 17:], 0)


@pytest.mark.parametrize("shape", [(100, 200), (206, 200), (200, 206), (7, 8)])
def test_a_layer_of_other_proportions(generator: FaceGenerator, shape: tuple[int, int]) -> None:
    with pytest.raises(SketchError, match=r"has other proportions than the sketch \(200 x 200\): make it as large"):
        generator.generate(DRAWING, appearance=Appearance(painted=layer(*shape)))


def test_a_small_layer_is_as_near_as_whole_pixels_allow() -> None:
    Appearance(painted=layer(45, 64)).check_shape((8192, 5737))
    Appearance(painted=layer(1, 256)).check_shape((8192, 16))


def test_a_face_follows_its_appearance(generator: FaceGenerator) -> None:
    looks = [
        Appearance(),
        Appearance(Palette(skin=(40, 20, 10))),
        Appearance(Palette(hair=(250, 250, 250)), layer()),
        Appearance(painted=layer()),
        Appearance(seed=3),
    ]
    faces = generator.generate([DRAWING] * len(looks), appearance=looks)
    alone = [generator.generate(DRAWING, appearance=look) for look in looks]
    for face, same in zip(faces, alone, strict=True):
        assert np.abs(face.image.astype(int) - same.image).mean() < 1
    assert len({face.image.tobytes() for face in alone}) == len(looks)


def test_variants_are_different_people_from_the_seed_on() -> None:
    variants = Appearance(seed=7).variants(4, PALETTES)
    assert variants[0].seed == 7
    assert len({look.colours(PALETTES).tobytes() for look in variants}) == 4
    known = Palette(hair=(16, 12, 10))
    assert all(look.palette == known for look in Appearance(known, seed=7).variants(2, PALETTES))
    first, second, *_ = Appearance(seed=MOST_SEEDS - 1).variants(3, PALETTES)
    assert (first.seed, second.seed < 100) == (MOST_SEEDS - 1, True), "after the last seed comes the first"


def test_variants_look_unlike_each_other_where_they_can() -> None:
    palettes = np.repeat(np.arange(10, 18, dtype=np.uint8), 18).reshape(8, 6, 3)  # eight shades of nearly black
    palettes[3] = 250
    for seed in range(1, 6):
        one, other = (look.colours(palettes).mean() for look in Appearance(seed=seed).variants(2, palettes))
        assert abs(one - other) > 1
    assert len(Appearance(seed=1).variants(8, palettes)) > 4, "when there are no others, such as are alike will do"


def test_where_all_colours_are_known_there_is_one_person() -> None:
    all_known = Palette.of(Appearance().colours(PALETTES))
    assert [look.seed for look in Appearance(all_known, seed=7).variants(4, PALETTES)] == [7]


def test_variants_are_the_faces_of_their_seeds(generator: FaceGenerator) -> None:
    told = Appearance(Palette(hair=(250, 250, 250)), layer(), 3)
    variants = generator.variants(DRAWING, 4, appearance=told)
    assert next(iter(variants)) == 3
    assert len({face.image.tobytes() for face in variants.values()}) == len(variants) > 1
    for seed, face in variants.items():
        alone = generator.generate(DRAWING, appearance=replace(told, seed=seed))
        assert np.abs(face.image.astype(int) - alone.image).max() <= 3
        assert np.array_equal(face.attention, alone.attention)
        assert face.frame == alone.frame
        assert {"prepare", "model"} <= set(face.timings)


@pytest.mark.parametrize("count", [0, 65, 1.0, True])
def test_a_number_of_variants_that_is_none(generator: FaceGenerator, count: object) -> None:
    with pytest.raises(SketchError, match=r"^The number of variants is a whole number from 1 to 64\.$"):
        generator.variants(DRAWING, count)  # pyright: ignore[reportArgumentType]


def test_weights_without_colours(small_weights: Path) -> None:
    plain = FaceGenerator.load(small_weights, "cpu", "torch")
    plain.generate(DRAWING, appearance=Appearance())
    for look in (Appearance(seed=1), Appearance(Palette(hair=(0, 0, 0))), Appearance(painted=layer())):
        with pytest.raises(SketchError, match=r"^These weights know no colours\."):
            plain.generate(DRAWING, appearance=look)
    with pytest.raises(SketchError, match=r"^These weights know no colours\."):
        plain.variants(DRAWING)


def test_an_appearance_is_one(generator: FaceGenerator) -> None:
    with pytest.raises(SketchError, match=r"^Appearance must be an Appearance, as dfp\.Appearance\(seed=7\) is, not"):
        generator.generate(DRAWING, appearance=Palette())  # pyright: ignore[reportArgumentType, reportCallIssue]
