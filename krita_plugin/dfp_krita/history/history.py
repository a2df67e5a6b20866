"""Every generated face with all that it was made of, kept in the document's own file (see store)."""

import base64
import time
import uuid
import zlib
from dataclasses import replace
from functools import partial
from typing import Any, Callable, Dict, List, Optional

from .. import texts
from ..document.active_layer import ActiveLayer
from ..document.capture import CapturedSketch, Subject
from ..document.follow import anchors_of, to_note
from ..document.geometry import Rect
from ..document.layer_tree import id_of
from ..document.options import GROUP, LAYER, Options
from ..document.painted_values import Painted, swapped
from ..document.trust_values import TrustMask
from ..qt import QtCore
from ..task import Steps, Task
from .layers import apply_face, is_open, restore_sketch
from .pictures import Workshop, key_of, pack, pixels_of, unpack
from .store import PICTURE, PREFIX, SMALL, Entry, HistoryFull, Store

DESCRIPTION = "DeepFacePencil's history: faces and the sketches they were made of"
MEBIBYTE = 1024 * 1024
MASK = "trust_mask"


class DocumentShelf:
    """The annotations of a document: Krita keeps them in the .kra, with or without this plugin."""

    def __init__(self, document: Any) -> None:
        self._document = document

    def names(self) -> List[str]:
        """All pieces of the history."""
        return [name for name in self._document.annotationTypes() if name.startswith(PREFIX)]

    def read(self, name: str) -> bytes:
        """A copy of one."""
        return bytes(self._document.annotation(name))

    def raw(self, name: str) -> Any:
        """One as Krita has it, not copied: a QByteArray."""
        return self._document.annotation(name)

    def size(self, name: str) -> int:
        """How many bytes it has."""
        return self._document.annotation(name).size()

    def write(self, name: str, data: Any) -> None:
        """Keep one, in the place of what had the name."""
        self._document.setAnnotation(name, DESCRIPTION, QtCore.QByteArray(data))

    def remove(self, name: str) -> None:
        """Forget one."""
        self._document.removeAnnotation(name)


