"""Krita killed as a crash ends it, and what it asks when it is started again."""

import os
import signal
from pathlib import Path
from typing import Any

from .inside import QtCore, QtWidgets, plugin
from .tools import Tools, Wait

LOOK_MS = 150


class Answered:
    """Presses a button in each dialog of Krita's about what it has saved by itself."""

    def __init__(self, unsaved: str = "Discard All") -> None:
        self.pressed = {"KisAutoSaveRecoveryDialog": unsaved, "KisRecoverNamedAutosaveDialog": "OK"}
        self.timer = QtCore.QTimer()
        self.timer.timeout.connect(self.look)
        self.timer.start(LOOK_MS)

    def look(self) -> None:
        for shown in QtWidgets.QApplication.topLevelWidgets():
            wanted = self.pressed.get(shown.metaObject().className()) if shown.isVisible() else None
            for button in shown.findChildren(QtWidgets.QPushButton) if wanted else []:
                if button.text().replace("&", "") == wanted:
                    button.click()
                    return


def shown_from(tools: Tools, file: Path) -> Any:
    """Open a file as a painter does. Krita asks whether to take what it has saved by itself, when there is such."""
    tools.krita.setBatchmode(False)
    doc = tools.krita.openDocument(str(file))
    tools.krita.setBatchmode(True)
    assert doc is not None, f"{file} cannot be opened"
    doc.setBatchmode(True)
    tools.krita.activeWindow().addView(doc)
    yield 0.5
    return doc


def saved_by_krita(tools: Tools, doc: Any, autosave: Path) -> Wait:
    """Wait until Krita has saved by itself what is there now."""
    before = autosave.stat().st_mtime_ns if autosave.exists() else 0
    doc.setModified(True)
    yield from tools.until(
        lambda: autosave.exists() and autosave.stat().st_mtime_ns > before, "Krita saves by itself", 60
    )
    yield 0.2


def journals() -> "list[Path]":
    """The folders of batches that go on or were broken off."""
    root = plugin("batch.journal").ROOT
    return sorted(root.iterdir()) if root.exists() else []


def note() -> Any:
    """What is written down of the only batch, on the disk."""
    (folder,) = journals()
    return plugin("batch.note").Note.from_text((folder / "note.json").read_text())


def killed(tools: Tools) -> None:
    """The end, without a word."""
    (tools.out / "killed").touch()
    os.kill(os.getpid(), signal.SIGKILL)


class Asked:
    """Counts the sketches that are sent to the server for single faces and batches."""

    def __init__(self) -> None:
        self.job = plugin("generation.job")
        self.really_send = self.job.send_sketch
        self.job.send_sketch = self.send
        self.sent = 0

    def send(self, *given: Any) -> Any:
        self.sent += 1
        return self.really_send(*given)
