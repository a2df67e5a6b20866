"""What a batch writes down of its picture, and finds again in the picture that is opened after a crash.

Krita's ids of layers survive saving, also that which Krita does by itself.
"""

from typing import Any, Dict, List, Sequence

from ..document import frame_lock, layer_palettes_annotation, option_annotation, palette_annotation
from ..document.layer_tree import id_of, layers_below
from ..qt import QtCore
from .layers import Choice
from .note import Drawn, Note

# What says how faces shall be. It may have been changed after the picture was saved last.
KEPT = {
    module.ANNOTATION: module.DESCRIPTION
    for module in (option_annotation, layer_palettes_annotation, palette_annotation, frame_lock)
}


def note_of(
    document: Any, choice: Choice, layers: Sequence[Any], count: int, same_place: bool, drawn: Dict[str, Drawn]
) -> Note:
    """The note of a batch over these layers that begins now; of `drawn` what is known of these."""
    ids = tuple(id_of(layer) for layer in layers)
    return noted_now(Note(document.fileName(), choice.value, ids, count, same_place=same_place), document, 0, drawn)


def noted_now(note: Note, document: Any, done: int, drawn: Dict[str, Drawn]) -> Note:
    """The same after `done` of its sketches: the picture may have been saved elsewhere, and the options changed."""
    known = {layer: drawn[layer] for layer in note.layers if layer in drawn}
    annotations = {name: bytes(document.annotation(name)).decode(errors="replace") for name in KEPT}
    return Note(document.fileName(), note.choice, note.layers, note.count, done, note.same_place, known, annotations)


def is_about(note: Note, document: Any) -> bool:
    """Whether a document is the picture of a note, or what Krita has recovered of it."""
    known = any(note.choice == choice.value for choice in Choice)
    return known and note.may_be_about(document.fileName()) and bool(layers_meant(note, document))


def layers_meant(note: Note, document: Any) -> List[Any]:
    """The layers of a note that are in a document, in turn."""
    there = {id_of(layer): layer for layer in layers_below(document.rootNode())}
    return [there[layer] for layer in note.layers if layer in there]


def restore_settings(note: Note, document: Any) -> None:
    """Let the document say how faces shall be as it did when the note was written."""
    for name, text in note.annotations.items():
        if name not in KEPT or bytes(document.annotation(name)).decode(errors="replace") == text:
            continue
        if text:
            document.setAnnotation(name, KEPT[name], QtCore.QByteArray(text.encode()))
        else:
            document.removeAnnotation(name)
        document.setModified(True)
