"""What is done about the colours of a face's regions, and about the person: both show at once where there is a face."""

import random
from dataclasses import replace
from typing import Any, List, Optional, Tuple

from .. import texts
from ..document.capture import chosen_subject
from ..document.colors import foreground
from ..document.colour_layer import add_colour_layer
from ..document.option_annotation import options_of
from ..document.options import MOST_SEED
from ..document.palette import NO_PALETTE, REGIONS, Colour, Palette
from ..document.people_annotation import keep_people, people_of
from ..krita_api import Krita
from ..qt import QtCore
from ..refusal import Refusal
from ..settings.observed import SettingGroup
from .backend import Backend
from .faces import FaceControl
from .live import LiveControl
from .status import Status

THROWS = 8  # of the die, until somebody else comes


class ColourControl(QtCore.QObject):
    """Sets palette and seed of the picture in front. `changed` when there is something else to show.

    A face that the chosen drawing has is renewed at every change, by one undo step, or by live where that follows it.
    Without a face only another person makes one; colours wait for it.
    """

    changed = QtCore.pyqtSignal()

    def __init__(
        self,
        backend: Backend,
        status: Status,
        options: SettingGroup,
        faces: FaceControl,
        live: LiveControl,
        parent: Optional[Any] = None,
    ) -> None:
        super().__init__(parent)
        self._status = status
        self._options = options
        self._faces = faces
        self._live = live
        # Colours that the model was told last, by document.
        self._told: List[Tuple[Any, Palette]] = []
        # The picture whose face has to be renewed once more, because something changed while one was on its way.
        self._due: Optional[Any] = None
        # What was told before the die was thrown, and how often it may be thrown again.
        self._thrown: Optional[Tuple[Palette, int]] = None
        backend.client.drawn.connect(self._note)
        status.changed.connect(self._catch_up)
        options.changed.connect(self.changed)

    @property
    def palette(self) -> Palette:
        """The colours that are wanted in the picture in front."""
        return self._options.values.palette

    @property
    def told(self) -> Palette:
        """All colours that the model was told for the picture's newest face, with those that it was free to choose."""
        front = Krita.instance().activeDocument()
        found = [palette for document, palette in self._told if front is not None and document == front]
        return found[0] if found else NO_PALETTE

    @property
    def ways(self) -> Tuple[bool, bool]:
        """Whether there is a person before, and one after, the one that is chosen."""
        return self._beside(-1) is not None, self._beside(1) is not None

    def click(self, region: str) -> None:
        """Take Krita's foreground colour for a region, or leave the region open again when it has a colour."""
        self._status.attempt(lambda: self._click(region))

    def set_colour(self, region: str, colour: Optional[Colour]) -> None:
        """Let a region have this colour; None leaves it open."""
        self.use(self.palette.with_colour(region, colour), texts.colours.changed(region, colour))

    def use(self, palette: Palette, sentence: str) -> None:
        """Let these be the colours from now on, and say so."""
        self._set(sentence, palette=palette)

    def another_person(self) -> None:
        """Draw another person for the same lines and colours; makes a face where there is none."""
        if len(self.palette.known) == len(REGIONS):
            self._status.say(texts.colours.ALL_CHOSEN)
            return
        self._thrown = (self.told, THROWS) if self.told.known else None
        self._take(random.randint(1, MOST_SEED))

    def take_person(self, seed: int) -> None:
        """Let this be the person from now on, the newest of those drawn unless it was drawn before."""
        self._thrown = None
        self._take(seed)

    def _take(self, seed: int, instead: bool = False) -> None:
        """`instead` of the person of now, who was none of her own."""
        document = Krita.instance().activeDocument()
        if document is None:
            self._status.say(texts.document.NO_DOCUMENT)
            return
        people, now = people_of(document), self._options.values.seed
        people = (people.without(now) if instead else people.with_seed(now)).with_seed(seed)
        keep_people(document, people)
        self._set(texts.colours.person(people.seeds.index(seed) + 1, len(people.seeds)), always=True, seed=seed)

    def back(self) -> None:
        """Take the person who was drawn before this one."""
        self._go(-1)

    def forward(self) -> None:
        """Take the person who was drawn after this one."""
        self._go(1)

    def add_layer(self) -> None:
        """Add a layer on which the painter lays colours down place by place, or choose the one that is there."""
        self._status.attempt(add_colour_layer)

    def _go(self, step: int) -> None:
        seed = self._beside(step)
        if seed is None:
            self._status.say(texts.colours.NOBODY)
        else:
            self.take_person(seed)

    def _beside(self, step: int) -> Optional[int]:
        document = Krita.instance().activeDocument()
        if document is None:
            return None
        people, seed = people_of(document), self._options.values.seed
        return people.before(seed) if step < 0 else people.after(seed)

    def _click(self, region: str) -> None:
        known = region in self.palette.known
        self.set_colour(region, None if known else foreground())

    def _set(self, sentence: str, always: bool = False, **what: Any) -> None:
        if Krita.instance().activeDocument() is None:
            self._status.say(texts.document.NO_DOCUMENT)
            return
        self._status.say(sentence)
        self._options.keep(replace(self._options.values, **what))
        # Live has heard of it.
        if not self._live.here:
            self._renew(sentence, always)

    def _renew(self, sentence: str, always: bool) -> None:
        if not always and not _has_face():
            self._status.say(f"{sentence} {texts.colours.TO_SEE}")
        elif self._faces.busy:
            self._due = Krita.instance().activeDocument()
        else:
            self._faces.renew()

    def _catch_up(self) -> None:
        if self._due is None or self._faces.busy:
            return
        due, self._due = self._due, None
        if due == Krita.instance().activeDocument():
            # When whoever tells that the last one is done has ended.
            QtCore.QTimer.singleShot(0, lambda: self._faces.renew())

    def _note(self, sketch: Any, answer: Any) -> None:
        document, there = sketch.subject.document, Krita.instance().documents()
        # Krita crashes when a document is asked that was closed meanwhile.
        if answer.palette is None or sketch.subject.sketch is None or document not in there:
            return
        now = options_of(document)
        # A face that is tried out, or made of the history, says nothing of what is chosen now.
        if (sketch.options.palette, sketch.options.seed) == (now.palette, now.seed):
            others = [(other, known) for other, known in self._told if other != document and other in there]
            told = Palette.from_map(answer.palette)
            self._told = [(document, told), *others]
            self._throw_again(document, told)
            self.changed.emit()

    def _throw_again(self, document: Any, told: Palette) -> None:
        """Another seed may well be the same person: to few colours only a few real faces fit."""
        thrown, self._thrown = self._thrown, None
        if thrown is None or told != thrown[0] or not thrown[1] or document != Krita.instance().activeDocument():
            return
        self._thrown = told, thrown[1] - 1
        if not self._live.here:
            # Before that face is placed, which would be an undo step of nothing.
            self._faces.cancel()
        QtCore.QTimer.singleShot(0, lambda: self._take(random.randint(1, MOST_SEED), instead=True))


def _has_face() -> bool:
    try:
        return chosen_subject(linked=True).face is not None
    except Refusal:
        return False
