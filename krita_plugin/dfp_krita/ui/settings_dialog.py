"""The settings, as a painter sees them."""

from typing import Any, Callable, Optional

from .. import texts
from ..connection.client import Client, Reply
from ..connection.exchange import url_with_token
from ..qt import QtWidgets
from ..settings import LONGEST_DELAY_MS, MOST_HISTORY_MB, Settings, SettingsError, save


class SettingsDialog(QtWidgets.QDialog):
    """Shows settings and keeps them when they are accepted; `saved` is told the new ones."""

    def __init__(self, settings: Settings, saved: Callable[[Settings], None], parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self.setObjectName("dfp_settings")
        self.setWindowTitle(texts.SETTINGS_TITLE)
        self._saved = saved
        self._trial = Client(self)
        self._here = QtWidgets.QRadioButton(texts.SERVER_HERE, objectName="dfp_server_here")
        self._there = QtWidgets.QRadioButton(texts.SERVER_THERE, objectName="dfp_server_there")
        (self._there if settings.address else self._here).setChecked(True)
        self._address = _line(settings.address, "dfp_address", texts.ADDRESS_EXAMPLE)
        self._token = _line(settings.token, "dfp_token", "")
        self._token.setEchoMode(QtWidgets.QLineEdit.EchoMode.Password)
        self._certificate = _line(settings.certificate, "dfp_certificate", texts.CERTIFICATE_EXAMPLE)
        self._try = QtWidgets.QPushButton(texts.TRY_SERVER, objectName="dfp_try_server")
        self._try.clicked.connect(lambda: self._try_server())
        self._delay = _number(settings.live_delay_ms, LONGEST_DELAY_MS, 50, " ms", "dfp_live_delay")
        self._history = _number(settings.history_mb, MOST_HISTORY_MB, 16, " MiB", "dfp_history_mb")
        self._verdict = QtWidgets.QLabel(objectName="dfp_settings_verdict")
        self._verdict.setWordWrap(True)
        self._there.toggled.connect(lambda *_: self._show())
        self._arrange()
        self._show()

    def _arrange(self) -> None:
        remote = QtWidgets.QFormLayout()
        remote.setContentsMargins(20, 0, 0, 0)
        remote.addRow(texts.ADDRESS, self._address)
        remote.addRow(texts.TOKEN, self._token)
        certificate = QtWidgets.QHBoxLayout()
        certificate.addWidget(self._certificate, 1)
        choose = QtWidgets.QPushButton(texts.CHOOSE_FILE)
        choose.clicked.connect(lambda: self._choose_certificate())
        certificate.addWidget(choose)
        remote.addRow(texts.CERTIFICATE, certificate)
        remote.addRow("", self._try)
        work = QtWidgets.QFormLayout()
        work.addRow(texts.LIVE_DELAY, self._delay)
        work.addRow(texts.HISTORY_SIZE, self._history)
        shortcuts = QtWidgets.QLabel(texts.SHORTCUTS)
        shortcuts.setWordWrap(True)
        kinds = QtWidgets.QDialogButtonBox.StandardButton
        buttons = QtWidgets.QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        column = QtWidgets.QVBoxLayout(self)
        column.addWidget(self._here)
        column.addWidget(self._there)
        column.addLayout(remote)
        column.addLayout(work)
        column.addWidget(shortcuts)
        column.addWidget(self._verdict)
        column.addWidget(buttons)

    def _show(self) -> None:
        for field in (self._address, self._token, self._certificate, self._try):
            field.setEnabled(self._there.isChecked())
        self._verdict.setText("")

    def _entered(self) -> Settings:
        there = self._there.isChecked()
        return Settings(
            address=self._address.text().strip().rstrip("/") if there else "",
            token=self._token.text().strip() if there else "",
            certificate=self._certificate.text().strip() if there else "",
            live_delay_ms=self._delay.value(),
            history_mb=self._history.value(),
        )

    def _choose_certificate(self) -> None:
        chosen, _ = QtWidgets.QFileDialog.getOpenFileName(self, texts.CERTIFICATE, "", texts.CERTIFICATE_FILES)
        if chosen:
            self._certificate.setText(chosen)

    def _try_server(self) -> None:
        entered = self._entered()
        try:
            entered.check()
        except SettingsError as error:
            self._verdict.setText(str(error))
            return
        self._verdict.setText(texts.TRYING)
        self._trial.certificate = entered.certificate
        self._trial.health(url_with_token(entered.address, entered.token)).finished.connect(self._tried)

    def _tried(self, reply: Reply) -> None:
        health = reply.message
        self._verdict.setText(
            texts.server_found(health.device) if health is not None else texts.server_not_found(reply.sentence)
        )

    def _accept(self) -> None:
        entered = self._entered()
        try:
            save(entered)
        except SettingsError as error:
            self._verdict.setText(str(error))
            return
        self._saved(entered)
        self.accept()


def _line(text: str, name: str, example: str) -> Any:
    line = QtWidgets.QLineEdit(text, objectName=name)
    line.setPlaceholderText(example)
    line.setMinimumWidth(260)
    return line


def _number(value: int, most: int, step: int, unit: str, name: str) -> Any:
    number = QtWidgets.QSpinBox(objectName=name)
    number.setRange(0, most)
    number.setSingleStep(step)
    number.setSuffix(unit)
    number.setValue(value)
    return number
