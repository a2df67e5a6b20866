"""A painter's own server.py and training.py on the PYTHONPATH stand in no command's way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from face_drawing import draw_face
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = {"dfp": "dfp", "dfp-server": "dfp_server", "dfp-krita": "krita_plugin.cli", "dfp-train": "dfp_training"}


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """A folder with modules that must not be imported, a sketch, and nothing else."""
    for name in ("server", "training", "tests", "bench"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('this is another program')\n")
    (tmp_path / "sketches").mkdir()
    Image.fromarray(draw_face(256)).save(tmp_path / "sketches" / "anna.png")
    return tmp_path


def run(folder: Path, program: str, *arguments: object, stdin: str = "") -> str:
    """A command in that folder, before which nothing else is looked for; gives what it says. It must work."""
    paths = [folder, ROOT, ROOT / "server", ROOT / "training"]
    homes = {name: str(folder / "home") for name in ("HOME", "XDG_RUNTIME_DIR", "XDG_STATE_HOME", "XDG_DATA_HOME")}
    done = subprocess.run(
        [sys.executable, "-m", PROGRAMS[program], *map(str, arguments)],
        cwd=folder,
        env={**os.environ, **homes, "PYTHONPATH": os.pathsep.join(map(str, paths)), "OMP_NUM_THREADS": "1"},
        input=stdin,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("program", PROGRAMS)
def test_each_command_says_its_version(theirs: Path, program: str) -> None:
    assert run(theirs, program, "--version").startswith(program)


def test_dfp_makes_a_face(theirs: Path, small_weights: Path) -> None:
    run(theirs, "dfp", "generate", "sketches/anna.png", "--weights", small_weights, "--runtime", "torch")
    assert (theirs / "anna_face.png").is_file()


def test_the_server_starts(theirs: Path, small_weights: Path) -> None:
    options = "--port", 0, "--weights", small_weights, "--runtime", "torch", "--log", theirs / "log"
    assert "http" in run(theirs, "dfp-server", *options, "--exit-with-stdin")


def test_the_plugin_is_packed(theirs: Path) -> None:
    run(theirs, "dfp-krita", "package", "-o", "plugin.zip")
    assert (theirs / "plugin.zip").is_file()


def test_a_sheet_is_drawn(theirs: Path, small_weights: Path) -> None:
    run(theirs, "dfp-train", "sheet", "sketches", "--weights", small_weights, "--out", "sheet.png")
    assert (theirs / "sheet.png").is_file()
