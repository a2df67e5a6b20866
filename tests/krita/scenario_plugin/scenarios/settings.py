"""The settings dialog, and a face server on another computer."""

import os
import re
import signal
from typing import Any

from dfp_scenario.inside import QtCore, QtGui, QtWidgets, plugin
from dfp_scenario.tools import Tools, Wait

texts, settings = plugin("texts"), plugin("settings.user")


def scenario(tools: Tools) -> Wait:
    doc = tools.open(800, 600)
    yield 1.0
    sketch = doc.nodeByName("Sketch")
    doc.setActiveNode(sketch)
    tools.draw_rect(sketch, 300, 150, 200, 260)
    yield 0.3
    yield from manual(tools)
    yield from entered(tools)
    yield from tools.one_face()
    tools.notes["servers"] = tools.own_servers()
    yield from gone(tools)
    yield from back_home(tools)


def manual(tools: Tools) -> Wait:
    """It opens beside the work, with its pictures."""
    tools.docker().findChild(QtWidgets.QToolButton, "dfp_manual_button").click()
    yield 0.3
    (shown,) = tools.window.findChildren(QtWidgets.QDialog, "dfp_manual")
    assert not shown.isModal()
    page = shown.findChild(QtWidgets.QTextBrowser)
    pictures = re.findall(r'src="([^"]+)"', plugin("ui.manual").PAGE.read_text(encoding="utf-8"))
    assert len(pictures) == 6
    for picture in pictures:
        loaded = page.document().resource(QtGui.QTextDocument.ResourceType.ImageResource, QtCore.QUrl(picture))
        assert QtGui.QPixmap(loaded).width() > 200, (type(loaded), picture[:60])
    tools.screenshot("manual")
    shown.close()
    yield 0.2


def dialog(tools: Tools) -> Any:
    """The open settings dialog."""
    (found,) = [d for d in tools.window.findChildren(QtWidgets.QDialog, "dfp_settings") if d.isVisible()]
    return found


def field(tools: Tools, name: str, kind: Any = QtWidgets.QLineEdit) -> Any:
    """A field of the dialog."""
    return dialog(tools).findChild(kind, name)


def verdict(tools: Tools) -> str:
    """What the dialog says."""
    return field(tools, "dfp_settings_verdict", QtWidgets.QLabel).text()


def press(tools: Tools, kind: Any) -> None:
    """A standard button, OK or Cancel."""
    dialog(tools).findChild(QtWidgets.QDialogButtonBox).button(kind).click()


def entered(tools: Tools) -> Wait:
    """Wrong entries are told in the dialog and nothing is kept; Cancel keeps nothing; right ones are tried and kept."""
    tools.krita.action("dfp_settings").trigger()
    yield 0.3
    assert not field(tools, "dfp_address").isEnabled()
    field(tools, "dfp_server_there", QtWidgets.QRadioButton).click()
    field(tools, "dfp_address").setText("studio")
    press(tools, QtWidgets.QDialogButtonBox.StandardButton.Ok)
    yield 0.1
    assert verdict(tools) == texts.settings.ADDRESS_ODD, verdict(tools)
    assert not settings.FILE.exists()
    field(tools, "dfp_address").setText(os.environ["DFP_ADDRESS"])
    field(tools, "dfp_token").setText("wrong")
    field(tools, "dfp_certificate").setText(os.environ["DFP_CERTIFICATE"])
    yield from tried(tools, texts.server.TOKEN_UNKNOWN)
    field(tools, "dfp_token").setText(os.environ["DFP_TOKEN"])
    field(tools, "dfp_certificate").setText("")
    yield from tried(tools, texts.settings.server_not_found(""))
    press(tools, QtWidgets.QDialogButtonBox.StandardButton.Cancel)
    yield 0.2
    assert not settings.FILE.exists()
    tools.button("dfp_generate_button")
    tools.docker().findChild(QtWidgets.QToolButton, "dfp_settings_button").click()
    yield 0.3
    field(tools, "dfp_server_there", QtWidgets.QRadioButton).click()
    field(tools, "dfp_address").setText(os.environ["DFP_ADDRESS"] + "/")
    field(tools, "dfp_token").setText(" " + os.environ["DFP_TOKEN"])
    field(tools, "dfp_certificate").setText(os.environ["DFP_CERTIFICATE"])
    field(tools, "dfp_live_delay", QtWidgets.QSpinBox).setValue(200)
    yield from tried(tools, texts.settings.server_found("cpu"), texts.settings.server_found(""))
    tools.screenshot("settings")
    press(tools, QtWidgets.QDialogButtonBox.StandardButton.Ok)
    yield 0.3
    kept = settings.load()
    assert (kept.address, kept.token, kept.live_delay_ms) == (os.environ["DFP_ADDRESS"], os.environ["DFP_TOKEN"], 200)


def tried(tools: Tools, *expected: str) -> Wait:
    """Press “Try it” and wait for the verdict."""
    field(tools, "dfp_try_server", QtWidgets.QPushButton).click()
    yield from tools.until(lambda: verdict(tools) != texts.settings.TRYING, "the server was tried", 10)
    assert verdict(tools) in expected, verdict(tools)


def gone(tools: Tools) -> Wait:
    """The other computer is off: one sentence, and no server starts here instead."""
    os.kill(int(os.environ["DFP_SERVER"]), signal.SIGKILL)
    yield 0.3
    tools.generate()
    yield 0.0
    yield from tools.until(lambda: not tools.busy(), "the end of trying", 20)
    assert tools.says() == texts.server.remote_silent(""), tools.says()
    assert tools.own_servers() == []


def back_home(tools: Tools) -> Wait:
    """With the server of this computer again, faces are made here."""
    tools.krita.action("dfp_settings").trigger()
    yield 0.3
    field(tools, "dfp_server_here", QtWidgets.QRadioButton).click()
    press(tools, QtWidgets.QDialogButtonBox.StandardButton.Ok)
    yield 0.3
    assert settings.load().address == ""
    yield from tools.one_face()
    assert len(tools.own_servers()) == 1
    yield from details(tools)


def details(tools: Tools) -> Wait:
    """Where the time went is there to unfold, and to copy."""
    button = tools.docker().findChild(QtWidgets.QToolButton, "dfp_details_button")
    text = tools.docker().findChild(QtWidgets.QPlainTextEdit, "dfp_details")
    assert button.isVisible()
    assert not text.isVisible()
    button.click()
    yield 0.2
    assert text.isVisible()
    assert "server" in text.toPlainText()
    tools.screenshot("details")
