"""What callers from Python may ask for: one sentence for whatever cannot be used, one each for several sketches."""

from pathlib import Path

import numpy as np
import pytest
from face_drawing import draw_face
from PIL import Image

import dfp
from dfp import FaceGenerator, Frame, SketchError, Trust

DRAWING = draw_face(200)


@pytest.fixture(scope="module")
def generator(small_weights: Path) -> FaceGenerator:
    return FaceGenerator.load(small_weights, "cpu")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"trust": 0.5}, "Trust must be a Trust"),
        ({"trust": None}, "Trust must be a Trust"),
        ({"trust": [Trust()]}, "One sketch has one trust"),
        ({"sketch": None}, "numpy array or a PIL picture"),
        ({"sketch": "anna.png"}, "open anna.png with PIL.Image.open"),
        ({"sketch": Path("anna.png")}, "open anna.png with PIL.Image.open"),
        ({"sketch": {}}, "not a dict"),
        ({"sketch": ["anna.png", DRAWING]}, "open anna.png with PIL.Image.open"),
        ({"frame": (0, 0, 200)}, "four numbers"),
        ({"frame": (0, 0, 200, float("nan"))}, "four numbers"),
        ({"frame": (0, 0, 200, float("inf"))}, "four numbers"),
        ({"frame": (0, 0, "200", 200)}, "four numbers"),
        ({"frame": (10**400, 0, 200, 200)}, "four numbers"),
        ({"frame": "0,0,200,200"}, "four numbers"),
        ({"frame": 5}, "four numbers"),
        ({"frame": np.zeros((2, 4))}, "four numbers"),
        ({"frame": Frame(0, 0, 200, None)}, "four numbers"),  # pyright: ignore[reportArgumentType]
        ({"frame": [(0, 0, 200, 200)]}, "four numbers"),
        ({"frame": (-500000, -500000, 1000000, 1000000)}, "at most 16384 pixels"),
        ({"frame": (10**9, 0, 200, 200)}, "must lie within"),
        ({"frame": (0, 0, 0, 0)}, "selection is empty"),
        ({"frame": (0, 0, -200, -200)}, "selection is empty"),
        ({"frame": (5000, 0, 200, 200)}, "outside the picture"),
        ({"sketch": [DRAWING] * 3, "frame": [(0, 0, 200, 200)] * 2}, "2 frames for 3 sketches"),
        ({"sketch": [DRAWING] * 3, "trust": [Trust()] * 4}, "4 trusts for 3 sketches"),
        ({"sketch": [DRAWING] * 2, "trust": [Trust(), 0.5]}, "Trust must be a Trust"),
    ],
)
def test_what_cannot_be_used_gets_one_sentence(generator: FaceGenerator, wrong: dict, says: str) -> None:
    with pytest.raises(SketchError, match=says) as refused:
        generator.generate(**{"sketch": DRAWING, **wrong})
    said = str(refused.value)
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize("wrong", ["1", None, True, [0.5], 2, float("nan")])
def test_a_trust_is_a_number(wrong: object) -> None:
    with pytest.raises(SketchError, match=r"^Trust must be"):
        Trust(wrong)  # pyright: ignore[reportArgumentType]
    assert Trust(np.float32(0.5)).number == 0.5  # pyright: ignore[reportArgumentType]


def test_a_mask_of_trust_is_an_array() -> None:
    with pytest.raises(SketchError, match="numpy array, not a list"):
        Trust(0.0, [[128]])  # pyright: ignore[reportArgumentType]


def test_several_sketches_have_a_frame_and_a_trust_each(generator: FaceGenerator) -> None:
    sketches = [DRAWING, Image.fromarray(DRAWING), DRAWING]
    frames = [Frame(0, 0, 200, 200), None, (20, 10, 120, 120)]
    trusts = [Trust(1.0), Trust(), Trust(-1.0)]
    together = generator.generate(sketches, frames, trusts)
    for sketch, frame, trust, face in zip(sketches, frames, trusts, together, strict=True):
        alone = generator.generate(sketch, frame, trust)
        assert face.frame == alone.frame
        assert np.abs(face.image.astype(int) - alone.image).mean() < 1
        assert np.abs(face.attention - alone.attention).max() < 0.05
    assert together[0].attention[0].mean() > together[1].attention[0].mean() > together[2].attention[0].mean()
    shared = generator.generate(sketches, (20, 10, 120, 120), Trust(0.5))
    assert {face.frame for face in shared} == {dfp.Frame(20, 10, 120, 120)}
    assert generator.generate([], [], []) == []


def test_a_picture_of_more_than_8_bits_is_taken(generator: FaceGenerator) -> None:
    deep = Image.fromarray(DRAWING.astype(np.uint16) * 257)
    assert np.array_equal(generator.generate(deep).image, generator.generate(DRAWING).image)
