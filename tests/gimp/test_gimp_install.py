"""`dfp-gimp` as a painter runs it, in homes of its own. No GIMP is needed."""

import json
import stat
import zipfile
from pathlib import Path

import pytest

from krita_plugin.gimp import install as installing
from krita_plugin.gimp.cli import main
from krita_plugin.gimp.profile import GimpProfile, future_profile, installed_version, profiles

GIMPS = ".config/GIMP"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A painter's home, on a computer without GIMP."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    for name in ("XDG_CONFIG_HOME", "GIMP3_DIRECTORY"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with what is in it; folders end with a stroke."""
    found = sorted(folder.rglob("*"))
    return {str(f.relative_to(folder)) + "/" * f.is_dir(): f.read_bytes() if f.is_file() else b"" for f in found}


def program(home: Path, version: str) -> None:
    """A GIMP on the PATH that says its version."""
    (home / "bin").mkdir()
    (home / "bin/gimp").write_text(f"#!/bin/sh\necho GNU Image Manipulation Program version {version}\n")
    (home / "bin/gimp").chmod(0o755)


def test_install_makes_the_plug_in(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / GIMPS / "3.0").mkdir(parents=True)
    assert main(["install"]) == 0
    said = capsys.readouterr().out
    package = home / GIMPS / "3.0/plug-ins/dfp_gimp"
    assert str(package) in said
    assert "There is no GIMP 3" not in said
    assert stat.S_IMODE((package / "dfp_gimp.py").stat().st_mode) == 0o755
    for part in ("plugin.py", "shared/exchange.py", "wire/messages.py", "vendor/msgpack/COPYING", "texts/de/faces.py"):
        assert (package / part).is_file(), part
    assert Path(json.loads((package / "server.json").read_text())["command"][0]).exists()


def test_every_version_gets_it_and_no_other(home: Path) -> None:
    for version in ("2.10", "3.0", "3.2", "3.4", "3.1", "other"):
        (home / GIMPS / version).mkdir(parents=True)
    assert main(["install"]) == 0
    have = sorted(file.parents[2].name for file in (home / GIMPS).glob("*/plug-ins/dfp_gimp/dfp_gimp.py"))
    assert have == ["3.0", "3.2", "3.4"]


@pytest.mark.parametrize(("version", "folder"), [("3.0.4", "3.0"), ("3.2.6", "3.2"), ("2.10.34", "3.0"), ("", "3.0")])
def test_without_a_profile_it_goes_where_gimp_will_look(
    home: Path, capsys: pytest.CaptureFixture[str], version: str, folder: str
) -> None:
    if version:
        program(home, version)
    before = tree(home)
    assert main(["install"]) == 0
    assert (home / GIMPS / folder / "plug-ins/dfp_gimp/dfp_gimp.py").is_file()
    assert ("There is no GIMP 3 here yet" in capsys.readouterr().out) == (not version.startswith("3"))
    assert main(["uninstall"]) == 0
    assert tree(home) == {**before, ".config/": b""}


def test_install_twice_is_install_once(home: Path) -> None:
    main(["install"])
    first = tree(home)
    assert main(["install"]) == 0
    assert tree(home) == first


def test_uninstall_leaves_the_home_as_it_was(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for version in ("3.0", "3.2"):
        other = home / GIMPS / version / "plug-ins/other/other.py"
        other.parent.mkdir(parents=True)
        other.write_text("mine")
    (home / GIMPS / "3.4").mkdir()
    (home / GIMPS / "3.4/gimprc").write_text("mine")
    before = tree(home)
    assert main(["install"]) == 0
    settings = home / GIMPS / "3.0/plug-in-settings"
    settings.mkdir()
    (settings / "GimpProcedureConfig-dfp-generate-face.last").write_text("(trust 0.5)")
    capsys.readouterr()
    assert main(["uninstall"]) == 0
    assert capsys.readouterr().out.count("Taken out of") == 3
    after = tree(home)
    assert after.pop(f"{GIMPS}/3.0/plug-in-settings/") == b""
    assert after.pop(f"{GIMPS}/3.4/plug-ins/") == b""
    assert after == before


def test_uninstall_without_install(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["uninstall"]) == 0
    assert "was not installed" in capsys.readouterr().out
    assert tree(home) == {}


def test_weights(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install", "--weights", "/nowhere/x.safetensors"]) == 1
    assert "no weights file /nowhere/x.safetensors" in capsys.readouterr().err
    assert tree(home) == {}
    weights = home / "mine.safetensors"
    weights.write_bytes(b"")
    assert main(["install", "--weights", str(weights)]) == 0
    note = json.loads((home / GIMPS / "3.0/plug-ins/dfp_gimp/server.json").read_text())
    assert note["command"][-2:] == ["--weights", str(weights)]


def test_a_place_that_cannot_be_written(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / ".config").write_text("a file where a folder should be")
    assert main(["install"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("Cannot write ")
    assert said.count("\n") == 1


def test_a_failure_half_way_leaves_the_old_plug_in(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main(["install"])
    before = tree(home)

    def torn(folder: Path) -> None:
        folder.mkdir()
        (folder / "dfp_gimp.py").write_text("half")
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr(installing, "assemble_for_gimp", torn)
    assert main(["install"]) == 1
    assert tree(home) == before


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux", {"HOME": "/h"}, "/h/.config/GIMP/3.2"),
        ("linux", {"HOME": "/h", "XDG_CONFIG_HOME": "/c"}, "/c/GIMP/3.2"),
        ("linux", {"HOME": "/h", "GIMP3_DIRECTORY": "/own"}, "/own"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Application Support/GIMP/3.2"),
        ("win32", {"HOME": "/h", "APPDATA": "/r"}, "/r/GIMP/3.2"),
    ],
)
def test_profile_folders(platform: str, environment: dict[str, str], folder: str) -> None:
    assert future_profile("3.2", platform, environment) == GimpProfile(Path(folder))
    assert profiles(platform, environment) == []


def test_a_program_that_hangs_or_says_nothing_is_none(home: Path) -> None:
    assert installed_version() is None
    program(home, "soon")
    assert installed_version() is None


def test_package_is_what_install_puts_in_place(home: Path) -> None:
    archive = home / "out/plugin.zip"
    assert main(["package", "-o", str(archive)]) == 0
    main(["install"])
    installed = home / GIMPS / "3.0/plug-ins/dfp_gimp"
    with zipfile.ZipFile(archive) as content:
        names = [name for name in content.namelist() if name[-1] != "/"]
        packed = {name.split("/", 1)[1]: content.read(name) for name in names}
        mode = content.getinfo("dfp_gimp/dfp_gimp.py").external_attr >> 16
    assert stat.S_IMODE(mode) == 0o755
    there = {name: data for name, data in tree(installed).items() if name[-1] != "/"}
    del there["server.json"]
    assert packed == there
