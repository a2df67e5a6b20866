"""What layers are called, and which ones a painter means: the same inside Krita and outside."""

import re
import unicodedata
from fnmatch import fnmatchcase
from typing import List, NamedTuple, Sequence, Set, Tuple

# What the plugin adds beside sketches, by name: faces, kept ones, those of several heads, heat maps, linked layers.
OWN = re.compile(r"((Kept face|Face( \d+)?|Attention|Trust|Colour layer) · |(Trust|Colour layer)$)")


class Named(NamedTuple):
    """A layer or group: its name after those of the groups around it, and these groups' numbers in the list."""

    path: Tuple[str, ...]
    around: Tuple[int, ...]


def face_name(sketch: str) -> str:
    """What the face of a sketch layer is called."""
    return f"Face · {sketch}"


def is_own(name: str) -> bool:
    """Whether a layer of this name was added by us and is no sketch."""
    return OWN.match(name) is not None


def chosen(layers: Sequence[Named], patterns: Sequence[str]) -> List[int]:
    """Which layers are meant, by their numbers.

    A group that is meant counts as one drawing, unless something in it is meant by itself. Nothing that is ours is
    meant, nor anything in it.
    """
    found = [
        number
        for number, layer in enumerate(layers)
        if not any(is_own(name) for name in layer.path) and any(_fits(layer.path, pattern) for pattern in patterns)
    ]
    around: Set[int] = {group for number in found for group in layers[number].around}
    return [number for number in found if number not in around]


def _fits(path: Tuple[str, ...], pattern: str) -> bool:
    """Whether a pattern fits a layer's name, or, with /, its name and those of the groups right around it."""
    name = _folded(path[-1])
    if fnmatchcase(name, _folded(pattern)):
        return True
    parts = [_folded(part) for part in pattern.strip("/").split("/")]
    if len(parts) < 2 or len(parts) > len(path):
        return False
    return all(fnmatchcase(_folded(name), part) for name, part in zip(path[-len(parts) :], parts))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
