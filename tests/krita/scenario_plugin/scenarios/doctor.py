"""The check of the installation: from the settings to the findings, stopped, copied, without the program."""

import json
import os
from pathlib import Path
from typing import Any

from dfp_scenario.inside import QtWidgets, plugin
from dfp_scenario.tools import Tools, Wait

texts, launch = plugin("texts"), plugin("connection.launch")


def scenario(tools: Tools) -> Wait:
    tools.krita.action("dfp_settings").trigger()
    yield 0.8
    tools.screenshot("settings")
    resources = launch.NOTE.parents[1]
    (resources / "actions" / "dfp_krita.action").unlink()
    button(tools, "dfp_check_installation").click()
    yield 0.1
    yield from looked(tools)
    yield from stopped(tools)
    yield from without_program(tools)


def dialog(tools: Tools) -> Any:
    """The open dialog."""
    (found,) = [d for d in tools.window.findChildren(QtWidgets.QDialog, "dfp_doctor") if d.isVisible()]
    return found


def button(tools: Tools, name: str) -> Any:
    """A button of any of our dialogs."""
    return next(b for b in tools.window.findChildren(QtWidgets.QPushButton, name) if b.isVisible())


def status(tools: Tools) -> str:
    """What the dialog says."""
    return dialog(tools).findChild(QtWidgets.QLabel, "dfp_doctor_status").text()


def shown(tools: Tools) -> str:
    """The findings as they are read."""
    return dialog(tools).findChild(QtWidgets.QTextBrowser, "dfp_doctor_findings").toPlainText()


def looked(tools: Tools) -> Wait:
    """Findings come while it looks, the bad ones first; at the end there is a report to paste."""
    assert status(tools)
    assert not button(tools, "dfp_doctor_copy").isEnabled()
    yield from tools.until(lambda: "deepfacepencil-krita" in shown(tools), "the first finding", 60)
    assert button(tools, "dfp_doctor_stop").isEnabled()
    tools.screenshot("looking")
    yield from tools.until(lambda: button(tools, "dfp_doctor_again").isEnabled(), "the end of the check", 150)
    tools.notes["shown"] = shown(tools)
    tools.notes["status"] = status(tools)
    button(tools, "dfp_doctor_copy").click()
    assert status(tools) == texts.doctor.COPIED
    tools.notes["report"] = QtWidgets.QApplication.clipboard().text()
    tools.screenshot("found")


def stopped(tools: Tools) -> Wait:
    """Stopped, nothing of it goes on."""
    button(tools, "dfp_doctor_again").click()
    yield from tools.until(lambda: bool(children()), "the check runs again", 10)
    button(tools, "dfp_doctor_stop").click()
    assert status(tools) == texts.doctor.STOPPED
    yield from tools.until(lambda: not children(), "the check has ended", 10)
    dialog(tools).reject()
    yield 0.2


def children() -> "list[int]":
    """Checks that this Krita has started."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                state, command = (entry / "stat").read_text(), (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if state.rsplit(")", 1)[1].split()[1] == str(os.getpid()) and b"doctor\0--json" in command:
                found.append(int(entry.name))
    return found


def without_program(tools: Tools) -> Wait:
    """One sentence when there is no program that could look; another when it ends at once."""
    noted = json.loads(launch.NOTE.read_text())
    launch.NOTE.unlink()
    button(tools, "dfp_check_installation").click()
    yield 0.2
    assert status(tools) == texts.doctor.MISSING, status(tools)
    dialog(tools).reject()
    yield 0.2
    folder = tools.out / "older"
    folder.mkdir()
    for name in ("dfp", "dfp-server"):
        (folder / name).write_text("#!/bin/sh\necho 'dfp: error: invalid choice: doctor' >&2\nexit 2\n")
        (folder / name).chmod(0o755)
    launch.NOTE.write_text(json.dumps({"command": [str(folder / "dfp-server")]}))
    button(tools, "dfp_check_installation").click()
    yield from tools.until(lambda: status(tools) != texts.doctor.STARTING, "the end of the older program", 10)
    assert status(tools) == texts.doctor.failed("dfp: error: invalid choice: doctor"), status(tools)
    launch.NOTE.write_text(json.dumps(noted))
    dialog(tools).reject()
    yield 0.2
