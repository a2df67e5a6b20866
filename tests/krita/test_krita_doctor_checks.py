"""What `dfp doctor` finds of Krita and GIMP when something there is broken. No Krita is needed."""

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from dfp.doctor.finding import Finding, Level
from dfp.version import package_version
from krita_plugin import assemble
from krita_plugin.doctor import gimp, krita
from krita_plugin.install import install
from krita_plugin.profile import KritaProfile


@pytest.fixture
def profile(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> KritaProfile:
    """A painter's home with the plugin in it, whose server and whose Krita are stand-ins that tell their versions."""
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "LD_LIBRARY_PATH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    program(tmp_path / "bin" / "krita", "krita 5.2.9")
    program(tmp_path / "bin" / "dfp-server", f"dfp-server {package_version()}")
    found = KritaProfile.of_user()
    install(found)
    found.note.write_text(json.dumps({"command": [str(tmp_path / "bin" / "dfp-server")]}))
    return found


def program(path: Path, says: str) -> None:
    """A program that says one line."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '{says}'\n")
    path.chmod(0o755)


def look() -> list[Finding]:
    """Everything that is found of Krita and GIMP."""
    return [
        finding for subject in (krita.SUBJECT, gimp.SUBJECT) for check in subject.checks for finding in check.look()
    ]


def the_bad_one() -> Finding:
    """The only finding that is not fine."""
    (bad,) = [finding for finding in look() if finding.level is not Level.OK]
    return bad


def test_all_is_well(profile: KritaProfile) -> None:
    """Also with the server that an installation really notes down."""
    install(profile)
    found = look()
    assert {finding.level for finding in found} == {Level.OK}, found
    said = [finding.says for finding in found]
    assert "Krita 5.2.9 is there" in said[0]
    assert "of this version and switched on" in said[1]


def test_no_krita(profile: KritaProfile) -> None:
    Path(os.environ["PATH"], "krita").unlink()
    found = the_bad_one()
    assert found.level is Level.WARNING
    assert found.says == "Krita is not on the PATH. An AppImage need not be."


def test_an_old_krita(profile: KritaProfile) -> None:
    program(Path(os.environ["PATH"], "krita"), "krita 4.4.8")
    found = the_bad_one()
    assert found.level is Level.WRONG
    assert found.says == "Krita is of version 4.4.8, and the plugin needs 5.1."


@pytest.mark.parametrize(
    ("breaks", "says"),
    [
        (lambda p: (p.package / "extension.py").unlink(), "is not whole: one file missing, extension.py first."),
        (lambda p: shutil.rmtree(p.package / "wire"), "is not whole: 4 files missing, wire/__init__.py first."),
        (lambda p: p.action.unlink(), "is not whole: one file missing, dfp_krita.action first."),
        (lambda p: shutil.rmtree(p.package), "The plugin's folder is missing"),
        (
            lambda p: (p.package / "task.py").write_text("x = 1\n"),
            "not of this program's version: one file other than its own, task.py first.",
        ),
        (
            lambda p: (p.package / "old.py").write_text(""),
            "not of this program's version: one file other than its own, old.py first.",
        ),
        (lambda p: p.kritarc.write_text("[python]\nenable_dfp_krita=false\n"), "but not switched on in"),
        (lambda p: p.kritarc.unlink(), "but not switched on in"),
    ],
)
def test_a_plugin_that_is_not_right(profile: KritaProfile, breaks: Callable[[KritaProfile], object], says: str) -> None:
    breaks(profile)
    found = the_bad_one()
    assert found.level is Level.WRONG
    assert says in found.says
    assert "again" in found.cure or "Switch it on" in found.cure
    assert found.command == "dfp-krita install"


def test_what_python_leaves_in_the_folder_is_no_difference(profile: KritaProfile) -> None:
    cache = profile.package / "__pycache__"
    cache.mkdir()
    (cache / "extension.cpython-311.pyc").write_bytes(b"x")
    assert {finding.level for finding in look()} == {Level.OK}


def test_no_plugin(profile: KritaProfile) -> None:
    shutil.rmtree(profile.package)
    profile.desktop.unlink()
    found = the_bad_one()
    assert found.level is Level.WARNING
    assert found.says == f"The plugin is not installed in Krita, {profile.resources}."
    assert found.command == "dfp-krita install"


def test_a_flatpak_without_the_plugin(profile: KritaProfile) -> None:
    data = Path(os.environ["HOME"], ".var/app/org.kde.krita/data")
    data.mkdir(parents=True)
    found = the_bad_one()
    assert found.says == f"The plugin is not installed in the Krita of Flatpak, {data / 'krita'}."
    assert found.command.startswith(f"env XDG_DATA_HOME={data} XDG_CONFIG_HOME=")


def test_a_server_that_is_gone(profile: KritaProfile) -> None:
    profile.note.write_text(json.dumps({"command": ["/nowhere/dfp-server"]}))
    Path(os.environ["PATH"], "dfp-server").unlink()
    found = the_bad_one()
    assert found.level is Level.WRONG
    assert found.says == "The plugin in Krita starts /nowhere/dfp-server, which is not there any more."
    profile.note.unlink()
    assert the_bad_one().says == "The plugin in Krita finds no dfp-server to start."
    beside = Path(os.environ["HOME"], ".local/bin/dfp-server")
    beside.parent.mkdir()
    program(beside, f"dfp-server {package_version()}")
    assert f"The plugin in Krita finds its face server, {beside}." in [finding.says for finding in look()]


def test_another_programs_server(profile: KritaProfile) -> None:
    other = Path(os.environ["HOME"], "other")
    program(other, "dfp-server 0.0.1")
    profile.note.write_text(json.dumps({"command": [str(other)]}))
    found = the_bad_one()
    assert found.level is Level.WRONG
    assert "starts another program's server, dfp-server 0.0.1" in found.says
    other.write_text("#!/bin/sh\nexit 1\n")
    assert the_bad_one().says == f"The plugin in Krita starts a face server that does not run: {other}."


def test_weights_that_are_gone(profile: KritaProfile) -> None:
    command = json.loads(profile.note.read_text())["command"]
    profile.note.write_text(json.dumps({"command": [*command, "--weights", "/nowhere/mine.safetensors"]}))
    found = the_bad_one()
    assert found.level is Level.WRONG
    assert "are not there any more: '/nowhere/mine.safetensors'" in found.says


def test_a_token_in_settings_that_others_may_read(profile: KritaProfile) -> None:
    profile.settings.write_text(json.dumps({"address": "https://studio:7878", "token": "secret-word"}))
    profile.settings.chmod(0o644)
    found = the_bad_one()
    assert found.level is Level.WARNING
    assert found.command == f"chmod 600 {profile.settings}"
    assert set(krita.secrets()) == {"https://studio:7878", "secret-word"}
    profile.settings.chmod(0o600)
    assert "Faces in Krita are made by a server on another computer." in [finding.says for finding in look()]


def plugin_in_gimp(version: str = "3.0") -> Path:
    """The plug-in's file in the profile of GIMP, put together as far as this program can."""
    folder = Path(os.environ["HOME"], ".config", "GIMP", version, "plug-ins", gimp.NAME)
    folder.parent.mkdir(parents=True)
    put_together = getattr(assemble, "assemble_for_gimp", None)
    if put_together is not None:
        put_together(folder)
    else:
        folder.mkdir()
        (folder / "dfp_gimp.py").write_text("#!/usr/bin/env python3\n")
    (folder / "dfp_gimp.py").chmod(0o755)
    return folder / "dfp_gimp.py"


@pytest.mark.parametrize("version", ["3.0", "3.2"])
def test_the_plugin_in_gimp(profile: KritaProfile, version: str) -> None:
    file = plugin_in_gimp(version)
    program(Path(os.environ["PATH"], "gimp"), f"GNU Image Manipulation Program version {version}.4")
    found = look()
    assert {finding.level for finding in found} == {Level.OK}
    assert f"GIMP {version}.4 is there" in found[-3].says
    assert f"The plug-in is installed in GIMP, {file.parent}" in found[-2].says
    assert "The plug-in in GIMP finds its face server" in found[-1].says
    (file.parent / gimp.NOTE).write_text(json.dumps({"command": ["/bin/false"]}))
    assert the_bad_one().says == "The plug-in in GIMP starts a face server that does not run: /bin/false."


def test_a_plugin_in_gimp_that_is_not_executable(profile: KritaProfile) -> None:
    file = plugin_in_gimp()
    file.chmod(0o644)
    found = the_bad_one()
    assert found.level is Level.WRONG
    assert found.says.endswith(f"passes over it without a word: {file}.")
    assert found.command == f"chmod 755 {file}"
    file.unlink()
    found = the_bad_one()
    assert found.says == f"A file of the plug-in for GIMP is missing: {file}."
    assert found.command == "dfp-gimp install"


def test_a_gimp_that_is_too_old(profile: KritaProfile) -> None:
    program(Path(os.environ["PATH"], "gimp"), "GNU Image Manipulation Program version 2.10.34")
    assert {finding.level for finding in look()} == {Level.OK}
    plugin_in_gimp()
    assert the_bad_one().says == "GIMP is of version 2.10.34, and the plug-in needs 3.0."
