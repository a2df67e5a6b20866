"""The docker's history: thumbnails, the newest first, a preview, and what can be done with one of them."""

from typing import Any, Callable, Dict, List, Optional

from .. import texts
from ..history.history import History
from ..history.pictures import THUMBNAIL
from ..history.store import Entry
from ..krita_api import Krita
from ..qt import QtCore, QtGui, QtWidgets
from ..task import Steps, Task
from .widgets import column_in, plain_tip, push_button
from .wipe import Wipe

ENTRY_ROLE = QtCore.Qt.ItemDataRole.UserRole
ROWS = 2


class HistoryPanel(QtWidgets.QWidget):
    """Shows the history of the document in front; folded, it reads nothing. `again` makes a face anew."""

    def __init__(self, history: History, again: Callable[[Any, Entry], None]) -> None:
        super().__init__()
        self._history = history
        self._again = again
        self._document: Optional[Any] = None
        self._filling: List[Task] = []
        filling = self._filling
        # Krita takes its windows apart before it says that it is closing.
        self.destroyed.connect(lambda *_: [task.drop() for task in filling])
        self._looked_at: Optional[Entry] = None
        self._compared = ""
        self._list = _thumbnails()
        self._list.itemClicked.connect(self._clicked)
        self._preview = Wipe()
        self._buttons: Dict[str, Any] = {}
        self._arrange()
        self._history.changed.connect(self.refresh)
        self._show()

    def refresh(self) -> None:
        """Look at the document in front again."""
        document = Krita.instance().activeDocument()
        if document is None or self._document is None or document != self._document:
            self._list.clear()
            self._look_at(None)
            # What was deleted belongs to the document that it was deleted from.
            self._back.hide()
        self._document = document
        while self._filling:
            self._filling.pop().drop()
        if document is not None and not self.isHidden():
            self._filling.append(Task(self._fill(document), self._filled, self._filled).start())

    def _arrange(self) -> None:
        column = column_in(self)
        column.setSpacing(2)
        column.addWidget(self._list)
        column.addWidget(self._preview)
        grid = QtWidgets.QGridLayout()
        grid.setSpacing(2)
        acts = (
            ("apply", texts.history.APPLY, texts.history.APPLY_TIP, lambda: self._act(self._history.apply)),
            ("restore", texts.history.RESTORE, texts.history.RESTORE_TIP, lambda: self._act(self._history.restore)),
            ("again", texts.history.AGAIN, texts.history.AGAIN_TIP, lambda: self._act(self._again)),
            ("compare", texts.history.COMPARE, texts.history.COMPARE_TIP, self._compare),
            ("pin", texts.history.PIN, texts.history.PIN_TIP, self._pin),
            ("delete", texts.history.DELETE, texts.history.DELETE_TIP, self._delete),
        )
        for number, (name, text, tip, act) in enumerate(acts):
            button = push_button(text, tip, f"dfp_history_{name}", act, checkable=name in ("compare", "pin"))
            self._buttons[name] = button
            grid.addWidget(button, number // 2, number % 2)
        column.addLayout(grid)
        self._back = QtWidgets.QPushButton(texts.history.BRING_BACK, objectName="dfp_history_bring_back")
        self._back.clicked.connect(lambda: self._bring_back())
        self._back.hide()
        column.addWidget(self._back)

    def showEvent(self, event: Any) -> None:
        """Unfolded: what came while it was folded has not been read yet."""
        super().showEvent(event)
        self.refresh()

    def _fill(self, document: Any) -> Steps:
        """Bring the list up to date, thumbnail by thumbnail; what is shown already stays."""
        entries = self._history.entries(document)
        yield False
        wanted = {entry.id for entry in entries}
        for row in reversed(range(self._list.count())):
            if self._list.item(row).data(ENTRY_ROLE).id not in wanted:
                self._list.takeItem(row)
        for row, entry in enumerate(entries):
            item = self._list.item(row)
            if item is None or item.data(ENTRY_ROLE).id != entry.id:
                item = QtWidgets.QListWidgetItem()
                thumbnail = QtGui.QPixmap()
                thumbnail.loadFromData(self._history.thumbnail(document, entry))
                item.setIcon(QtGui.QIcon(thumbnail))
                self._list.insertItem(row, item)
            item.setData(ENTRY_ROLE, entry)
            item.setText(texts.history.label(entry))
            item.setToolTip(plain_tip(texts.history.tip(entry)))
            if self._looked_at is not None and entry.id == self._looked_at.id:
                self._looked_at = entry
            yield False

    def _filled(self, _: Any) -> None:
        self._filling.clear()
        if self._looked_at is not None and self._row_of(self._looked_at) is None:
            self._look_at(None)
        self._show()

    def _row_of(self, entry: Entry) -> Optional[int]:
        rows = [row for row in range(self._list.count()) if self._list.item(row).data(ENTRY_ROLE).id == entry.id]
        return rows[0] if rows else None

    def _clicked(self, item: Any) -> None:
        entry = item.data(ENTRY_ROLE)
        if self._buttons["compare"].isChecked() and self._looked_at is not None:
            self._compare_with(entry)
        else:
            self._look_at(entry)

    def _look_at(self, entry: Optional[Entry]) -> None:
        self._looked_at = entry
        self._buttons["compare"].setChecked(False)
        self._preview.show_first(None)
        self._preview.show_second(None)
        self._compared = ""
        if entry is not None:
            self._history.look(self._document, entry, lambda picture: self._came(entry, picture))
        self._show()

    def _came(self, entry: Entry, picture: Any) -> None:
        if self._looked_at is not None and entry.id == self._looked_at.id:
            self._preview.show_first(picture)
        elif entry.id == self._compared:
            self._preview.show_second(picture)

    def _compare(self) -> None:
        """With the one before it, until another one is clicked."""
        looked_at = self._looked_at
        row = self._row_of(looked_at) if looked_at is not None else None
        if not self._buttons["compare"].isChecked() or row is None or self._list.count() < 2:
            self._buttons["compare"].setChecked(False)
            self._compared = ""
            self._preview.show_second(None)
            return
        other = row + 1 if row + 1 < self._list.count() else row - 1
        self._compare_with(self._list.item(other).data(ENTRY_ROLE))

    def _compare_with(self, entry: Entry) -> None:
        self._compared = entry.id
        self._history.look(self._document, entry, lambda picture: self._came(entry, picture))

    def _act(self, act: Any) -> None:
        if self._looked_at is not None and self._document == Krita.instance().activeDocument():
            act(self._document, self._looked_at)

    def _pin(self) -> None:
        self._act(lambda document, entry: self._history.pin(document, entry, not entry.pinned))

    def _delete(self) -> None:
        self._act(self._history.delete)
        self._back.show()

    def _bring_back(self) -> None:
        self._back.hide()
        if self._document is not None:
            self._history.bring_back(self._document)

    def _show(self) -> None:
        chosen = self._looked_at is not None
        self._preview.setVisible(chosen)
        for button in self._buttons.values():
            button.setEnabled(chosen)
        self._buttons["pin"].setChecked(self._looked_at is not None and self._looked_at.pinned)


def _thumbnails() -> Any:
    view = QtWidgets.QListWidget(objectName="dfp_history_list")
    view.setViewMode(QtWidgets.QListView.ViewMode.IconMode)
    view.setResizeMode(QtWidgets.QListView.ResizeMode.Adjust)
    view.setMovement(QtWidgets.QListView.Movement.Static)
    view.setIconSize(QtCore.QSize(THUMBNAIL, THUMBNAIL))
    row = THUMBNAIL + view.fontMetrics().lineSpacing() + 10
    view.setGridSize(QtCore.QSize(THUMBNAIL + 10, row))
    view.setFixedHeight(ROWS * row + 6)
    return view
