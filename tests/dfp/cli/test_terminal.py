"""What the programs say must not stop what they do: names, pipes and disks that their words do not go through."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from face_drawing import draw_face
from PIL import Image

ROOT = Path(__file__).resolve().parents[3]
HOMES = os.pathsep.join(map(str, (ROOT, ROOT / "server", ROOT / "training")))  # where packages lie
NAMES = "anna.png", "Zoë.png", "画.png", b"\xff\xfe.png".decode(errors="surrogateescape"), "z.png"
LOST = "> /dev/full", "2> /dev/full", "> /dev/full 2>&1", "| :", "2>&1 | :", ">&-", "2>&-", ">&- 2>&-", ">&- 2>&- <&-"
COMMANDS = {
    "dfp": "dfp",
    "dfp-server": "dfp_server",
    "dfp-krita": "krita_plugin.cli",
    "dfp-train": "dfp_training",
}
NOBODY = 54321  # has no account
UNSHARE = "unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"


@pytest.fixture
def sketches(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for name in NAMES:
        Image.fromarray(draw_face(256)).save(folder / name)
    Image.new("L", (64, 64), 255).save(folder / "a blank € one.png")
    return folder


def shell(script: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    given = {**os.environ, "PYTHONPATH": HOMES, "OMP_NUM_THREADS": "1", **environment}
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {script}"],
        cwd=folder,
        env=given,
        capture_output=True,
        timeout=120,
        text=True,
        errors="replace",
    )


@pytest.mark.timeout(200)
@pytest.mark.parametrize("encoding", ["latin-1", "ascii", "utf-8"])
@pytest.mark.parametrize("command", ["generate in/*.png -o out", "batch in out"])
def test_names_that_cannot_be_printed(sketches: Path, small_weights: Path, encoding: str, command: str) -> None:
    script = f"{sys.executable} -m dfp {command} --weights {small_weights} --device cpu"
    done = shell(script, sketches.parent, PYTHONIOENCODING=encoding)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "empty" in done.stderr
    made = {path.name for path in (sketches.parent / "out").glob("*.png")}
    assert made == {f"{Path(name).stem}_face.png" for name in NAMES}


@pytest.mark.timeout(200)
@pytest.mark.parametrize("lost", LOST)
@pytest.mark.parametrize("command", ["generate in/*.png -o out", "batch in out"])
def test_words_that_nobody_takes(sketches: Path, small_weights: Path, lost: str, command: str) -> None:
    script = f"{sys.executable} -m dfp {command} --weights {small_weights} --device cpu {lost}"
    done = shell(script, sketches.parent)
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    made = {path.name for path in (sketches.parent / "out").glob("*.png")}
    assert made == {f"{Path(name).stem}_face.png" for name in NAMES}
    for face in made:
        Image.open(sketches.parent / "out" / face).load()  # nobody's complaints got into it


@pytest.mark.parametrize("program", COMMANDS)
def test_every_command_says_its_version(program: str, tmp_path: Path) -> None:
    done = shell(f"{sys.executable} -m {COMMANDS[program]} --version", tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    name, _, version = done.stdout.partition(" ")
    assert name == program
    assert version[0].isdigit()
    assert done.stdout.count("\n") == 1


def as_nobody(*command: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    """A Python module run by a user who has no account, no HOME and no XDG folder."""
    kept = {name: text for name, text in os.environ.items() if name != "HOME" and not name.startswith("XDG_")}
    environment = {**kept, "PYTHONPATH": HOMES, "OMP_NUM_THREADS": "1", "TMPDIR": str(folder)}
    return subprocess.run(
        [*UNSHARE, sys.executable, "-m", *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        timeout=120,
        text=True,
    )


@pytest.fixture
def room(tmp_path: Path, small_weights: Path) -> Path:
    """A folder with weights and a sketch in it."""
    if shutil.which("unshare") is None or subprocess.run([*UNSHARE, "true"], capture_output=True).returncode:
        pytest.skip("this system gives its users no other user ids")
    (tmp_path / "small.safetensors").write_bytes(small_weights.read_bytes())
    Image.fromarray(draw_face(256)).save(tmp_path / "anna.png")
    return tmp_path


@pytest.mark.timeout(200)
def test_without_a_home_the_fast_runtime_stays(room: Path) -> None:
    pytest.importorskip("openvino")
    given = ["generate", "anna.png", "--weights", "small.safetensors", "--runtime", "openvino"]
    done = as_nobody("dfp", *given, folder=room)
    assert (done.returncode, done.stderr) == (0, "")
    assert {path.name for path in room.iterdir()} == {"anna.png", "anna_face.png", "small.safetensors"}


def test_a_file_that_may_not_be_read_is_called_so(room: Path) -> None:
    (room / "anna.png").chmod(0)
    done = as_nobody("dfp", "generate", "anna.png", "--weights", "small.safetensors", folder=room)
    assert done.returncode == 1
    assert "anna.png: this file may not be read" in done.stderr


def test_without_a_home_there_is_nothing_to_install_into(room: Path) -> None:
    done = as_nobody("krita_plugin.cli", "install", folder=room)
    assert done.returncode == 1
    assert done.stderr.startswith("There is no home folder")
    assert done.stderr.count("\n") == 1


@pytest.mark.timeout(200)
def test_without_a_home_the_server_serves(room: Path) -> None:
    code = (
        "import sys, threading, os, signal, time\n"
        "threading.Timer(60, os._exit, [9]).start()\n"
        "from dfp_server.cli.main import main\n"
        "def end():\n"
        "    there = f'deepfacepencil-{os.getuid()}/.cache/deepfacepencil/server.json'\n"
        "    while not os.path.exists(there): time.sleep(0.05)\n"
        "    os.kill(os.getpid(), signal.SIGTERM)\n"
        "threading.Thread(target=end, daemon=True).start()\n"
        "code = main(['--port', '0', '--weights', 'small.safetensors'])\n"
        "os._exit(code)\n"
    )
    (room / "serve.py").write_text(code)
    done = as_nobody("serve", folder=room)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert not (room / "~").exists()
    home = room / f"deepfacepencil-{NOBODY}"
    assert home.stat().st_mode & 0o777 == 0o700
