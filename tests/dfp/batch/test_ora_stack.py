"""OpenRaster: lists of layers read and edited, layers laid over each other."""

import io
from pathlib import Path

import numpy as np
import pytest
from ora_files import png, write_ora
from PIL import Image, ImageChops, ImageCms

from dfp.batch.layered.ora.archive import OraFile
from dfp.batch.layered.ora.flatten import flattened
from dfp.batch.layered.ora.stack import Change, OraLayer, Stack, changed
from dfp.errors import SketchError

TEXT = """<?xml version="1.0" encoding="utf-8"?>
<!-- <layer name="none"/> -->
<image w="40" h="30" version="0.0.3">
<stack>
\t<layer name="über &quot;1&quot;" src='data/a.png' x="3" own:it="a > b" y='-4' />
\t<stack name="in" x="10" y="20" opacity="0.5">
\t\t<stack x="1" y="1" isolation="isolate"><layer name="deep" src="data/b.png" x="5" y="6"></layer></stack>
\t</stack>
\t<layer src="data/c.png" visibility="hidden" composite-op="svg:multiply"/>
</stack>
</image>"""


def test_layers_of_nested_stacks_with_offsets():
    stack = Stack.read(TEXT.encode())
    assert (stack.width, stack.height) == (40, 30)
    over, group, inner, deep, last = stack.layers
    assert (over.name, over.left, over.top, over.path) == ('über "1"', 3, -4, ('über "1"',))
    assert (group.source, group.isolated, group.opacity) == (None, True, 0.5)
    assert (inner.isolated, inner.parent) == (True, group.number)
    assert (deep.left, deep.top, deep.origin, deep.path) == (16, 27, (11, 21), ("in", "", "deep"))
    assert (last.visible, last.operation, last.parent) == (False, "svg:multiply", None)
    assert stack.inside(None) == [over, group, last]


def test_the_text_is_edited_where_something_is_new():
    stack = Stack.read(TEXT.encode())
    over, _, _, deep, last = stack.layers
    text = changed(
        stack,
        [
            Change(over, True, "", "data/f.png", 1, 2),
            Change(deep, False, 'Face · "ä"', "data/g.png", 12, 20),
            Change(last, False, "Face · ", "data/h.png", 0, 0),
        ],
    ).decode()
    attributes = 'opacity="1.0" visibility="{}" composite-op="svg:src-over"'
    deep_face = f"""<layer name='Face &#183; "&#228;"' {attributes.format("visible")} src="data/g.png" x="1" y="-1"/>"""
    last_face = f'<layer name="Face &#183; " {attributes.format("hidden")} src="data/h.png" x="0" y="0"/>\n\t'
    expected = (
        TEXT.replace("src='data/a.png' x=\"3\"", 'src="data/f.png" x="1"')
        .replace("y='-4'", 'y="2"')
        .replace('<layer name="deep"', deep_face + '<layer name="deep"')
        .replace('<layer src="data/c.png"', last_face + '<layer src="data/c.png"')
    )
    assert text == expected
    names = [layer.name for layer in Stack.read(text.encode()).layers]
    assert names == ['über "1"', "in", "", 'Face · "ä"', "deep", "Face · ", ""]


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"<image><stack/></image>",
        b"<image w='4' h='0'><stack/></image>",
        b"<image w='4' h='4'><layer name='a'/></image>",
        b"<image w='4' h='4'><stack><layer x='left'/></stack></image>",
        b"<image w='4' h='4'><stack><layer></stack></image>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><image w='4' h='4'><stack/></image>",
        "<image w='4' h='4'><stack/></image>".encode("utf-16"),
        b"<image w='4' h='4'>" + b"<stack>" * 300 + b"</stack>" * 300 + b"</image>",
    ],
)
def test_a_list_of_layers_that_is_none(text: bytes):
    with pytest.raises(SketchError, match="list of layers cannot be read"):
        Stack.read(text)


