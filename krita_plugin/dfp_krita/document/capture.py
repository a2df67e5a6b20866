"""Reads the painter's sketch out of Krita. Nothing here changes her document."""

from dataclasses import dataclass, replace
from typing import Any, Generator, Iterator, Optional, Sequence, Tuple, TypeVar

from krita_plugin.shared.seen import SMALLEST, needed, reduction

from .. import texts
from ..krita_api import Krita
from ..refusal import Refusal
from .colors import ColorSpace, as_srgb8
from .face_registry import FaceRegistry
from .frame_lock import locked_frame, locked_turn, selected_frame
from .geometry import Rect
from .guide_layers import is_guide
from .layer_tree import bounds_of, groups_around, position_of, read
from .linked_kinds import kind_of
from .option_annotation import options_of
from .options import GROUP, NO_OPTIONS, Options
from .painted import read_painted
from .painted_values import Painted
from .resizing import smaller
from .selection_shape import Shape, selected_shape
from .trust_mask import read_mask
from .trust_values import TrustMask
from .turned_frame import TurnedFrame

T = TypeVar("T")


@dataclass(frozen=True)
class Subject:
    """What a face is to be made of, and the layer to renew with it: None for a new layer."""

    document: Any
    sketch: Any
    face: Optional[Any]


@dataclass(frozen=True)
class CapturedSketch:
    """A sketch as it was at one moment: where it came from and the pixels that go to the server, in pieces.

    `place` is where the pixels lie in the document; a very large drawing has more of them there (see `reduced`).
    `frame`, when the painter selected one, counts from it, and is turned by `turn` degrees, clockwise. `trust` and
    `painted`, the colours that she has laid down, lie over the same place. `canvas` is the document's size, and `home`
    where the layer was moved to. `shape` is what was selected, when that is no plain rectangle; a new face is masked by
    it. With `regions` the answer shall say what is drawn where; with `heads` it shall list all heads, where no frame is
    given. With `variants` it is no face but small pictures of so many people.
    """

    subject: Subject
    place: Rect
    frame: Optional[Rect]
    pixels: Sequence[bytes]
    options: Options = NO_OPTIONS
    trust: Optional[TrustMask] = None
    painted: Optional[Painted] = None
    canvas: Tuple[int, int] = (0, 0)
    home: Tuple[int, int] = (0, 0)
    shape: Optional[Shape] = None
    regions: bool = False
    variants: int = 0
    turn: float = 0.0
    heads: bool = False

    @property
    def reduced(self) -> int:
        """How many pixels to each side one pixel is that goes to the server, which takes no more than so many."""
        return reduction(self.place, self.frame)

    @property
    def sent(self) -> Rect:
        """The picture that goes to the server, from its own corner."""
        return self.place.seen_from(self.place).reduced(self.reduced)

    def place_of(self, answer: Any) -> Rect:
        """Where an answer belongs now; raises Refusal when the canvas was cropped or scaled meanwhile.

        The painter may have moved the drawing while the answer was on its way.
        """
        if canvas_of(self.subject.document) != self.canvas:
            raise Refusal(texts.document.CANVAS_CHANGED)
        place = self.place_now
        return Rect(place.left + answer.left, place.top + answer.top, answer.width, answer.height)

    @property
    def place_now(self) -> Rect:
        """Where what was taken lies now, when its layer was moved meanwhile."""
        if self.subject.sketch is None:
            return self.place
        now = position_of(self.subject.sketch)
        return self.place.moved(now[0] - self.home[0], now[1] - self.home[1])

    def of(self, subject: Subject) -> "CapturedSketch":
        """The same sketch, taken for another layer's."""
        return replace(self, subject=subject, home=position_of(subject.sketch))


def chosen_subject(linked: bool = False) -> Subject:
    """The active layer of the active document, or, when that is a face, the sketch it was made of.

    With `linked` also the sketch that a linked layer belongs to, which is no drawing itself. Raises Refusal.
    """
    document = Krita.instance().activeDocument()
    if document is None:
        raise Refusal(texts.document.NO_DOCUMENT)
    layer = document.activeNode()
    if layer is None or layer == document.rootNode():
        raise Refusal(texts.document.NO_LAYER)
    if is_guide(document, layer):
        raise Refusal(texts.frame.GUIDE_CHOSEN)
    kind = kind_of(document, layer)
    if kind is not None:
        layer = kind.sketch_of(document, layer) if linked else None
        if layer is None:
            raise Refusal(kind.words.CHOSEN)
    sketch, face = FaceRegistry(document).meant_by(layer, options_of(document).form == GROUP)
    check_layer(sketch)
    return Subject(document, sketch, face)


