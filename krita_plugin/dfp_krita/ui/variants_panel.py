"""The docker's lines about people to choose from: a button that draws four, and their small pictures."""

from functools import partial

from .. import texts
from ..control.variants import COUNT, VariantControl
from ..krita_api import Krita
from ..qt import QtWidgets
from .portrait import Portrait
from .widgets import column_in, push_button


class VariantsPanel(QtWidgets.QWidget):
    """Shows the people for the picture in front; `control` draws others and takes the one that is clicked."""

    def __init__(self, control: VariantControl) -> None:
        super().__init__()
        self._control = control
        self._draw = push_button(texts.variants.FOUR, texts.variants.FOUR_TIP, "dfp_four_people_button", control.draw)
        self._portraits = [Portrait(number) for number in range(COUNT)]
        shown = QtWidgets.QHBoxLayout()
        shown.setSpacing(2)
        for number, portrait in enumerate(self._portraits):
            portrait.setAccessibleName(texts.variants.person(number + 1, COUNT, False))
            take = partial(control.take, number)
            portrait.clicked.connect(lambda *_, take=take: take())
            shown.addWidget(portrait, 1)
        column = column_in(self)
        column.addWidget(self._draw)
        column.addLayout(shown)
        control.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Look at the people again."""
        control, people = self._control, self._control.people
        self._draw.setEnabled(Krita.instance().activeDocument() is not None and not control.busy)
        for number, portrait in enumerate(self._portraits):
            portrait.setVisible(number < len(people))
            if number < len(people):
                person = people[number]
                portrait.show_person(person.picture, person.seed == control.chosen, control.old)
                portrait.setAccessibleName(texts.variants.person(number + 1, len(people), control.old))
                colours = "\n".join(texts.colours.chosen(person.palette.to_map(), 0))
                portrait.setToolTip(f"{texts.variants.OLD_TIP if control.old else texts.variants.TAKE_TIP}\n{colours}")
