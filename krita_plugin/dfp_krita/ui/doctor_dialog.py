"""Shows what `dfp doctor` finds, as it finds it, and hands out its report."""

import html
from typing import Any, Dict, List, Optional

from .. import texts
from ..connection.doctor_process import DoctorProcess, find_doctor
from ..qt import QtWidgets
from .widgets import plain_label, push_button, thin_bar

SIZE = (640, 560)
# What needs the painter comes first.
LEVELS = {"wrong": "✘", "warning": "▲", "ok": "✔"}
# To be seen on dark and on light themes.
COLOURS = {"wrong": "#e05050", "warning": "#c89020", "ok": "#4c9a4c"}
GAP = "&nbsp;" * 4


class DoctorDialog(QtWidgets.QDialog):
    """Looks as soon as it is open, and again when asked; closing it ends that."""

    def __init__(self, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self.setObjectName("dfp_doctor")
        self.setWindowTitle(texts.doctor.TITLE)
        self.resize(*SIZE)
        self._process: Optional[DoctorProcess] = None
        self._findings: List[Dict[str, Any]] = []
        self._report = ""
        self._status = plain_label("dfp_doctor_status")
        self._bar = thin_bar("dfp_doctor_bar")
        self._list = QtWidgets.QTextBrowser(objectName="dfp_doctor_findings")
        doctor = texts.doctor
        self._again = push_button(doctor.AGAIN, doctor.OPEN_TIP, "dfp_doctor_again", self.look)
        self._stop = push_button(doctor.STOP, doctor.STOP, "dfp_doctor_stop", self._stop_looking)
        self._copy = push_button(doctor.COPY, doctor.COPY_TIP, "dfp_doctor_copy", self._copy_report)
        buttons = QtWidgets.QDialogButtonBox(QtWidgets.QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        for button in (self._again, self._stop, self._copy):
            buttons.addButton(button, QtWidgets.QDialogButtonBox.ButtonRole.ActionRole)
        column = QtWidgets.QVBoxLayout(self)
        column.addWidget(self._status)
        column.addWidget(self._bar)
        column.addWidget(self._list, 1)
        column.addWidget(buttons)
        self.finished.connect(lambda *_: self._end_process())
        self.look()

    def look(self) -> None:
        """Begin from the start."""
        self._end_process()
        self._findings, self._report = [], ""
        launch = find_doctor()
        self._show()
        if launch is None:
            self._say(texts.doctor.MISSING, busy=False)
            return
        self._say(texts.doctor.STARTING, busy=True)
        self._process = process = DoctorProcess()
        process.looking.connect(self._looking)
        process.found.connect(self._found)
        process.ended.connect(self._ended)
        process.failed.connect(self._failed)
        process.start(launch)

    def _looking(self, title: str, number: int, of: int) -> None:
        self._bar.setRange(0, of)
        self._bar.setValue(number - 1)
        self._say(texts.doctor.looking(title, number, of), busy=True)

    def _found(self, finding: Dict[str, Any]) -> None:
        self._findings.append(finding)
        self._show()

    def _ended(self, report: str) -> None:
        self._report = report
        self._end_process()
        self._say(texts.doctor.ended(*(len(self._of_level(level)) for level in ("wrong", "warning"))), busy=False)

    def _failed(self, reason: str) -> None:
        self._end_process()
        self._say(texts.doctor.failed(reason), busy=False)

    def _stop_looking(self) -> None:
        self._end_process()
        self._say(texts.doctor.STOPPED, busy=False)

    def _end_process(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.stop()

    def _copy_report(self) -> None:
        QtWidgets.QApplication.clipboard().setText(self._report)
        self._say(texts.doctor.COPIED, busy=False)

    def _say(self, sentence: str, busy: bool) -> None:
        self._status.setText(sentence)
        # A bar that comes and goes would push the list about.
        if not busy:
            self._bar.setRange(0, 1)
            self._bar.setValue(0)
        self._stop.setEnabled(busy)
        self._again.setEnabled(not busy)
        self._copy.setEnabled(bool(self._report))

    def _of_level(self, level: str) -> List[Dict[str, Any]]:
        return [finding for finding in self._findings if finding.get("level") == level]

    def _show(self) -> None:
        titles = {"wrong": texts.doctor.WRONG, "warning": texts.doctor.WARNINGS, "ok": texts.doctor.GOOD}
        parts = []
        for level, mark in LEVELS.items():
            found = self._of_level(level)
            if found:
                parts.append(f"<h3>{html.escape(titles[level])}</h3>")
                coloured = f'<b style="color:{COLOURS[level]}">{mark}</b>'
                parts += [_as_html(finding, coloured) for finding in found]
        bar = self._list.verticalScrollBar()
        place = bar.value()
        self._list.setHtml("".join(parts))
        bar.setValue(place)


def _as_html(finding: Dict[str, Any], mark: str) -> str:
    says, cure, command = (html.escape(str(finding.get(part) or "")) for part in ("says", "cure", "command"))
    lines = [f"{mark} {says}"]
    lines += [f"{GAP}<i>{cure}</i>"] if cure else []
    lines += [f"{GAP}<code>{command}</code>"] if command else []
    return f"<p>{'<br/>'.join(lines)}</p>"


def show_doctor(parent: Any) -> None:
    """Open the check above a dialog, and begin it."""
    dialog = DoctorDialog(parent)
    dialog.finished.connect(lambda *_: dialog.deleteLater())
    dialog.open()
