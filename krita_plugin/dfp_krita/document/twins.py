"""Twins of a color space: others of its model and depth, in which the same numbers are the same colors.

Krita has two for its usual sRGB. For others they are made: what Krita shows of a profile's primaries and grays says
all about one that is made of these, and a profile of the same is a file of a few hundred bytes. Krita writes it into
the painter's file with the layers, so that it is read wherever that is opened.
"""

import os
import re
import struct
import tempfile
from functools import lru_cache
from typing import Any, Iterator, List, Optional, Tuple

from ..krita_api import Krita
from .colors import NUMBERS, SRGB8, CannotConvert, ColorSpace, are_twins, convert, is_linear

# A layer, and the group that it is in, may each have another one, beside the document's own.
MADE = 2
# The painter meets the name at a face's layer: it says whose it is and what for. An older plugin called them copies.
NAMED = "%s (the same, for undo by DeepFacePencil, %d)"
MADE_NAME = re.compile(r" \((the same, for undo by DeepFacePencil,|copy) \d+\)$")
# The light of the white of all profiles, D50.
WHITE = (0.9642, 1.0, 0.8249)
ROUNDING = 0.002
GRAYS = 1024
FULL = {"U8": 255, "U16": 65535, "F16": 1.0, "F32": 1.0}


def twins_of(space: ColorSpace) -> Iterator[ColorSpace]:
    """The twins of a color space: those that Krita has by a name alike, then such as are made."""
    for other in _kin_of(space):
        if are_twins(space, other):
            yield other
    for number in range(1, MADE + 1):
        made = space._replace(profile=NAMED % (MADE_NAME.sub("", space.profile), number))
        if made != space and _at_hand(space, made) and are_twins(space, made):
            yield made


def another_for(space: ColorSpace, document: ColorSpace) -> Optional[ColorSpace]:
    """Another color space in which a layer of a document can hold the same face: the document's own, a twin, or sRGB.

    None where there is none but this.
    """
    if space != document:
        return document
    twin = next(twins_of(space), None)
    return twin if twin is not None or space.is_srgb8 else SRGB8


def _kin_of(space: ColorSpace) -> List[ColorSpace]:
    """Other color spaces of the same model and depth that are called after the same one, the usual name first."""
    kin = space.profile.replace(" ", "-").split("-")[0].lower()
    names = Krita.instance().profiles(space.model, space.depth)
    kept = (name for name in sorted(names) if kin in name.lower() and name != space.profile)
    return [space._replace(profile=name) for name in kept if not MADE_NAME.search(name)]


def _at_hand(space: ColorSpace, made: ColorSpace) -> bool:
    """Whether Krita has a profile of this name, which is made when it has not."""
    if made.profile in Krita.instance().profiles(made.model, made.depth):
        return True
    return _make(space, made)


@lru_cache(maxsize=None)
def _make(space: ColorSpace, made: ColorSpace) -> bool:
    """Give Krita a profile of this name for what it shows of a color space; returns whether it could be done."""
    if space.model != "RGBA" or space.depth not in FULL:
        return False
    try:
        primaries, curve = _measured(space)
    except CannotConvert:
        return False
    whole = [sum(parts) for parts in zip(*primaries)]
    if any(abs(one - other) > ROUNDING for one, other in zip(whole, WHITE)):
        return False  # it is more than its primaries and curve
    if not is_linear(space) and space.depth[0] == "F":
        return False  # a curve ends at white, and floating point does not
    handle, file = tempfile.mkstemp(suffix=".icc")
    with os.fdopen(handle, "wb") as opened:
        opened.write(profile_of(made.profile, primaries, [] if is_linear(space) else curve))
    try:
        Krita.instance().addProfile(file)
    finally:
        os.remove(file)
    return made.profile in Krita.instance().profiles(made.model, made.depth)


def _measured(space: ColorSpace) -> "Tuple[List[Tuple[float, ...]], List[float]]":
    """The light of red, green and blue, as X, Y and Z, and how much of it grays from black to white are, 0 to 1."""
    full: Any = FULL[space.depth]
    order = (2, 1, 0) if space.depth[0] == "U" else (0, 1, 2)
    pixels = [[full if channel == wanted else 0 for channel in range(3)] for wanted in order]
    for step in range(GRAYS):
        gray = full * step / (GRAYS - 1)
        pixels.append([round(gray) if isinstance(full, int) else gray] * 3)
    packed = b"".join(struct.pack("<4" + NUMBERS[space.depth], *pixel, full) for pixel in pixels)
    names = Krita.instance().profiles("XYZA", "F32")
    if not names:
        raise CannotConvert
    measured = bytes(convert(packed, len(pixels), 1, space, ColorSpace("XYZA", "F32", names[0])))
    light = list(struct.iter_unpack("<4f", measured))
    return [amounts[:3] for amounts in light[:3]], [amounts[1] for amounts in light[3:]]


def profile_of(name: str, primaries: "List[Tuple[float, ...]]", curve: List[float]) -> bytes:
    """An ICC profile, version 2, for a screen: the light of red, green and blue, X, Y and Z each, relative to D50.

    The curve has the light of evenly spaced values from 0 to 1; without any, light is the value.
    """
    called = name.encode("ascii", "replace") + b"\0"
    description = b"desc" + struct.pack(">II", 0, len(called)) + called + bytes(4 + 4 + 2 + 1 + 67)
    steps = [round(65535 * min(max(amount, 0.0), 1.0)) for amount in curve]
    curved = b"curv" + struct.pack(">II", 0, len(steps)) + struct.pack(f">{len(steps)}H", *steps)
    free = b"text" + bytes(4) + b"No copyright, use freely\0"
    tags = [(b"desc", description), (b"cprt", free), (b"wtpt", _xyz(WHITE))]
    tags += [(kind, _xyz(light)) for kind, light in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries)]
    tags += [(kind, curved) for kind in (b"rTRC", b"gTRC", b"bTRC")]
    table, content, start = struct.pack(">I", len(tags)), b"", 128 + 4 + 12 * len(tags)
    for kind, data in tags:
        table += kind + struct.pack(">II", start + len(content), len(data))
        content += data + bytes(-len(data) % 4)
    head = struct.pack(">I4sI4s4s4s", start + len(content), bytes(4), 0x02400000, b"mntr", b"RGB ", b"XYZ ")
    head += struct.pack(">6H4s", 2026, 1, 1, 0, 0, 0, b"acsp") + bytes(28) + _xyz(WHITE)[8:]
    return head.ljust(128, b"\0") + table + content


def _xyz(light: "Tuple[float, ...]") -> bytes:
    return b"XYZ " + bytes(4) + struct.pack(">3i", *(round(65536 * amount) for amount in light))
