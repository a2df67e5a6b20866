"""stack.xml of an OpenRaster file: which layers there are, and the text with some of them added or changed.

The text is edited where something is new and stays as it is everywhere else: programs write more into it than the
format says.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from dfp.batch.layered.inside.dfp_in_krita.names import Named
from dfp.errors import SketchError

UNREADABLE = "its list of layers cannot be read: open it in a painting program, save it again and try again."
DEEPEST, MOST = 100, 10_000  # groups in groups, and layers: more nobody has drawn
ATTRIBUTE = rb"""\s([\w:.-]+)\s*=\s*("[^"]*"|'[^']*')"""


@dataclass(frozen=True)
class OraLayer:
    """A layer or a group (`source` None).

    number: in the file's order, the uppermost first. around: the numbers of the groups around it. left, top: where its
    picture lies; origin: where its group's 0, 0 lies, both in the image's pixels. operation: how it is laid over what
    is below, as svg:src-over. span: where its tag stands in the text.
    """

    number: int
    name: str
    path: tuple[str, ...]
    around: tuple[int, ...]
    source: str | None
    left: int
    top: int
    origin: tuple[int, int]
    opacity: float
    visible: bool
    operation: str
    isolated: bool
    span: tuple[int, int]

    @property
    def parent(self) -> int | None:
        """The number of the group that it is in."""
        return self.around[-1] if self.around else None

    @property
    def named(self) -> Named:
        """As the choice of layers wants it."""
        return Named(self.path, self.around)


@dataclass(frozen=True)
class Stack:
    """What stack.xml says: the image's size in pixels and its layers, the uppermost first, a group before its own."""

    xml: bytes
    width: int
    height: int
    layers: list[OraLayer]

    @classmethod
    def read(cls, xml: bytes) -> "Stack":
        """Raises SketchError for a text that cannot be understood."""
        reader = _Reader(xml)
        try:
            reader.parser.Parse(xml, True)
        except (expat.ExpatError, ValueError) as error:
            raise SketchError(UNREADABLE) from error
        if reader.size is None or min(reader.size) < 1:
            raise SketchError(UNREADABLE)
        return cls(xml, *reader.size, reader.layers)

    def inside(self, group: int | None) -> list[OraLayer]:
        """The layers right in a group, the uppermost first; None: those in no group."""
        return [layer for layer in self.layers if layer.parent == group]


@dataclass(frozen=True)
class Change:
    """A face at a place in the image's pixels: new above the layer `above`, or new in the place of the layer `of`."""

    layer: OraLayer
    renews: bool
    name: str
    source: str
    left: int
    top: int


def changed(stack: Stack, changes: Iterable[Change]) -> bytes:
    """The text with the changes."""
    text = stack.xml
    for change in sorted(changes, key=lambda change: change.layer.span, reverse=True):
        start, end = change.layer.span
        x, y = change.left - change.layer.origin[0], change.top - change.layer.origin[1]
        where = {"src": change.source, "x": str(x), "y": str(y)}
        if change.renews:
            tag = _with(text[start:end], where)
        else:
            seen = "visible" if change.layer.visible else "hidden"
            more = {"name": change.name, "opacity": "1.0", "visibility": seen, "composite-op": "svg:src-over"}
            tag = _tag({**more, **where}) + _indent(text, start)
            end = start
        text = text[:start] + tag + text[end:]
    return text


def _tag(attributes: dict[str, str]) -> bytes:
    said = " ".join(f"{name}={_quoted(value)}" for name, value in attributes.items())
    return f"<layer {said}/>".encode("ascii")


def _quoted(value: str) -> str:
    """As any text of any encoding can have it."""
    return quoteattr(value).encode("ascii", "xmlcharrefreplace").decode("ascii")


def _indent(text: bytes, start: int) -> bytes:
    """What stands between a tag and the one before it, so that the new one lies as its neighbours do."""
    line = text[text.rfind(b"\n", 0, start) + 1 : start]
    return b"\n" + line if not line.strip() and b"\n" in text[:start] else b""


def _with(tag: bytes, attributes: dict[str, str]) -> bytes:
    """A tag with other values of some attributes."""
    left = dict(attributes)

    def value(found: "re.Match[bytes]") -> bytes:
        name = found[1].decode("ascii", "replace")
        if name not in left:
            return found[0]
        start = found.start(2) - found.start(0)
        return found[0][:start] + _quoted(left.pop(name)).encode("ascii")

    begin = re.sub(ATTRIBUTE, value, tag)
    more = "".join(f" {name}={_quoted(text)}" for name, text in left.items()).encode("ascii")
    at = len(b"<layer")
    return begin[:at] + more + begin[at:]


class _Reader:
    """Collects the layers while the text is read."""

    def __init__(self, xml: bytes):
        if xml[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise SketchError(UNREADABLE)  # in two bytes a letter nothing could be edited byte by byte
        self.size: tuple[int, int] | None = None
        self.layers: list[OraLayer] = []
        self._xml = xml
        self._groups: list[int] = []
        self._depth = 0
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self._begin
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = _no_doctype

    def _begin(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "image":
            self.size = int(attributes["w"]) if "w" in attributes else 0, int(attributes.get("h", 0))
        # The stack right in the image is the root and no group.
        if tag == "stack":
            self._depth += 1
        if tag == "layer" or (tag == "stack" and self._depth > 1):
            self._add(tag, attributes)

    def _end(self, tag: str) -> None:
        if tag == "stack":
            self._depth -= 1
            if self._depth > 0:
                self._groups.pop()

    def _add(self, tag: str, said: dict[str, str]) -> None:
        number = len(self.layers)
        if number >= MOST or self._depth > DEEPEST or not self._depth:
            raise ValueError("more layers than anybody has drawn, or some outside of the image")
        around = self.layers[self._groups[-1]] if self._groups else None
        origin = (around.left, around.top) if around else (0, 0)
        start = self.parser.CurrentByteIndex
        operation = said.get("composite-op", "svg:src-over")
        opacity = min(max(float(said.get("opacity", 1)), 0.0), 1.0)
        plain = operation == "svg:src-over" and opacity == 1
        name = said.get("name", "")
        layer = OraLayer(
            number=number,
            name=name,
            path=(*(around.path if around else ()), name),
            around=tuple(self._groups),
            source=said.get("src", "") if tag == "layer" else None,
            left=origin[0] + round(float(said.get("x", 0))),
            top=origin[1] + round(float(said.get("y", 0))),
            origin=origin,
            opacity=opacity,
            visible=said.get("visibility", "visible") != "hidden",
            operation=operation,
            isolated=not plain or said.get("isolation", "auto") == "isolate",
            span=(start, _end_of_tag(self._xml, start)),
        )
        self.layers.append(layer)
        if tag == "stack":
            self._groups.append(number)


def _end_of_tag(xml: bytes, start: int) -> int:
    found = re.compile(rb"""(?:[^>"']|"[^"]*"|'[^']*')*>""").match(xml, start)
    if found is None:
        raise ValueError("a tag without an end")
    return found.end()


def _no_doctype(*_: object) -> None:
    raise ValueError("a document type, which may name other files")