def flat(layers: str, pictures: dict[str, np.ndarray], size: tuple[int, int]) -> np.ndarray:
    """A stack of pictures as one."""
    stack = Stack.read(f"<image w='{size[0]}' h='{size[1]}'><stack>{layers}</stack></image>".encode())

    def picture_of(layer: OraLayer) -> np.ndarray:
        return pictures[layer.source or ""]

    return flattened(stack, picture_of)


def noise(seed: int, opaque: bool = False, side: int = 16) -> np.ndarray:
    picture = np.random.default_rng(seed).integers(0, 256, (side, side, 4), np.uint8)
    if opaque:
        picture[..., 3] = 255
    return picture


def test_layers_over_each_other_are_as_pillow_has_them():
    a, b, c = noise(1, opaque=True), noise(2), noise(3)
    c[..., 3] = c[..., 3] // 2 * 2
    layers = "<layer src='c' x='4' y='-3' opacity='0.5'/><layer src='b'/><layer src='a'/>"
    seen = flat(layers, {"a": a, "b": b, "c": c}, (16, 16)).astype(int)
    half = c.copy()
    half[..., 3] //= 2
    expected = Image.alpha_composite(Image.fromarray(a), Image.fromarray(b))
    over = Image.new("RGBA", (16, 16))
    over.paste(Image.fromarray(half), (4, -3))
    assert np.abs(seen - np.asarray(Image.alpha_composite(expected, over)).astype(int)).max() <= 2


@pytest.mark.parametrize(
    ("operation", "of"),
    [
        ("multiply", ImageChops.multiply),
        ("screen", ImageChops.screen),
        ("darken", ImageChops.darker),
        ("lighten", ImageChops.lighter),
        ("difference", ImageChops.difference),
        ("hard-light", ImageChops.hard_light),
        ("overlay", ImageChops.overlay),
        ("plus", ImageChops.add),
    ],
)
def test_ways_of_mixing_are_as_pillow_has_them(operation: str, of):
    below, above = noise(4, opaque=True), noise(5, opaque=True)
    seen = flat(f"<layer src='b' composite-op='svg:{operation}'/><layer src='a'/>", {"a": below, "b": above}, (16, 16))
    expected = of(Image.fromarray(below).convert("RGB"), Image.fromarray(above).convert("RGB"))
    assert np.abs(seen[..., :3].astype(int) - np.asarray(expected).astype(int)).max() <= 2
    assert (seen[..., 3] == 255).all()


def pixel(operation: str, below: tuple[int, ...], above: tuple[int, ...]) -> list[int]:
    pictures = {"a": np.full((1, 1, 4), below, np.uint8), "b": np.full((1, 1, 4), above, np.uint8)}
    return flat(f"<layer src='b' composite-op='{operation}'/><layer src='a'/>", pictures, (1, 1))[0, 0].tolist()


@pytest.mark.parametrize(
    ("operation", "above", "expected"),
    [
        # Worked out by hand, as fifths of 255, over (4, 1, 2) / 5.
        ("svg:color-dodge", (51, 102, 204), (255, 85, 255)),
        ("svg:color-burn", (51, 102, 204), (0, 0, 64)),
        ("svg:soft-light", (51, 102, 204), (180, 43, 138)),
        ("svg:color", (51, 102, 153), (61, 112, 163)),
        ("svg:luminosity", (51, 102, 153), (194, 41, 92)),
        ("svg:hue", (51, 102, 153), (41, 117, 194)),
        ("svg:saturation", (51, 102, 153), (170, 68, 102)),
        ("program:whatever", (51, 102, 153), (51, 102, 153)),
    ],
)
def test_other_ways_of_mixing(operation: str, above: tuple[int, ...], expected: tuple[int, ...]):
    seen = pixel(operation, (204, 51, 102, 255), (*above, 255))
    assert np.abs(np.array(seen) - (*expected, 255)).max() <= 1


