"""Palettes by name: used, saved, deleted and brought back; as files; and what the model has chosen by itself."""

from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, Optional

from .. import texts
from ..document.gpl import LARGEST, NamedPalette, NotGpl, from_gpl, to_gpl
from ..document.palette import NO_PALETTE, Palette
from ..document.palette_annotation import DocumentPalettes
from ..document.palette_store import Palettes, UserPalettes, clean_name, free_name
from ..krita_api import Krita
from ..refusal import Refusal
from ..settings.whole_file import write_whole
from .colours import ColourControl
from .status import Status


class Kept(Enum):
    """Where a palette is kept."""

    PICTURE = "picture"
    ALL = "all"


class Deleted(NamedTuple):
    """A palette that can be brought back to where it was."""

    where: Kept
    document: Any
    name: str
    palette: Palette


class PaletteControl:
    """Works on the palettes of the picture in front and on those of all pictures."""

    def __init__(self, colours: ColourControl, status: Status) -> None:
        self._colours = colours
        self._status = status
        self.deleted: Optional[Deleted] = None

    def palettes(self, where: Kept) -> Palettes:
        """Those that are kept there, by name."""
        return self._store(where).read()

    def use(self, where: Kept, name: str) -> None:
        """Let these be the colours."""
        palette = self.palettes(where).get(name)
        if palette is not None:
            self._colours.use(palette, texts.palettes.used(name))

    def leave_open(self) -> None:
        """Let the model choose all colours."""
        self._colours.use(NO_PALETTE, texts.palettes.OPENED)

    def use_faces(self) -> None:
        """Let the colours that the model was told for the newest face be those that are wanted."""
        told = self._colours.told
        if told.known:
            self._colours.use(told, texts.palettes.FROM_FACE_DONE)
        else:
            self._status.say(texts.palettes.NO_FACE)

    def save(self, where: Kept, name: str) -> None:
        """Keep the colours of now under a name; one that has the name already can be brought back."""
        self._status.attempt(partial(self._save, where, name))

    def delete(self, where: Kept, name: str) -> None:
        """Take a palette out; `bring_back` undoes that."""
        self._status.attempt(partial(self._delete, where, name))

    def bring_back(self) -> None:
        """Undo the last deletion."""
        self._status.attempt(self._bring_back)

    def import_file(self, file: str) -> None:
        """Use a .gpl file's colours, and keep them for all pictures."""
        self._status.attempt(partial(self._import, Path(file)))

    def export_file(self, file: str) -> None:
        """Write the colours of now as a .gpl file."""
        self._status.attempt(partial(self._export, Path(file)))

    def check_colours(self) -> bool:
        """Whether there are colours to save; says what to do when there are none."""
        if not self._colours.palette.known:
            self._status.say(texts.palettes.NO_COLOURS)
        return bool(self._colours.palette.known)

    def _store(self, where: Kept, document: Optional[Any] = None) -> Any:
        if where is Kept.ALL:
            return UserPalettes()
        front = document if document is not None else Krita.instance().activeDocument()
        if front is None:
            raise Refusal(texts.document.NO_DOCUMENT)
        return DocumentPalettes(front)

    def _save(self, where: Kept, name: str) -> str:
        name = clean_name(name)
        if not name:
            raise Refusal(texts.palettes.NO_NAME)
        store = self._store(where)
        before = store.read()
        store.write({**before, name: self._colours.palette})
        if name in before and before[name] != self._colours.palette:
            self._remember(where, name, before[name])
        return texts.palettes.saved(name)

    def _delete(self, where: Kept, name: str) -> Optional[str]:
        store = self._store(where)
        palettes = store.read()
        if name not in palettes:
            return None
        gone = palettes.pop(name)
        store.write(palettes)
        self._remember(where, name, gone)
        return texts.palettes.deleted(name)

    def _remember(self, where: Kept, name: str, palette: Palette) -> None:
        self.deleted = Deleted(where, Krita.instance().activeDocument(), name, palette)

    def _bring_back(self) -> Optional[str]:
        gone = self.deleted
        if gone is None:
            return None
        if gone.where is Kept.PICTURE and gone.document not in Krita.instance().documents():
            raise Refusal(texts.document.CLOSED)
        store = self._store(gone.where, gone.document)
        palettes = store.read()
        name = free_name(gone.name, palettes)
        store.write({**palettes, name: gone.palette})
        self.deleted = None
        return texts.palettes.brought_back(name)

    def _import(self, file: Path) -> None:
        try:
            with file.open("rb") as opened:
                named = from_gpl(opened.read(LARGEST + 1))
        except OSError as error:
            raise Refusal(texts.palettes.not_read(error.strerror or str(error))) from error
        except NotGpl as error:
            raise Refusal(texts.palettes.NO_GPL) from error
        if not named.palette.known:
            raise Refusal(texts.palettes.OTHER_COLOURS)
        store = UserPalettes()
        known = store.read()
        name = clean_name(named.name or file.stem) or texts.palettes.USUAL_NAME
        if known.get(name) != named.palette:
            name = free_name(name, known)
            store.write({**known, name: named.palette})
        self._colours.use(named.palette, texts.palettes.imported(name))

    def _export(self, file: Path) -> str:
        if file.suffix.lower() != ".gpl":
            file = file.with_name(file.name + ".gpl")
        try:
            write_whole(file, to_gpl(NamedPalette(file.stem, self._colours.palette)), private=False)
        except OSError as error:
            raise Refusal(texts.palettes.not_saved(error.strerror or str(error))) from error
        return texts.palettes.exported(file.name)
