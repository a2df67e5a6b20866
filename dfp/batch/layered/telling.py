"""What is told of the layers of a file, and the small pictures that show them."""

from collections import Counter
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from PIL import Image

from dfp.batch.layered.file import Ask, LayeredFile, Record, Sketch
from dfp.batch.listener import Done, Small, State
from dfp.batch.report.thumbnails import small, thumbnail
from dfp.errors import SketchError

Rect = tuple[int, int, int, int]  # left, top, width, height in the image's pixels
NOWHERE = 0, 0, 0, 0


def told_of(
    file: str, output: str, layers: Iterable[tuple[Record, State]], pictures: Mapping[str, Small] | None = None
) -> list[Done]:
    """What became of the sketches of a file, where not their records say that they could not be used.

    output: the file that has their faces. pictures: by the ids of sketches.
    """
    count = Counter[str]()
    found: list[Done] = []
    for record, state in layers:
        count[record.layer] += 1
        again = f" ({count[record.layer]})" if count[record.layer] > 1 else ""  # names of layers may be alike
        shown = (pictures or {}).get(record.id)
        face, state = ("", State.FAILED) if record.why else (output, state)
        said = record.why or record.doubt
        found.append(Done(file, face, state, said, layer=record.layer + again, small=shown))
    return found


def pictures_of(file: LayeredFile, ask: Ask) -> dict[str, Small]:
    """Those of all sketches of a file that has their faces, by the sketches' ids."""
    frames = {id: record.frame for id, record in ask.known.items()}
    return {sketch.id: picture_of(file, ask, sketch, frames.get(sketch.id, NOWHERE)) for sketch in file.sketches}


def picture_of(file: LayeredFile, ask: Ask, sketch: Sketch, frame: Rect, placed: Path | None = None) -> Small:
    """A sketch where its face lies (`NOWHERE`: where it has lines), and its face: `placed`, or the one that it has."""
    face = b"" if placed is None else thumbnail(placed, transparent=True)
    with suppress(SketchError, MemoryError):
        if placed is None and ask.has(sketch) and (picture := file.face(sketch)) is not None:
            face = small(Image.fromarray(picture), transparent=True)
    return Small(_drawing(file, sketch, frame), face)


def _drawing(file: LayeredFile, sketch: Sketch, frame: Rect) -> bytes:
    try:
        picture = Image.fromarray(file.drawing(sketch))
        left, top, width, height = frame
        box = picture.getchannel("A").getbbox() if frame == NOWHERE else (left, top, left + width, top + height)
        return small(picture.crop(box))
    except (SketchError, MemoryError):
        return b""
