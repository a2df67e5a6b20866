"""The table of palettes by layer name: a row for each name or pattern, from the top the first that fits holds."""

from typing import Any, List

from .. import texts
from ..control.batch import BatchControl
from ..document.layer_palettes import Row
from ..document.palette import NO_PALETTE
from ..document.palette_store import clean_name
from ..krita_api import Krita
from ..qt import QtWidgets
from .palette_menu import stripes

SPARE_ROWS = 3
SIZE = 460, 320


class LayerPalettesDialog(QtWidgets.QDialog):
    """Lets the painter say which layers have which palette; with OK `control` keeps it."""

    def __init__(self, control: BatchControl, parent: Any) -> None:
        super().__init__(parent)
        self.setWindowTitle(texts.layer_palettes.TITLE)
        self._control = control
        self._palettes = {row.name: row.palette for row in control.palette_rows()}
        self._palettes.update(control.palettes())
        self._table = QtWidgets.QTableWidget(0, 2, self)
        self._table.setObjectName("dfp_layer_palettes")
        self._table.setHorizontalHeaderLabels([texts.layer_palettes.LAYER, texts.layer_palettes.PALETTE])
        self._table.horizontalHeader().setSectionResizeMode(QtWidgets.QHeaderView.ResizeMode.Stretch)
        self._table.verticalHeader().hide()
        says = QtWidgets.QLabel(texts.layer_palettes.HELP if self._palettes else texts.layer_palettes.NO_PALETTES)
        says.setWordWrap(True)
        kinds = QtWidgets.QDialogButtonBox.StandardButton
        buttons = QtWidgets.QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QtWidgets.QVBoxLayout(self)
        column.addWidget(says)
        column.addWidget(self._table, 1)
        column.addWidget(buttons)
        for row in control.palette_rows():
            self._add(row.pattern, row.name)
        for _ in range(SPARE_ROWS):
            self._add("", "")
        self.resize(*SIZE)

    def accept(self) -> None:
        """OK: rows that have both are kept."""
        self._control.keep_palette_rows(tuple(self._rows()))
        super().accept()

    def _add(self, pattern: str, name: str) -> None:
        """One more row at the end."""
        at = self._table.rowCount()
        self._table.insertRow(at)
        layer = QtWidgets.QComboBox()
        layer.setEditable(True)
        layer.addItems(self._control.layer_names())
        layer.setEditText(pattern)
        layer.setAccessibleName(texts.layer_palettes.row_name(texts.layer_palettes.LAYER, at + 1))
        palette = QtWidgets.QComboBox()
        palette.addItem("")
        for known, colours in self._palettes.items():
            palette.addItem(stripes(colours), known)
        palette.setCurrentIndex(max(0, palette.findText(name)))
        palette.setAccessibleName(texts.layer_palettes.row_name(texts.layer_palettes.PALETTE, at + 1))
        # There is always an empty row to go on in.
        palette.currentIndexChanged.connect(lambda *_: self._grow(palette))
        self._table.setCellWidget(at, 0, layer)
        self._table.setCellWidget(at, 1, palette)

    def _grow(self, changed: Any) -> None:
        last = self._table.rowCount() - 1
        if changed is self._table.cellWidget(last, 1) and changed.currentText():
            self._add("", "")

    def _rows(self) -> List[Row]:
        rows = []
        for at in range(self._table.rowCount()):
            pattern = clean_name(self._table.cellWidget(at, 0).currentText())
            name = self._table.cellWidget(at, 1).currentText()
            if pattern and name:
                rows.append(Row(pattern, name, self._palettes.get(name, NO_PALETTE)))
        return rows


def show_layer_palettes(control: BatchControl) -> None:
    """Open the table above the painter's window."""
    dialog = LayerPalettesDialog(control, Krita.instance().activeWindow().qwindow())
    dialog.setObjectName("dfp_layer_palettes_dialog")
    dialog.finished.connect(lambda *_: dialog.deleteLater())
    dialog.open()
