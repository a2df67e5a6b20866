"""What a message is made of: a dataclass whose fields say themselves what they may hold.

A field's metadata is one of the kinds below. They look at the whole message: some fields only make sense together.
"""

from dataclasses import MISSING, asdict, fields, replace
from typing import Any, Callable, Dict, Iterable, Mapping, Optional, Type, TypeVar

VERSION = 1
MIN_SIDE = 1
MAX_SIDE = 8192
FARTHEST = 4 * MAX_SIDE  # of what is found around a picture
MAX_HEADS = 64
CHANNELS = {"L": 1, "RGB": 3, "RGBA": 4, "BGRA": 4}
# Of a face, as the keys of a palette name them.
PALETTE = ("skin", "hair", "lips", "eyes", "background", "clothes")

M = TypeVar("M", bound="Message")
Kind = Mapping[str, Callable[["Message", str], None]]


class WireError(ValueError):
    """A message is not what this package says; the text names the field and what was expected."""


class VersionError(WireError):
    """The other side speaks a version of this format that is not known here."""


class Message:
    """A dataclass that is one msgpack map."""

    def to_map(self) -> Dict[str, Any]:
        """The map to pack, keys as the fields are named."""
        return asdict(self)  # type: ignore[call-overload]

    @classmethod
    def from_map(cls: Type[M], message: Any) -> M:
        """Build and check the message from an unpacked map; missing keys and wrong types raise WireError.

        Keys that are not known are passed over.
        """
        require(isinstance(message, dict), "the message is not a map")
        # First of all, since another version may well have other fields.
        version = message.get("version", VERSION)
        if not is_int(version, VERSION, VERSION):
            raise VersionError(f"version {version!r:.40} is not known here, only version {VERSION}")
        known = fields(cls)  # type: ignore[arg-type]
        missing = [f.name for f in known if f.default is MISSING and f.name not in message]
        require(not missing, "missing field: " + ", ".join(missing))
        made = cls(**{f.name: message[f.name] for f in known if f.name in message})
        made.check()
        return made

    def check(self) -> None:
        """Raise WireError when a field is out of its range."""
        for field in fields(self):  # type: ignore[arg-type]
            # What may be left out is None then.
            if "kind" in field.metadata and (getattr(self, field.name) is not None or field.default is not None):
                field.metadata["kind"](self, field.name)

    def without_binaries(self: M) -> M:
        """The same without pixels and whatever else is binary, which may be large: empty, or as when left out."""
        binary = [f for f in fields(self) if isinstance(getattr(self, f.name), bytes)]  # type: ignore[arg-type]
        return replace(self, **{f.name: b"" if f.default is MISSING else f.default for f in binary})  # type: ignore


def require(condition: bool, what: str) -> None:
    """Raise WireError(what) unless the condition holds."""
    if not condition:
        raise WireError(what)


