"""A report says nothing of who and where."""

import socket
from pathlib import Path

import pytest

from dfp.doctor.finding import fine, wrong
from dfp.doctor.private import Discretion
from dfp.doctor.report import TITLE, report_of, write_report
from dfp.errors import DfpError

HOME = "/home/anna.lind"
ENVIRONMENT = {
    "HOME": HOME,
    "USER": "anna.lind",
    "XDG_CACHE_HOME": "/media/Studio Lind/cache",
    "XDG_RUNTIME_DIR": "/run/user/1000",
}
TOKEN = "a-token-for-the-studio"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"It is in {HOME}/.local/state.", "It is in ~/.local/state."),
        ("It is in /media/Studio Lind/cache/deepfacepencil.", "It is in $XDG_CACHE_HOME/deepfacepencil."),
        ("/run/user/1000/deepfacepencil/server.json", "$XDG_RUNTIME_DIR/deepfacepencil/server.json"),
        ("No such file: '/media/Studio Lind/my weights.safetensors'", "No such file: '…/my weights.safetensors'"),
        ("It runs /data/lind/venv/bin/dfp-server now.", "It runs …/dfp-server now."),
        ("/usr/bin/krita and /etc/hosts stay.", "/usr/bin/krita and /etc/hosts stay."),
        ("Anna.Lind owns it, anna.lind2 does not.", "<name> owns it, anna.lind2 does not."),
        ("/home/somebody else", "~ else"),
        ("C:\\Users\\Somebody\\x", "~\\x"),
        (f"said {TOKEN}.", "said <secret>."),
        ("said S0meth1ngThatNobodyWouldTypeByHand_-.", "said <key>."),
        ("cannot read: Portrait of Mia.kra, line 3", "cannot read: <picture>.kra, line 3"),
        ("/pictures/of mia/Mia at 7.PNG", " <picture>.PNG"),
        ("from 192.168.3.4, not 127.0.0.1", "from <address>, not 127.0.0.1"),
        ("checksum a9cfe22e3a85b4aa, 33.5 MiB, Python 3.11.7", "checksum a9cfe22e3a85b4aa, 33.5 MiB, Python 3.11.7"),
    ],
)
def test_what_is_left(text: str, left: str) -> None:
    assert Discretion([TOKEN], ENVIRONMENT)(text) == left


def test_the_computer_has_no_name() -> None:
    host = socket.gethostname()
    assert host == "localhost" or host not in Discretion()(f"It is called {host}.")


def test_a_report_is_without_what_is_private() -> None:
    findings = [
        ("Folders", fine(f"Models lie in {HOME}/x.")),
        ("Folders", wrong("It is full.", "Free some space.", f"rm {HOME}/y")),
    ]
    report = report_of(findings, Discretion((), ENVIRONMENT))
    assert report.startswith(TITLE)
    assert "  WRONG  It is full.\n" in report
    assert "rm ~/y" in report
    assert "1 thing is wrong." in report
    assert "anna" not in report


def test_a_report_replaces_a_report_and_nothing_else(tmp_path: Path) -> None:
    drawing, report = tmp_path / "mia.kra", tmp_path / "report.txt"
    drawing.write_bytes(b"a drawing")
    with pytest.raises(DfpError, match="give another name"):
        write_report(f"{TITLE}\n", drawing)
    assert drawing.read_bytes() == b"a drawing"
    write_report(f"{TITLE}\none\n", report)
    write_report(f"{TITLE}\ntwo\n", report)
    assert report.read_text() == f"{TITLE}\ntwo\n"
    with pytest.raises(DfpError, match="could not be written"):
        write_report(TITLE, tmp_path / "no folder" / "report.txt")
