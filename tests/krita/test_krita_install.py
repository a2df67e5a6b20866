"""`dfp-krita` as a painter runs it, in homes of its own. No Krita is needed."""

import json
import os
import stat
import zipfile
from pathlib import Path

import pytest

from krita_plugin import install as installing
from krita_plugin.cli import main
from krita_plugin.install import install, uninstall, write_atomically
from krita_plugin.kritarc import disabled, enabled
from krita_plugin.profile import KritaProfile


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A painter's home without any Krita in it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    return tmp_path


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with what is in it."""
    return {str(f.relative_to(folder)): f.read_bytes() for f in sorted(folder.rglob("*")) if f.is_file()}


def test_install_makes_the_profile(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install"]) == 0
    assert "Restart Krita" in capsys.readouterr().out
    resources = home / ".local/share/krita"
    assert (resources / "pykrita/dfp_krita/__init__.py").is_file()
    assert (resources / "pykrita/dfp_krita/wire/messages.py").is_file()
    assert (resources / "pykrita/dfp_krita/vendor/msgpack/fallback.py").is_file()
    assert (resources / "pykrita/dfp_krita/vendor/msgpack/COPYING").is_file()
    assert (resources / "pykrita/dfp_krita.desktop").is_file()
    assert (resources / "actions/dfp_krita.action").is_file()
    assert (home / ".config/kritarc").read_text() == "[python]\nenable_dfp_krita=true\n"
    note = json.loads((resources / "pykrita/dfp_krita.json").read_text())
    assert Path(note["command"][0]).exists()


def test_install_twice_is_install_once(home: Path) -> None:
    main(["install"])
    first = tree(home)
    assert main(["install"]) == 0
    assert tree(home) == first


def test_uninstall_leaves_the_home_as_it_was(home: Path) -> None:
    kritarc = home / ".config/kritarc"
    kritarc.parent.mkdir()
    kritarc.write_bytes(b"[theme]\nTheme=Krita dark\n\n[python]\nenable_scripter=true\n")
    other = home / ".local/share/krita/pykrita/other/__init__.py"
    other.parent.mkdir(parents=True)
    other.write_text("mine")
    before = tree(home)
    main(["install"])
    broken_off = KritaProfile.of_user().batches / "1/note.json"
    broken_off.parent.mkdir(parents=True)
    broken_off.write_text("{}")
    assert tree(home) != before
    assert main(["uninstall"]) == 0
    assert tree(home) == before


def test_uninstall_without_install(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["uninstall"]) == 0
    assert "was not installed" in capsys.readouterr().out
    assert tree(home) == {}


def test_weights_are_remembered(home: Path, tmp_path: Path) -> None:
    weights = tmp_path / "mine.safetensors"
    weights.write_bytes(b"")
    assert main(["install", "--weights", str(weights)]) == 0
    note = json.loads((home / ".local/share/krita/pykrita/dfp_krita.json").read_text())
    assert note["command"][-2:] == ["--weights", str(weights)]


def test_weights_that_are_not_there(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["install", "--weights", "/nowhere/x.safetensors"]) == 1
    assert "no weights file /nowhere/x.safetensors" in capsys.readouterr().err
    assert tree(home) == {}


def test_a_place_that_cannot_be_written(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / ".local").write_text("a file where a folder should be")
    assert main(["install"]) == 1
    said = capsys.readouterr().err
    assert said.startswith("Cannot write ")
    assert said.count("\n") == 1


def test_a_failure_half_way_leaves_the_old_plugin(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    main(["install"])
    before = tree(home)

    def torn(folder: Path) -> None:
        folder.mkdir()
        (folder / "__init__.py").write_text("half")
        raise OSError(28, "No space left on device", str(folder))

    monkeypatch.setattr(installing, "assemble", torn)
    assert main(["install"]) == 1
    assert tree(home) == before


@pytest.mark.parametrize(
    ("platform", "environment", "resources", "kritarc"),
    [
        ("linux", {"HOME": "/h"}, "/h/.local/share/krita", "/h/.config/kritarc"),
        ("linux", {"HOME": "/h", "XDG_DATA_HOME": "/d", "XDG_CONFIG_HOME": "/c"}, "/d/krita", "/c/kritarc"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Application Support/krita", "/h/Library/Preferences/kritarc"),
        ("win32", {"HOME": "/h", "APPDATA": "/r", "LOCALAPPDATA": "/l"}, "/r/krita", "/l/kritarc"),
    ],
)
def test_profile_folders(platform: str, environment: dict[str, str], resources: str, kritarc: str) -> None:
    profile = KritaProfile.of_user(platform, environment)
    assert (profile.resources, profile.kritarc) == (Path(resources), Path(kritarc))


@pytest.mark.parametrize(
    "settings",
    [
        b"",
        b"[theme]\nTheme=Krita dark\n",
        b"[theme]\nTheme=Krita dark",
        b"[python]\nenable_scripter=true\n",
        b"[a]\nx=1\n\n[python]\nenable_other=false\n\n[z]\ny=\xff\xfe not utf-8\n",
        b"[a]\r\nx=1\r\n\r\n[python]\r\nenable_other=false\r\n",
        b"top=1\n[pythonic]\nenable_dfp_krita=false\n",
    ],
)
def test_kritarc_keeps_every_other_byte(settings: bytes) -> None:
    done = enabled(settings)
    assert enabled(done) == done
    assert b"enable_dfp_krita=true" in done
    lines = [line for line in done.splitlines() if line not in (b"[python]", b"enable_dfp_krita=true", b"")]
    assert lines == [line for line in settings.splitlines() if line not in (b"[python]", b"")]
    undone = disabled(done)
    # A last line without its end gets one, so that ours can follow.
    assert undone in (settings, settings + b"\n")


def test_kritarc_turns_a_disabled_plugin_on() -> None:
    assert enabled(b"[python]\nenable_dfp_krita=false\nx=1\n") == b"[python]\nenable_dfp_krita=true\nx=1\n"
    assert enabled(b"[python]") == b"[python]\nenable_dfp_krita=true\n"


def test_kritarc_may_be_a_link(home: Path) -> None:
    real = home / "dotfiles/kritarc"
    real.parent.mkdir()
    real.write_text("[theme]\nTheme=x\n")
    real.chmod(0o600)
    link = home / ".config/kritarc"
    link.parent.mkdir()
    link.symlink_to(real)
    main(["install"])
    assert link.is_symlink()
    assert "enable_dfp_krita" in real.read_text()
    assert stat.S_IMODE(real.stat().st_mode) == 0o600


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "kritarc"
    file.write_text("old")

    def fails(*_: object) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(OSError, match="Input/output"):
        write_atomically(file, b"new")
    assert tree(tmp_path) == {"kritarc": b"old"}


def test_package_is_what_install_puts_in_place(home: Path, tmp_path: Path) -> None:
    archive = tmp_path / "out" / "plugin.zip"
    assert main(["package", "-o", str(archive)]) == 0
    profile = KritaProfile.of_user()
    install(profile)
    with zipfile.ZipFile(archive) as content:
        names = content.namelist()
        # Krita's importer looks for this entry, and then for every entry that starts with it.
        assert "dfp_krita/" in names
        assert "dfp_krita.desktop" in names
        assert "dfp_krita.action" in names
        assert not [name for name in names if "__pycache__" in name]
        packed = {n.split("/", 1)[1]: content.read(n) for n in names if n.startswith("dfp_krita/") and n[-1] != "/"}
    assert packed == tree(profile.package)
    assert uninstall(profile)
    assert not profile.package.exists()