def is_int(value: Any, low: int, high: int) -> bool:
    """Whether value is a whole number (not a bool) from low to high."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _sized(value: Any, length: int) -> bool:
    return isinstance(value, (list, tuple)) and len(value) == length


def kind(right: Callable[[Any], bool], what: str) -> Kind:
    """A field of which `right` holds, or which "must be `what`"."""

    def check(message: Message, name: str) -> None:
        require(right(getattr(message, name)), f"{name} must be {what}")

    return {"kind": check}


def whole(low: int, high: int, says: str = "") -> Kind:
    """A whole number from low to high; `says` writes that range in another way."""
    return kind(lambda value: is_int(value, low, high), "a whole number from " + (says or f"{low} to {high}"))


def number(low: float, high: float) -> Kind:
    """A number from low to high."""

    return kind(lambda value: _is_number(value, low, high), f"a number from {low} to {high}")


def text(most: Optional[int] = None, least: int = 0) -> Kind:
    """A text of so many letters."""
    says = "a text" if most is None else f"a text of {least} to {most} letters"
    return kind(lambda value: isinstance(value, str) and least <= len(value) <= (most or len(value)), says)


def texts(most: int) -> Kind:
    """A list of at most so many texts."""

    def right(value: Any) -> bool:
        listed = isinstance(value, (list, tuple)) and len(value) <= most
        return listed and all(isinstance(name, str) for name in value)

    return kind(right, f"a list of at most {most} texts")


def one_of(names: Iterable[str]) -> Kind:
    """One of these texts."""
    known = tuple(names)
    return kind(lambda value: isinstance(value, str) and value in known, "one of " + ", ".join(known))


FLAG = kind(lambda value: isinstance(value, bool), "true or false")
SIDE = whole(MIN_SIDE, MAX_SIDE)


def _is_milliseconds(step: Any, ms: Any) -> bool:
    return isinstance(step, str) and isinstance(ms, (int, float)) and 0 <= ms < float("inf")


MILLISECONDS = kind(
    lambda value: isinstance(value, dict) and all(_is_milliseconds(*item) for item in value.items()),
    "milliseconds by step",
)


def _pixels(message: Any, name: str) -> None:
    value, width, height, mode = getattr(message, name), message.width, message.height, message.mode
    require(isinstance(value, bytes), name + " must be binary")
    wanted = width * height * CHANNELS[mode]
    require(len(value) == wanted, f"{name} has {len(value)} bytes, but {width}x{height} {mode} needs {wanted}")


# Of the message's width, height and mode, which are checked before.
PIXELS: Kind = {"kind": _pixels}


def _frame(message: Message, name: str) -> None:
    frame = getattr(message, name)
    require(_sized(frame, 4), name + " must be four whole numbers")
    near = all(is_int(start, -MAX_SIDE, MAX_SIDE) for start in frame[:2])
    require(near, name + " must start within 8192 pixels of the picture")
    require(all(is_int(side, MIN_SIDE, MAX_SIDE) for side in frame[2:]), name + " must have sides from 1 to 8192")


# (left, top, width, height) at or around a picture.
FRAME: Kind = {"kind": _frame}


def _is_number(value: Any, low: float, high: float) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and low <= value <= high


def _is_head(head: Any) -> bool:
    if not isinstance(head, dict) or not _sized(head.get("frame"), 4):
        return False
    right = all(is_int(n, -FARTHEST, FARTHEST) for n in head["frame"]) and min(head["frame"][2:]) >= MIN_SIDE
    return right and _is_number(head.get("turn"), -180, 180) and _is_number(head.get("certainty"), 0, 1)


def _heads(message: Message, name: str) -> None:
    heads = getattr(message, name)
    right = isinstance(heads, (list, tuple)) and len(heads) <= MAX_HEADS and all(map(_is_head, heads))
    require(right, f"{name} must be a list of at most {MAX_HEADS} maps of frame, turn and certainty")


def _faces(message: Any, name: str) -> None:
    value = getattr(message, name)
    require(is_int(value, 0, MAX_HEADS), f"{name} must be a whole number from 0 to {MAX_HEADS}")
    of_one = [what for what in ("attention", "regions", "layers", "variants") if getattr(message, what)]
    require(value == 1 or not of_one, f"{name} must be 1 where {' and '.join(of_one)} are asked for")


# Of how many heads at most faces are wanted, 0: of all; what belongs to one face alone is not asked for beside several.
FACES: Kind = {"kind": _faces}


# Heads on a sheet, each a map of its frame, its turn and how certain it is.
HEADS: Kind = {"kind": _heads}


def _palette(message: Message, name: str) -> None:
    palette = getattr(message, name)
    require(isinstance(palette, dict), name + " must be a map")
    require(all(region in PALETTE for region in palette), f"{name} must have only {', '.join(PALETTE)}")
    for colour in palette.values():
        right = _sized(colour, 3) and all(is_int(n, 0, 255) for n in colour)
        require(right, name + " must hold colours of three whole numbers from 0 to 255")


# A map of colours by names in PALETTE.
COLOURS: Kind = {"kind": _palette}


def spread(most: int, bytes_each: int) -> Kind:
    """A layer of bytes, so many each, for as many places as another field, of its name with _size, says: (columns,
    rows), each at most `most`. Goes to both fields."""

    def check(message: Message, name: str) -> None:
        name = name[: -len("_size")] if name.endswith("_size") else name
        layer, size = getattr(message, name), getattr(message, name + "_size")
        require(_sized(size, 2), name + "_size must be two whole numbers")
        require(all(is_int(side, 1, most) for side in size), f"{name}_size must be from 1 to {most}")
        right = isinstance(layer, bytes) and len(layer) == size[0] * size[1] * bytes_each
        require(right, name + " has a wrong size")

    return {"kind": check}


def several(made: "Type[Message]", most: int) -> Kind:
    """A list of one to `most` maps, each of which is such a message."""

    def check(message: Message, name: str) -> None:
        value = getattr(message, name)
        right = isinstance(value, (list, tuple)) and 1 <= len(value) <= most
        require(right, f"{name} must be a list of 1 to {most} maps")
        for one in value:
            made.from_map(one)

    return {"kind": check}


def planes(count: Optional[int] = None) -> Kind:
    """Planes of bytes, as many as another field, of its name with _shape, says: (planes, rows, columns)."""

    def check(message: Message, name: str) -> None:
        value, shape = getattr(message, name), getattr(message, name + "_shape")
        require(_sized(shape, 3), name + "_shape must be three numbers")
        require(all(is_int(side, 1, MAX_SIDE) for side in shape), name + "_shape is out of range")
        right = isinstance(value, bytes) and len(value) == shape[0] * shape[1] * shape[2]
        require(right, name + " has a wrong size")
        require(count is None or shape[0] == count, name + "_shape is out of range")

    return {"kind": check}


def pictures(count: int) -> Kind:
    """So many pictures one after the other, in the message's mode: another field, of its name less the s with _places,
    says where in the message's picture each lies, (left, top, width, height)."""

    def check(message: Any, name: str) -> None:
        value, beside = getattr(message, name), name[:-1] + "_places"
        places = getattr(message, beside)
        require(_sized(places, count), f"{beside} must be {count} places")
        for place in places:
            require(_sized(place, 4) and all(is_int(n, 0, MAX_SIDE) for n in place), f"{beside} is out of range")
            inside = place[0] + place[2] <= message.width and place[1] + place[3] <= message.height
            require(inside, f"{beside} is outside of the picture")
        wanted = sum(width * height for _, _, width, height in places) * CHANNELS[message.mode]
        require(isinstance(value, bytes) and len(value) == wanted, name + " has a wrong size")

    return {"kind": check}
