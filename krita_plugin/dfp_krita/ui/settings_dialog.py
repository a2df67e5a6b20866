"""The settings, as a painter sees them."""

from dataclasses import replace
from typing import Any, Dict, Optional

from krita_plugin.shared.exchange import url_with_token

from .. import texts
from ..connection.client import Client, Reply
from ..qt import QtWidgets
from ..settings.observed import SettingGroup
from ..settings.user import LONGEST_DELAY_MS, MOST_HISTORY_MB, Settings, SettingsError
from .doctor_dialog import show_doctor

# Asked for only when faces are made on another computer.
REMOTE = ("address", "token", "certificate")


class SettingsDialog(QtWidgets.QDialog):
    """Shows settings and keeps them when they are accepted. Each has a field under its name in Settings."""

    def __init__(self, settings: SettingGroup, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self.setObjectName("dfp_settings")
        self.setWindowTitle(texts.settings.TITLE)
        self._settings = settings
        self._trial = Client(self)
        self._here = QtWidgets.QRadioButton(texts.settings.SERVER_HERE, objectName="dfp_server_here")
        self._there = QtWidgets.QRadioButton(texts.settings.SERVER_THERE, objectName="dfp_server_there")
        now = settings.values
        (self._there if now.address else self._here).setChecked(True)
        self._fields: Dict[str, Any] = {
            "address": _line(now.address, "dfp_address", texts.settings.ADDRESS_EXAMPLE),
            "token": _line(now.token, "dfp_token", ""),
            "certificate": _line(now.certificate, "dfp_certificate", texts.settings.CERTIFICATE_EXAMPLE),
            "live_delay_ms": _number(now.live_delay_ms, LONGEST_DELAY_MS, 50, " ms", "dfp_live_delay"),
            "history_mb": _number(now.history_mb, MOST_HISTORY_MB, 16, " MiB", "dfp_history_mb"),
        }
        self._fields["token"].setEchoMode(QtWidgets.QLineEdit.EchoMode.Password)
        self._try = QtWidgets.QPushButton(texts.settings.TRY_SERVER, objectName="dfp_try_server")
        self._try.clicked.connect(lambda: self._try_server())
        self._verdict = QtWidgets.QLabel(objectName="dfp_settings_verdict")
        self._verdict.setWordWrap(True)
        self._there.toggled.connect(lambda *_: self._show())
        self._arrange()
        self._show()

    def _arrange(self) -> None:
        remote = QtWidgets.QFormLayout()
        remote.setContentsMargins(20, 0, 0, 0)
        remote.addRow(texts.settings.ADDRESS, self._fields["address"])
        remote.addRow(texts.settings.TOKEN, self._fields["token"])
        certificate = QtWidgets.QHBoxLayout()
        certificate.addWidget(self._fields["certificate"], 1)
        choose = QtWidgets.QPushButton(texts.settings.CHOOSE_FILE)
        choose.clicked.connect(lambda: self._choose_certificate())
        certificate.addWidget(choose)
        remote.addRow(texts.settings.CERTIFICATE, certificate)
        remote.addRow("", self._try)
        work = QtWidgets.QFormLayout()
        work.addRow(texts.settings.LIVE_DELAY, self._fields["live_delay_ms"])
        work.addRow(texts.settings.HISTORY_SIZE, self._fields["history_mb"])
        shortcuts = QtWidgets.QLabel(texts.settings.SHORTCUTS)
        shortcuts.setWordWrap(True)
        kinds = QtWidgets.QDialogButtonBox.StandardButton
        buttons = QtWidgets.QDialogButtonBox(kinds.Ok | kinds.Cancel)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        check = buttons.addButton(texts.doctor.OPEN, QtWidgets.QDialogButtonBox.ButtonRole.ResetRole)
        check.setObjectName("dfp_check_installation")
        check.setToolTip(texts.doctor.OPEN_TIP)
        check.clicked.connect(lambda *_: show_doctor(self))
        column = QtWidgets.QVBoxLayout(self)
        column.addWidget(self._here)
        column.addWidget(self._there)
        column.addLayout(remote)
        column.addLayout(work)
        column.addWidget(shortcuts)
        column.addWidget(self._verdict)
        column.addWidget(buttons)

    def _show(self) -> None:
        for field in (*(self._fields[name] for name in REMOTE), self._try):
            field.setEnabled(self._there.isChecked())
        self._verdict.setText("")

    def _entered(self) -> Settings:
        left_out = () if self._there.isChecked() else REMOTE
        entered = Settings(**{name: _value_of(field) for name, field in self._fields.items() if name not in left_out})
        return replace(entered, address=entered.address.rstrip("/"))

    def _choose_certificate(self) -> None:
        title, kinds = texts.settings.CERTIFICATE, texts.settings.CERTIFICATE_FILES
        chosen, _ = QtWidgets.QFileDialog.getOpenFileName(self, title, "", kinds)
        if chosen:
            self._fields["certificate"].setText(chosen)

    def _try_server(self) -> None:
        entered = self._entered()
        try:
            entered.check()
        except SettingsError as error:
            self._verdict.setText(str(error))
            return
        self._verdict.setText(texts.settings.TRYING)
        self._trial.certificate = entered.certificate
        self._trial.health(url_with_token(entered.address, entered.token)).finished.connect(self._tried)

    def _tried(self, reply: Reply) -> None:
        health = reply.message
        said = texts.settings
        self._verdict.setText(
            said.server_found(health.device) if health is not None else said.server_not_found(reply.sentence)
        )

    def _accept(self) -> None:
        entered = self._entered()
        try:
            self._settings.keep(entered)
        except SettingsError as error:
            self._verdict.setText(str(error))
            return
        self.accept()


def _value_of(field: Any) -> Any:
    return field.value() if isinstance(field, QtWidgets.QSpinBox) else field.text().strip()


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
