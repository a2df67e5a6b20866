"""Whether a sketch has changed since it was last sent, seen in steps of a few milliseconds each."""

import zlib
from dataclasses import replace
from typing import Generator, NamedTuple, Optional

from krita_plugin.shared.seen import reduction

from ..document.capture import CapturedSketch, Subject, captured, wanted_part, wanted_turn
from ..document.colors import ColorSpace, as_srgb8
from ..document.face_pixels import BAND_PIXELS
from ..document.geometry import Rect
from ..document.layer_tree import read
from ..document.option_annotation import options_of
from ..document.options import Options
from ..document.painted import read_painted
from ..document.painted_values import Painted
from ..document.resizing import smaller
from ..document.trust_mask import read_mask
from ..document.trust_values import TrustMask


class Snapshot(NamedTuple):
    """Enough of what was sent to tell whether it would be the same again."""

    place: Rect
    frame: Optional[Rect]
    digest: int
    options: Options
    trust: Optional[TrustMask]
    turn: float
    painted: Optional[Painted]


class Change(NamedTuple):
    """A sketch that is not what was seen before."""

    snapshot: Snapshot
    sketch: CapturedSketch


def detect_change(subject: Subject, last: Optional[Snapshot]) -> Generator[bool, None, Optional[Change]]:
    """Read the sketch; returns None when it is as `last`. Raises Refusal when it can have no face."""
    place, frame = wanted_part(subject)
    space = ColorSpace.of(subject.sketch)
    yield False
    digest, raw, factor = 0, [], reduction(place, frame)
    for band in place.bands(BAND_PIXELS, factor):
        pixels = read(subject.sketch, band)
        digest = zlib.crc32(pixels, digest)
        # Of what is made smaller nothing is kept but that.
        raw.append(pixels if factor == 1 else smaller(as_srgb8(pixels, band, space), band, factor))
        yield False
    trust = yield from read_mask(subject.document, subject.sketch, place)
    known = last.painted if last is not None else None
    painted = yield from read_painted(subject.document, subject.sketch, place, factor, known)
    turn = wanted_turn(subject.document)
    snapshot = Snapshot(place, frame, digest, options_of(subject.document), trust, turn, painted)
    if snapshot == last:
        return None
    if factor == 1 and not space.is_srgb8:
        # Krita converts in one go, which is felt in large pictures that are not 8-bit sRGB.
        raw = [as_srgb8(b"".join(raw), place, space)]
    taken = captured(subject, place, frame, raw, snapshot.options, trust, painted)
    # Live has one face, but it has to know of all heads to stay with one of them.
    return Change(snapshot, replace(taken, turn=turn, heads=frame is None))