def capture(subject: Subject, shared: Optional[TurnedFrame] = None, original: Optional[Any] = None) -> CapturedSketch:
    """The sketch as it is now; raises Refusal with the reason why not.

    `shared` is the frame that the faces of several sketches have in common, unless one is selected or locked. With
    `original` the sketch is a copy of that layer, to which the linked layers belong.
    """
    place, frame = wanted_part(subject, shared)
    document, drawing, factor = subject.document, original or subject.sketch, reduction(place, frame)
    pixels = list(pieces(subject.sketch, place, factor, place.width * place.height))
    trust = run_through(read_mask(document, drawing, place))
    painted = run_through(read_painted(document, drawing, place, factor))
    taken = captured(subject, place, frame, pixels, options_of(document), trust, painted)
    return replace(taken, shape=selected_shape(document), turn=wanted_turn(document, shared))


def captured(subject: Subject, *what: Any) -> CapturedSketch:
    """A CapturedSketch of this moment, of its first fields."""
    return CapturedSketch(subject, *what, canvas=canvas_of(subject.document), home=position_of(subject.sketch))


def canvas_of(document: Any) -> Tuple[int, int]:
    """Width and height of the canvas."""
    return document.width(), document.height()


def run_through(steps: "Generator[bool, None, T]") -> T:
    """Take all steps at once; returns what they return."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def wanted_turn(document: Any, shared: Optional[TurnedFrame] = None) -> float:
    """By how many degrees, clockwise, the wanted frame is turned."""
    if selected_frame(document) is not None:
        return 0.0
    if locked_frame(document) is not None:
        return locked_turn(document)
    return shared.turn if shared is not None else 0.0


def wanted_part(subject: Subject, shared: Optional[TurnedFrame] = None) -> Tuple[Rect, Optional[Rect]]:
    """The part of the canvas that the server has to see, and the frame, when it is given, seen from its corner."""
    document = subject.document
    canvas = Rect(0, 0, document.width(), document.height())
    drawn = _drawn(subject.sketch, canvas)
    frames = (
        (selected_frame(document), texts.document.NOTHING_SELECTED),
        (locked_frame(document), texts.document.NOTHING_IN_FRAME),
        (shared.place if shared is not None else None, texts.document.NOTHING_IN_SHARED),
    )
    frame, elsewhere = next((known for known in frames if known[0] is not None), (None, ""))
    if frame is not None and elsewhere == texts.document.NOTHING_SELECTED and frame.longer < SMALLEST:
        raise Refusal(texts.document.SELECTION_SMALL)
    if frame is not None and drawn.inside(frame).empty:
        raise Refusal(elsewhere)
    seen = TurnedFrame(frame, wanted_turn(document, shared)).cover if frame is not None else None
    place = needed(drawn, seen, canvas)
    return place, frame.seen_from(place) if frame is not None else None


def pieces(layer: Any, place: Rect, factor: int, most_pixels: int) -> Iterator[bytes]:
    """What goes to the server, from top to bottom, at most so many of the layer's pixels at a time; raises Refusal."""
    space = ColorSpace.of(layer)
    for band in place.bands(most_pixels, factor):
        pixels = as_srgb8(read(layer, band), band, space)
        yield pixels if factor == 1 else smaller(pixels, band, factor)


def check_still_there(subject: Subject) -> None:
    """Raise Refusal when the painter has closed the document or deleted the layer meanwhile."""
    if not any(document == subject.document for document in Krita.instance().documents()):
        raise Refusal(texts.document.CLOSED)
    if subject.sketch.parentNode() is None:
        raise Refusal(texts.document.LAYER_DELETED)


def check_layer(layer: Any) -> None:
    """Raise Refusal when a layer has no lines of its own, or none that can be given a face."""
    if layer.type() != "paintlayer":
        raise Refusal(texts.document.NOT_PAINT_LAYER.get(layer.type(), texts.document.OTHER_LAYER))
    # A lock on the layer itself keeps its lines as they are, which is all that is asked of it here; a locked
    # group would have to take in the face.
    if any(group.locked() for group in groups_around(layer)):
        raise Refusal(texts.document.GROUP_LOCKED)


def _drawn(layer: Any, canvas: Rect) -> Rect:
    drawn = bounds_of(layer)
    if drawn.empty:
        raise Refusal(texts.document.EMPTY_LAYER)
    drawn = drawn.inside(canvas)
    if drawn.empty:
        raise Refusal(texts.document.OUTSIDE_CANVAS)
    return drawn