@pytest.mark.parametrize(
    ("operation", "expected"),
    [
        ("svg:dst-in", [200, 0, 0, 64]),
        ("svg:dst-out", [200, 0, 0, 64]),
        ("svg:src-atop", [101, 0, 100, 128]),
        ("svg:dst-atop", [101, 0, 100, 128]),
    ],
)
def test_what_is_left_of_both(operation: str, expected: list[int]):
    seen = pixel(operation, (200, 0, 0, 128), (0, 0, 200, 128))
    assert np.abs(np.array(seen) - expected).max() <= 1, seen


def test_what_is_left_where_nothing_covers_it():
    pictures = {"a": np.full((2, 2, 4), 255, np.uint8), "b": np.full((1, 1, 4), 255, np.uint8)}
    seen = flat("<layer src='b' composite-op='svg:dst-in'/><layer src='a'/>", pictures, (2, 2))
    assert seen[..., 3].tolist() == [[255, 0], [0, 0]]


def test_a_group_mixes_with_what_is_below_it_unless_it_is_isolated():
    pictures = {"a": np.full((1, 1, 4), (100, 100, 100, 255), np.uint8)}
    pictures["b"] = np.full((1, 1, 4), (128, 128, 128, 255), np.uint8)
    for more, expected in (
        ("", 50),
        ("isolation='isolate'", 128),
        ("opacity='0.5'", 114),
        ("visibility='hidden'", 100),
    ):
        group = f"<stack {more}><layer src='b' composite-op='svg:multiply'/></stack><layer src='a'/>"
        assert abs(int(flat(group, pictures, (1, 1))[0, 0, 0]) - expected) <= 1, more


def test_a_picture_in_another_colour_space_is_seen_in_srgb(tmp_path: Path):
    red = Image.new("RGB", (20, 20), (255, 0, 0))
    for profile, expected in ((swapped_profile(), (0, 255, 0)), (srgb_profile(), (255, 0, 0))):
        file = io.BytesIO()
        red.save(file, "PNG", icc_profile=profile)
        write_ora(tmp_path / "a.ora", "<stack><layer name='a' src='data/a'/></stack>", {"a": file.getvalue()}, (20, 20))
        with OraFile.open(tmp_path / "a.ora") as ora:
            seen = ora.picture(ora.stack.layers[0])
        assert np.abs(seen[0, 0, :3].astype(int) - expected).max() <= 3
        assert (seen[..., 3] == 255).all()


def srgb_profile() -> bytes:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def swapped_profile() -> bytes:
    """sRGB in which red and green have changed their places."""
    profile = srgb_profile()
    count = int.from_bytes(profile[128:132], "big")
    data = bytearray(profile)
    at = {bytes(data[132 + 12 * n : 136 + 12 * n]): 132 + 12 * n for n in range(count)}
    data[at[b"rXYZ"] : at[b"rXYZ"] + 4], data[at[b"gXYZ"] : at[b"gXYZ"] + 4] = b"gXYZ", b"rXYZ"
    return bytes(data)


def test_torn_files_get_a_sentence(tmp_path: Path):
    path = tmp_path / "a.ora"
    whole = png(noise(1))
    stack = "<stack><layer name='a' src='data/a'/></stack>"
    write_ora(path, stack, {"a": whole}, (20, 20))
    data = path.read_bytes()
    for torn in (b"", b"no archive", data[:300], data[: len(data) // 2]):
        path.write_bytes(torn)
        with pytest.raises(SketchError, match="torn"), OraFile.open(path):
            pass
    for picture in (b"no picture", whole[:100]):
        write_ora(path, stack, {"a": picture}, (20, 20))
        with OraFile.open(path) as ora, pytest.raises(SketchError):
            ora.picture(ora.stack.layers[0])
    write_ora(path, stack, {}, (20, 20))
    with OraFile.open(path) as ora, pytest.raises(SketchError, match="torn"):
        ora.picture(ora.stack.layers[0])
    write_ora(path, stack, {}, (20, 9000))
    with pytest.raises(SketchError, match="too large"), OraFile.open(path):
        pass
