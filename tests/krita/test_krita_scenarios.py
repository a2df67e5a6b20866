"""The plugin in a real Krita. Each test is one Krita run, so that related checks share its start."""

import builtins
import contextlib
import os
import socket
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from unittest.mock import patch

import pytest
from conftest import RunScenario
from krita_harness import REPOSITORY, Profile, first_line, running
from krita_root import installed_file

IMPORTER = "/usr/share/krita/pykrita/plugin_importer/plugin_importer.py"
USUAL_PORT = 7878


def test_the_main_job(installed: Profile, run_scenario: RunScenario) -> None:
    """Strokes, a face, undo, redo, the next stroke, save and reopen; Krita is then killed, the server with it."""
    verdict = run_scenario(installed, "main_job")
    assert (verdict.out / "face.png").stat().st_size > 10_000


def test_what_cannot_be_a_face_gets_one_sentence(installed: Profile, run_scenario: RunScenario) -> None:
    run_scenario(installed, "refusals")


def test_imported_zip_and_troubles_on_the_way(
    profile: Profile, weights: Path, tmp_path: Path, run_scenario: RunScenario
) -> None:
    """Cancel, a killed server, layers and documents that go away, a pen that is down; then Krita is closed.

    The plugin comes from the zip by Krita's own importer, so it has to find `dfp-server` on the PATH. Another
    program sits on our usual port and never says a word.
    """
    archive = tmp_path / "plugin.zip"
    assert profile.dfp_krita("package", "-o", str(archive)).returncode == 0
    import_as_krita_does(archive, profile)
    programs = server_on_path(tmp_path / "bin", weights)
    with silent_program_on_usual_port():
        verdict = run_scenario(profile, "troubles", PATH=f"{programs}:/usr/bin:/bin")
    assert len(verdict.notes["servers"]) == 1


def test_documents_of_every_kind_by_a_server_that_runs_already(
    installed: Profile, weights: Path, run_scenario: RunScenario
) -> None:
    """Color models, selections, groups, masks. The painter's own server is used and left running."""
    with painters_own_server(installed, weights) as server:
        verdict = run_scenario(installed, "documents")
        if server is not None:
            assert verdict.notes["servers"] == [], "the plugin started a server of its own"
            assert server.poll() is None, "the painter's own server was stopped"


def test_what_happens_to_the_picture_while_a_face_is_on_its_way(installed: Profile, run_scenario: RunScenario) -> None:
    """The drawing is moved, cropped, scaled, undone; the canvas grows under live work; Krita is closed."""
    run_scenario(installed, "waiting")


def test_a_face_is_renewed_on_its_layer(installed: Profile, run_scenario: RunScenario) -> None:
    """Renamed, moved, masked, duplicated, deleted, painted on, saved and reopened."""
    run_scenario(installed, "renewing")


def test_live(installed: Profile, run_scenario: RunScenario) -> None:
    """The face follows strokes and undo; Keep, Escape, a killed server; Krita is closed while live is on."""
    run_scenario(installed, "live")


def test_the_frame(installed: Profile, run_scenario: RunScenario) -> None:
    """Locked, the face stays where it is when hair is added; the guide is one undo step and never a sketch."""
    run_scenario(installed, "framing")


@pytest.mark.parametrize("what", ["resized", "turned", "layer"])
def test_face_frame_and_history_follow(installed: Profile, run_scenario: RunScenario, what: str) -> None:
    """Cropped, scaled, mirrored, turned, undone; moved, renamed, converted; live goes on; what is hers stays hers."""
    run_scenario(installed, "following", DFP_FOLLOWING=what)


def test_what_the_painter_sees(installed: Profile, run_scenario: RunScenario) -> None:
    """A server that is ready, lines in live work, the face shown and hidden, live work and several pictures."""
    run_scenario(installed, "seeing")


def test_what_the_docker_says(installed: Profile, run_scenario: RunScenario) -> None:
    """A hidden face, an open transformation, a small selection, long and odd names, gray pictures, spoiled settings."""
    verdict = run_scenario(installed, "telling")
    print(verdict.notes)


def test_small_heads_small_canvases_and_a_dab(installed: Profile, run_scenario: RunScenario) -> None:
    run_scenario(installed, "sizes")


def test_profiles_are_what_they_do_and_wide_drawings_are_reduced(installed: Profile, run_scenario: RunScenario) -> None:
    verdict = run_scenario(installed, "profiles")
    print(verdict.notes)


def test_in_german(installed: Profile, run_scenario: RunScenario) -> None:
    """The plugin speaks Krita's language."""
    run_scenario(installed, "german", LANG="de_DE.UTF-8")


def import_as_krita_does(archive: Path, profile: Profile) -> None:
    """Run the code behind “Import Python Plugin from File” and say yes to enabling."""
    spec = spec_from_file_location("plugin_importer", installed_file(IMPORTER))
    assert spec is not None
    assert spec.loader is not None
    importer = module_from_spec(spec)
    # Krita has it among the builtins, and its importer takes it from there since 5.3.
    with patch.object(builtins, "i18n", str, create=True):
        spec.loader.exec_module(importer)
    resources = profile.pykrita.parent
    imported = importer.PluginImporter(str(archive), str(resources), lambda _plugin: False).import_all()
    assert [plugin["name"] for plugin in imported] == ["dfp_krita"]
    with zipfile.ZipFile(archive) as content:
        files = [name for name in content.namelist() if name.startswith("dfp_krita/") and name[-1] != "/"]
    assert all((profile.pykrita / name).is_file() for name in files)
    assert (resources / "actions/dfp_krita.action").is_file()
    settings = profile.kritarc.read_text()
    profile.kritarc.write_text(settings.replace("[python]\n", "[python]\nenable_dfp_krita=true\n"))


def server_on_path(folder: Path, weights: Path) -> Path:
    """A folder with a `dfp-server` command, as pip puts it there."""
    folder.mkdir()
    command = folder / "dfp-server"
    run = f'exec "{sys.executable}" -m dfp_server --weights "{weights}" "$@"'
    command.write_text(f'#!/bin/sh\ncd "{REPOSITORY}"\nexport PYTHONPATH="{REPOSITORY}:{REPOSITORY}/server"\n{run}\n')
    command.chmod(0o755)
    return folder


@contextlib.contextmanager
def painters_own_server(profile: Profile, weights: Path) -> "Iterator[subprocess.Popen[str] | None]":
    """A server of the user who paints, on the usual port; none when that port is taken on this machine."""
    command = [sys.executable, "-m", "dfp_server", "--weights", str(weights)]
    # Where the plugin looks, and nothing else of the profile: the server is no process of Krita's.
    environment = {**os.environ, "XDG_RUNTIME_DIR": profile.environment()["XDG_RUNTIME_DIR"]}
    with running(command, cwd=REPOSITORY, env=environment) as server:
        yield server if "listening" in first_line(server) else None


@contextlib.contextmanager
def silent_program_on_usual_port() -> Iterator[None]:
    """Another program on the port: it takes connections and says nothing."""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # somebody else is there already, which does as well
            listener.bind(("127.0.0.1", USUAL_PORT))
            listener.listen()
        yield
