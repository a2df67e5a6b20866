"""Four people for one drawing, small, to choose from: a click makes one of them the face, at full size."""

import random
from dataclasses import replace
from typing import Any, NamedTuple, Optional, Tuple

from .. import texts
from ..document.capture import CapturedSketch, Subject, capture, chosen_subject
from ..document.options import LAYER, MOST_SEED
from ..document.palette import Palette
from ..document.sketch_digest import digest_of
from ..krita_api import Krita
from ..qt import QtCore, QtGui
from ..settings.observed import SettingGroup
from ..task import Steps
from .backend import Backend
from .colours import ColourControl
from .faces import FaceControl
from .status import Status

COUNT = 4


class Person(NamedTuple):
    """One of them: the seed with which she is drawn, a small picture (QImage), and the colours the model was told."""

    seed: int
    picture: Any
    palette: Palette


class VariantControl(QtCore.QObject):
    """Asks for people and makes one of them the picture's person. `changed` when there is something else to show.

    The pictures are those of the drawing and the colours that they were asked for: live work does not renew them, which
    would take time from each stroke, but as soon as a face of another drawing comes they are `old`. Who is in them can
    be chosen all the same.
    """

    changed = QtCore.pyqtSignal()

    def __init__(
        self,
        backend: Backend,
        status: Status,
        options: SettingGroup,
        faces: FaceControl,
        colours: ColourControl,
        parent: Optional[Any] = None,
    ) -> None:
        super().__init__(parent)
        self.old = False
        self._status = status
        self._options = options
        self._faces = faces
        self._colours = colours
        self._people: Tuple[Person, ...] = ()
        self._subject: Optional[Subject] = None
        self._digest = 0
        self._asked: Any = None
        backend.client.drawn.connect(self._compare_drawing)
        options.changed.connect(self._compare_options)
        status.changed.connect(self.changed)

    @property
    def people(self) -> Tuple[Person, ...]:
        """Those for the picture in front, as they were asked for last."""
        front = Krita.instance().activeDocument()
        return self._people if self._subject is not None and front == self._subject.document else ()

    @property
    def chosen(self) -> int:
        """The seed of the picture's person."""
        return self._options.values.seed

    @property
    def busy(self) -> bool:
        """Whether a face, or people, are on their way."""
        return self._faces.busy

    def draw(self) -> None:
        """Draw four others for the chosen drawing. Nothing happens while a face is on its way."""
        self._status.attempt(self._draw)

    def take(self, number: int) -> None:
        """Let one of those there be the picture's person, and make her face."""
        if number < len(self.people):
            self._colours.take_person(self.people[number].seed)

    def _draw(self) -> None:
        sketch = capture(chosen_subject())
        seed = random.randint(1, MOST_SEED)
        asked = replace(sketch, variants=COUNT, options=replace(_of_anybody(sketch.options), seed=seed))
        self._faces.ask(asked, self._show)

    def _show(self, sketch: CapturedSketch, answer: Any) -> Steps:
        yield False
        self._people = tuple(Person(one.seed, _picture(one), Palette.from_map(one.palette)) for one in answer.people)
        self._subject = sketch.subject
        self._digest = digest_of(_for_anybody(sketch))
        self._asked = _for_anybody(sketch).options
        self.old = False
        self._compare_options()
        self.changed.emit()
        return texts.variants.drawn(len(self._people))

    def _compare_drawing(self, sketch: CapturedSketch, _: Any) -> None:
        subject = self._subject
        if self.old or subject is None or sketch.subject.sketch is None or sketch.subject.document != subject.document:
            return
        if sketch.subject.sketch == subject.sketch and digest_of(_for_anybody(sketch)) != self._digest:
            self._become_old()

    def _compare_options(self) -> None:
        if self.people and not self.old and _of_anybody(self._options.values) != self._asked:
            self._become_old()
        self.changed.emit()

    def _become_old(self) -> None:
        self.old = True
        self.changed.emit()


def _for_anybody(sketch: CapturedSketch) -> CapturedSketch:
    return replace(sketch, options=_of_anybody(sketch.options))


def _of_anybody(options: Any) -> Any:
    """Options without what changes no picture of several people: who is chosen, what else is answered, and how."""
    return replace(options, seed=0, attention=False, form=LAYER)


def _picture(one: Any) -> Any:
    kind = QtGui.QImage.Format.Format_RGB888
    return QtGui.QImage(one.pixels, one.width, one.height, 3 * one.width, kind).copy()
