"""The menu of palettes by name; it is made anew each time it opens."""

from functools import partial
from typing import Any, Callable

from .. import texts
from ..control.palettes import Kept, PaletteControl
from ..control.picture_colours import PictureColours
from ..document.palette import REGIONS, Palette
from ..qt import QtCore, QtGui, QtWidgets
from .dialogs import choose_file, choose_new_file, choose_text

STRIPES = QtCore.QSize(24, 12)


class PaletteMenu(QtWidgets.QMenu):
    """Offers what `control` can do with palettes now, and `pictures` with the active layer."""

    def __init__(self, control: PaletteControl, pictures: PictureColours, parent: Any) -> None:
        super().__init__(parent)
        self.setObjectName("dfp_palettes_menu")
        self._control = control
        self._pictures = pictures
        self.aboutToShow.connect(self.fill)

    def fill(self) -> None:
        """Look at the palettes again."""
        self.clear()
        self._add_named(Kept.PICTURE, texts.palettes.OF_PICTURE)
        self._add_named(Kept.ALL, texts.palettes.OF_ALL)
        self.addSection("")
        self._act(texts.palettes.FROM_FACE, "from_face", self._control.use_faces)
        self._add_picture()
        self._act(texts.palettes.ALL_OPEN, "all_open", self._control.leave_open)
        self.addSection("")
        self._act(texts.palettes.SAVE_PICTURE, "save_picture", partial(self._save, Kept.PICTURE))
        self._act(texts.palettes.SAVE_ALL, "save_all", partial(self._save, Kept.ALL))
        self._add_deletion()
        self.addSection("")
        self._act(texts.palettes.IMPORT, "import", self._import)
        self._act(texts.palettes.EXPORT, "export", self._export)

    def _act(self, text: str, name: str, act: Callable[[], Any], menu: Any = None) -> Any:
        action = (menu if menu is not None else self).addAction(text.replace("&", "&&"))
        action.setObjectName("dfp_palettes_" + name)
        action.triggered.connect(lambda *_: act())
        return action

    def _add_named(self, where: Kept, title: str) -> None:
        palettes = self._control.palettes(where)
        if palettes:
            self.addSection(title)
        for name, palette in palettes.items():
            self._act(name, "use", partial(self._control.use, where, name)).setIcon(stripes(palette))

    def _add_picture(self) -> None:
        source = self._pictures.source
        text = texts.palettes.from_layer(source.layer.name()) if source is not None else texts.palettes.FROM_LAYER
        self._act(text, "from_layer", self._pictures.take).setEnabled(source is not None)

    def _add_deletion(self) -> None:
        menu = self.addMenu(texts.palettes.DELETE)
        for where in Kept:
            for name, palette in self._control.palettes(where).items():
                act = partial(self._control.delete, where, name)
                self._act(name, "delete", act, menu).setIcon(stripes(palette))
        menu.setEnabled(not menu.isEmpty())
        if self._control.deleted is not None:
            name = self._control.deleted.name
            self._act(texts.palettes.bring_back(name), "bring_back", self._control.bring_back)

    def _save(self, where: Kept) -> None:
        if self._control.check_colours():
            title = texts.palettes.SAVE_PICTURE if where is Kept.PICTURE else texts.palettes.SAVE_ALL
            choose_text(title, texts.palettes.NAME, texts.palettes.USUAL_NAME, partial(self._control.save, where))

    def _import(self) -> None:
        choose_file(texts.palettes.IMPORT, texts.palettes.FILES, self._control.import_file)

    def _export(self) -> None:
        if self._control.check_colours():
            words = texts.palettes
            choose_new_file(words.EXPORT, words.FILES, "gpl", words.USUAL_NAME, self._control.export_file)


def stripes(palette: Palette) -> Any:
    """The regions' colours side by side; open ones let the menu through."""
    picture = QtGui.QPixmap(STRIPES)
    picture.fill(QtCore.Qt.GlobalColor.transparent)
    painter = QtGui.QPainter(picture)
    width = STRIPES.width() // len(REGIONS)
    for number, region in enumerate(REGIONS):
        if region in palette.known:
            painter.fillRect(number * width, 0, width, STRIPES.height(), QtGui.QColor(*palette.known[region]))
    painter.end()
    return QtGui.QIcon(picture)
