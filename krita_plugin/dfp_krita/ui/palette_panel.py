"""The docker's lines about colours: a swatch for each region; the die, back and forward; palettes; the colour layer."""

from functools import partial

from .. import texts
from ..control.colours import ColourControl
from ..control.palettes import PaletteControl
from ..control.picture_colours import PictureColours
from ..document.palette import REGIONS
from ..krita_api import Krita
from ..qt import QtCore, QtWidgets
from .dialogs import choose_colour
from .icons import die
from .palette_menu import PaletteMenu
from .swatch import Swatch
from .widgets import NARROWEST, column_in, push_button, tool_button


class PalettePanel(QtWidgets.QWidget):
    """Shows the colours of the picture in front; `control` changes them, `palettes` has more by name."""

    def __init__(self, control: ColourControl, palettes: PaletteControl, pictures: PictureColours) -> None:
        super().__init__()
        self._control = control
        self._swatches = {region: self._swatch(region) for region in REGIONS}
        self._die = tool_button(
            texts.colours.PERSON, texts.colours.PERSON_TIP, "dfp_person_button", control.another_person
        )
        self._die.setIcon(die(self.palette()))
        arrows = QtCore.Qt.ArrowType
        self._back = tool_button(texts.colours.BACK, texts.colours.BACK, "dfp_person_back_button", control.back)
        self._back.setArrowType(arrows.LeftArrow)
        self._forward = tool_button(
            texts.colours.FORWARD, texts.colours.FORWARD, "dfp_person_forward_button", control.forward
        )
        self._forward.setArrowType(arrows.RightArrow)
        words = texts.colour_layer
        self._layer = push_button(words.ADD, words.ADD_TIP, "dfp_colour_layer_button", control.add_layer)
        self._named = QtWidgets.QPushButton(texts.palettes.TITLE, objectName="dfp_palettes_button")
        self._named.setToolTip(texts.palettes.TIP)
        self._named.setMinimumWidth(NARROWEST)
        self._named.setMenu(PaletteMenu(palettes, pictures, self))
        self._arrange()
        control.changed.connect(self.refresh)
        self.refresh()

    def _arrange(self) -> None:
        swatches = QtWidgets.QHBoxLayout()
        swatches.setSpacing(3)
        for swatch in self._swatches.values():
            swatches.addWidget(swatch, 1)
        people = QtWidgets.QHBoxLayout()
        people.setSpacing(2)
        for button in (self._die, self._back, self._forward):
            people.addWidget(button)
        people.addWidget(self._layer, 1)
        people.addWidget(self._named, 1)
        column = column_in(self)
        column.addLayout(swatches)
        column.addLayout(people)

    def _swatch(self, region: str) -> Swatch:
        swatch = Swatch(region)
        swatch.clicked.connect(lambda *_: self._control.click(region))
        swatch.wished.connect(lambda: self._choose(region))
        return swatch

    def _choose(self, region: str) -> None:
        known = self._control.palette.known.get(region) or self._control.told.known.get(region)
        choose_colour(known, texts.colours.REGIONS[region], partial(self._control.set_colour, region))

    def refresh(self) -> None:
        """Look at the picture in front again."""
        self.setEnabled(Krita.instance().activeDocument() is not None)
        wanted, told = self._control.palette.known, self._control.told.known
        for region, swatch in self._swatches.items():
            swatch.show_colours(wanted.get(region), told.get(region))
        for button, there in zip((self._back, self._forward), self._control.ways):
            button.setEnabled(there)
