"""Whether a sketch has changed since it was last sent, seen in steps of a few milliseconds each."""

import zlib
from typing import Generator, NamedTuple, Optional

from .colors import ColorSpace, as_srgb8
from .document import CapturedSketch, Subject, captured, read, wanted_part
from .geometry import Place
from .layer import BAND_PIXELS
from .option_notes import options_of
from .options import Options
from .trust_mask import read_mask
from .trust_values import TrustMask


class Seen(NamedTuple):
    """Enough of what was sent to tell whether it would be the same again."""

    place: Place
    frame: Optional[Place]
    digest: int
    options: Options
    trust: Optional[TrustMask]


class News(NamedTuple):
    """A sketch that is not what was seen before."""

    seen: Seen
    sketch: CapturedSketch


def look(subject: Subject, last: Optional[Seen]) -> Generator[bool, None, Optional[News]]:
    """Read the sketch; returns None when it is as `last`. Raises Refusal when it can have no face."""
    place, frame = wanted_part(subject)
    yield False
    digest, pieces = 0, []
    for band in place.bands(BAND_PIXELS):
        pieces.append(read(subject.sketch, band))
        digest = zlib.crc32(pieces[-1], digest)
        yield False
    trust = yield from read_mask(subject.document, subject.sketch, place)
    seen = Seen(place, frame, digest, options_of(subject.document), trust)
    if seen == last:
        return None
    space = ColorSpace.of(subject.sketch)
    if not space.is_srgb8:
        # Krita converts in one go, which is felt in large pictures that are not 8-bit sRGB.
        pieces = [as_srgb8(b"".join(pieces), place, space)]
    return News(seen, captured(subject, place, frame, pieces, seen.options, trust))