class History(QtCore.QObject):
    """The histories of all documents. `changed` when one has changed, `told` with a sentence for the painter."""

    changed = QtCore.pyqtSignal()
    told = QtCore.pyqtSignal(str)

    def __init__(self, active: ActiveLayer, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self.limit_mb = 0
        self.longest_ms = 0.0
        self._active = active
        self._workshop = Workshop(self)
        self._removed: Dict[str, bytes] = {}

    def add(self, origin: str, sketch: CapturedSketch, answer: Any, like: Optional[Entry] = None) -> None:
        """Keep a face; `like` is the entry that it was made from again. It is there a moment later."""
        document = sketch.subject.document
        if not self.limit_mb or not is_open(document):
            return
        entry = _entry(origin, sketch, answer, like)

        def work() -> Any:
            drawn = pack(b"".join(sketch.pixels), sketch.sent.width, sketch.sent.height)
            painted = pack(swapped(sketch.painted.values), *sketch.painted.size) if sketch.painted is not None else None
            return drawn, pack(answer.pixels, answer.width, answer.height), painted

        self._workshop.order(work, partial(self._store, document, entry), self.told.emit)

    def entries(self, document: Any) -> List[Entry]:
        """What the document's history holds, the newest first."""
        return Store(DocumentShelf(document)).entries()

    def has(self, sketch: CapturedSketch, answer: Any) -> bool:
        """Whether just this face of a sketch, at its place, is kept already."""
        key = key_of(answer.pixels, answer.width, answer.height)
        wanted = id_of(sketch.subject.sketch), key, _place_of(sketch, answer)
        entries = self.entries(sketch.subject.document)
        return any((entry.sketch_id, entry.face, entry.face_place) == wanted for entry in entries)

    def thumbnail(self, document: Any, entry: Entry) -> Any:
        """A small picture of the face, as PNG."""
        return DocumentShelf(document).raw(SMALL + entry.face)

    def look(self, document: Any, entry: Entry, show: Callable[[Any], None]) -> None:
        """Hand the face to `show`, as a QImage, in a moment; nothing in the document changes."""
        self._fetch(document, entry.face, show)

    def apply(self, document: Any, entry: Entry) -> None:
        """Make the face a layer."""
        self._fetch(document, entry.face, lambda face: self._run(apply_face, document, entry, face, self._active))

    def restore(self, document: Any, entry: Entry) -> None:
        """Make the sketch a new layer."""
        self._fetch(document, entry.sketch, lambda sketch: self._run(restore_sketch, document, entry, sketch))

    def fetch_sketch(self, document: Any, entry: Entry, take: Callable[[CapturedSketch], None]) -> None:
        """Hand what the face was made of to `take`, to be sent again."""
        frame = entry.frame.seen_from(entry.sketch_place) if entry.frame is not None else None
        options, mask = replace(Options.from_map(entry.options), attention=False), _mask(entry.options)
        if options.form == GROUP:
            # The history has the picture that the layers are together.
            options = replace(options, form=LAYER)

        def captured(picture: Any, painted: Optional[Painted] = None) -> None:
            subject = Subject(document, None, None)
            pixels = [pixels_of(picture)]
            taken = CapturedSketch(subject, entry.sketch_place, frame, pixels, options, mask, painted)
            take(replace(taken, turn=entry.turn))

        def drawn(picture: Any) -> None:
            if entry.painted:
                self._fetch(document, entry.painted, lambda colours: captured(picture, _painted(colours)))
            else:
                captured(picture)

        self._fetch(document, entry.sketch, drawn)

    def compare(self, entry: Entry, sketch: CapturedSketch, answer: Any) -> Steps:
        """What to say of a face that was made again; another one than before joins the history."""
        yield False
        if key_of(answer.pixels, answer.width, answer.height) == entry.face:
            return texts.history.SAME if answer.model == entry.model else texts.history.SAME_OTHER_MODEL
        self.add("again", sketch, answer, entry)
        if answer.model == entry.model:
            return texts.history.DIFFERS
        return texts.history.model_changed(entry.model, answer.model)

    def pin(self, document: Any, entry: Entry, pinned: bool) -> None:
        """Keep an entry however full the history gets, or let it go with the others."""
        Store(DocumentShelf(document)).pin(entry, pinned)
        self._changed_in(document)

    def delete(self, document: Any, entry: Entry) -> None:
        """Take an entry out; `bring_back` undoes that."""
        self._removed = Store(DocumentShelf(document)).delete(entry)
        self._changed_in(document)

    def bring_back(self, document: Any) -> None:
        """Undo the last deletion."""
        removed, self._removed = self._removed, {}
        Store(DocumentShelf(document)).put_back(removed)
        self._changed_in(document)

    def _store(self, document: Any, entry: Entry, packed: Any) -> None:
        if not is_open(document):
            return
        begun = time.perf_counter()
        sketch, face, painted = packed
        entry = replace(entry, sketch=sketch.key, face=face.key, painted=painted.key if painted is not None else "")
        pictures = {PICTURE + one.key: one.png for one in packed if one is not None}
        pictures.update({SMALL + one.key: one.small for one in (sketch, face)})
        try:
            Store(DocumentShelf(document)).add(entry, pictures, self.limit_mb * MEBIBYTE)
        except HistoryFull:
            self.told.emit(texts.history.FULL)
            return
        document.setModified(True)
        self.longest_ms = max(self.longest_ms, (time.perf_counter() - begun) * 1000)
        self.changed.emit()

    def _fetch(self, document: Any, key: str, take: Callable[[Any], None]) -> None:
        stored = DocumentShelf(document).raw(PICTURE + key)
        self._workshop.order(lambda: unpack(stored, key), take, self.told.emit)

    def _run(self, act: Callable[..., Steps], document: Any, entry: Entry, picture: Any, *more: Any) -> None:
        Task(act(document, entry, picture, *more), self.told.emit, self.told.emit).start()

    def _changed_in(self, document: Any) -> None:
        document.setModified(True)
        self.changed.emit()


def _entry(origin: str, sketch: CapturedSketch, answer: Any, like: Optional[Entry]) -> Entry:
    """All but the pictures."""
    layer, document = sketch.subject.sketch, sketch.subject.document
    place = sketch.place_now
    return Entry(
        id=f"{int(time.time() * 1000):013d}-{uuid.uuid4().hex[:8]}",
        sketch_id=like.sketch_id if like is not None else id_of(layer),
        sketch_name=like.sketch_name if like is not None else layer.name(),
        sketch="",
        sketch_place=place,
        face="",
        face_place=_place_of(sketch, answer),
        model=answer.model,
        origin=origin,
        frame=sketch.frame.moved(place.left, place.top) if sketch.frame is not None else None,
        options={**sketch.options.to_map(), **_mask_noted(sketch.trust)},
        anchors=like.anchors if like is not None else to_note(anchors_of(document, id_of(layer))),
        turn=sketch.turn,
    )


def _place_of(sketch: CapturedSketch, answer: Any) -> Rect:
    """Where a face lies now, in the document."""
    place = sketch.place_now
    return Rect(place.left + answer.left, place.top + answer.top, answer.width, answer.height)


def _painted(picture: Any) -> Painted:
    return Painted(swapped(pixels_of(picture)), (picture.width(), picture.height()))


def _mask_noted(mask: Optional[TrustMask]) -> Dict[str, Any]:
    if mask is None:
        return {}
    return {MASK: {"size": list(mask.size), "values": base64.b64encode(zlib.compress(mask.values)).decode()}}


def _mask(options: Dict[str, Any]) -> Optional[TrustMask]:
    """The inverse of `_mask_noted`; a spoiled mask counts as none."""
    try:
        noted = options[MASK]
        width, height = (int(side) for side in noted["size"])
        values = zlib.decompress(base64.b64decode(noted["values"]))
    except (KeyError, TypeError, ValueError, zlib.error):
        return None
    return TrustMask(size=(width, height), values=values) if len(values) == width * height else None
