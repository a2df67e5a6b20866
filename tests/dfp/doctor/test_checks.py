"""What is broken is found, with its cure; and what is whole is found whole."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from packaging.requirements import Requirement

from dfp.doctor.checks import folders, gpu, model, python, runtimes
from dfp.doctor.finding import Finding, Level
from dfp.doctor.places import look_at_folder

OLD_CARD, NEW_BUILD = gpu.Cards("Titan", "470.1", (11, 4), 12000, 11000), gpu.Build((12, 8), False)
RELEASE = model.RELEASE


@pytest.fixture
def release(tmp_path: Path) -> Path:
    """A copy of the release folder's weights and card."""
    for name in ("deepfacepencil.safetensors", "finder.safetensors", "straightener.safetensors", "MODEL_CARD.md"):
        shutil.copy(RELEASE / name, tmp_path)
    return tmp_path


def the_one(found: Iterator[Finding]) -> Finding:
    (finding,) = found
    return finding


def test_whole_weights(release: Path) -> None:
    assert the_one(model.look_at_weights(release)).level is Level.OK
    assert the_one(model.look_at_finder(release)).level is Level.OK
    assert the_one(model.look_at_straightener(release)).level is Level.OK


@pytest.mark.parametrize("how", ["cut in half", "missing", "others", "no card"])
def test_weights_that_are_not_right(release: Path, how: str) -> None:
    weights = release / "deepfacepencil.safetensors"
    says = {
        "cut in half": "are damaged or not whole",
        "missing": "are missing",
        "others": "are others than their card speaks of",
        "no card": "The card that says which weights these must be is missing",
    }[how]
    if how == "missing":
        weights.unlink()
    elif how == "no card":
        (release / model.CARD).unlink()
    else:
        data = weights.read_bytes()
        weights.write_bytes(data[: len(data) // 2] if how == "cut in half" else data[:-1] + bytes([data[-1] ^ 1]))
    finding = the_one(model.look_at_weights(release))
    assert finding.level is Level.WRONG
    assert says in finding.says
    assert finding.cure == model.CURE
    assert finding.command.endswith("pip install --force-reinstall --no-deps deepfacepencil-krita")


@pytest.mark.parametrize(
    ("called", "look"), [("finder", model.look_at_finder), ("straightener", model.look_at_straightener)]
)
def test_a_small_network_that_is_cut(release: Path, called: str, look: Callable[[Path], Iterator[Finding]]) -> None:
    weights = release / f"{called}.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    finding = the_one(look(release))
    assert finding.level is Level.WRONG
    assert f"The {called}'s weights" in finding.says
    assert "are damaged" in finding.says
    weights.unlink()
    assert "are missing" in the_one(look(release)).says


def test_packages() -> None:
    findings = [*python.look_at_python(), *python.look_at_packages()]
    assert {finding.level for finding in findings} == {Level.OK}
    missing = python.look_at_version(Requirement("no-such-package>=1"))
    assert missing is not None
    assert missing.says == "The Python package no-such-package is missing."
    assert missing.command.endswith("pip install 'no-such-package>=1'")
    old = python.look_at_version(Requirement("numpy>=99"))
    assert old is not None
    assert "but >=99 is needed" in old.says
    assert {needed.name for needed in python.requirements()} > {"numpy", "torch", "aiohttp"}


def test_both_runtimes_draw_the_same() -> None:
    findings = [*runtimes.look_at_torch(), *runtimes.look_at_openvino(), *runtimes.look_at_agreement()]
    assert {finding.level for finding in findings} <= {Level.OK, Level.WARNING}, findings
    assert "PyTorch" in findings[0].says
    assert " ms on the " in findings[0].says


def test_openvino_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)
    finding = the_one(runtimes.look_at_openvino())
    if finding.level is not Level.OK:  # with a graphics card it is not needed
        assert finding.level is Level.WARNING
        assert finding.says.startswith("OpenVINO is not installed")
        assert finding.command.endswith("pip install openvino")
    assert list(runtimes.look_at_agreement()) == []


def test_pictures_that_differ_are_unlike() -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)
    assert runtimes.likeness(noise, noise) == 99
    assert runtimes.likeness(noise, noise ^ 1) > 45
    assert runtimes.likeness(noise, noise[::-1]) < runtimes.ALIKE_DB


@pytest.mark.parametrize(
    ("environment", "says"),
    [
        ({}, []),
        ({"OMP_NUM_THREADS": "8", "OMP_WAIT_POLICY": "PASSIVE", "OMP_PROC_BIND": "false"}, []),
        ({"OMP_NUM_THREADS": "1"}, ["OMP_NUM_THREADS=1 lets the model use 1 of 8 cores"]),
        ({"OMP_NUM_THREADS": "64"}, ["OMP_NUM_THREADS=64 starts 64 threads on 8 cores"]),
        ({"OMP_WAIT_POLICY": "active"}, ["OMP_WAIT_POLICY=ACTIVE lets waiting threads"]),
        ({"OMP_PROC_BIND": "close", "KMP_AFFINITY": "compact"}, ["KMP_AFFINITY ties", "OMP_PROC_BIND ties"]),
        ({"OMP_NUM_THREADS": "many"}, []),
    ],
)
def test_settings_that_make_it_slow(environment: dict[str, str], says: list[str]) -> None:
    found = list(runtimes.look_at_threads(8, environment))
    assert len(found) == len(says)
    for finding, begin in zip(found, says, strict=True):
        assert finding.level is Level.WARNING
        assert finding.says.startswith(begin)
        assert finding.command == f"unset {begin.split('=')[0].split()[0]}"


@pytest.mark.parametrize(
    ("cards", "build", "level", "says"),
    [
        (OLD_CARD, gpu.Build(None, False), Level.WARNING, "a build for processors only"),
        (OLD_CARD, NEW_BUILD, Level.WARNING, "too old: it knows CUDA 11.4, and PyTorch needs 12.8"),
        (OLD_CARD, gpu.Build((11, 0), False), Level.WARNING, "cannot use the graphics card Titan"),
        (gpu.Cards("Titan", "9", (13, 0), 12000, 100), gpu.Build((12, 8), True), Level.WARNING, "100 of 12000 MiB"),
        (gpu.Cards("Titan", "9", (13, 0), 12000, 9000), gpu.Build((12, 8), True), Level.OK, "9000 of 12000 MiB free"),
    ],
)
def test_what_a_card_and_a_build_mean(cards: gpu.Cards, build: gpu.Build, level: Level, says: str) -> None:
    finding = gpu.judge(cards, build)
    assert finding.level is level
    assert says in finding.says
    assert bool(finding.cure) is (level is not Level.OK)


def test_a_driver_is_asked(tmp_path: Path) -> None:
    """A library of the driver's name, and its program, tell what they are made to."""
    compiler = shutil.which("cc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("No C compiler is here, which makes the stand-in for NVIDIA's driver.")
    source = tmp_path / "cuda.c"
    source.write_text(
        "int cuInit(unsigned f) { return 0; }\nint cuDeviceGetCount(int *n) { *n = 1; return 0; }\n"
        "int cuDriverGetVersion(int *v) { *v = 12040; return 0; }\n"
    )
    subprocess.run([compiler, "-shared", "-fPIC", "-o", tmp_path / "libcuda.so.1", source], check=True)
    program = tmp_path / "nvidia-smi"
    program.write_text("#!/bin/sh\necho 'NVIDIA Titan V, 535.54.03, 12288, 11000'\n")
    program.chmod(0o755)
    environment = {**os.environ, "LD_LIBRARY_PATH": str(tmp_path), "PATH": f"{tmp_path}:/usr/bin:/bin"}
    asks = "from dfp.doctor.checks.gpu import ask_driver; print(ask_driver())"
    done = subprocess.run([sys.executable, "-c", asks], env=environment, capture_output=True, text=True, timeout=60)
    expected = gpu.Cards("NVIDIA Titan V", "535.54.03", (12, 4), 12288, 11000)
    assert done.stdout.strip() == str(expected), done.stderr


def look(folder: Path, room: int = 0, others: int = 0) -> list[Finding]:
    return list(look_at_folder(folder, "the folder of things", "Nothing works.", Level.WRONG, room, others))


def test_a_folder_that_is_right_and_one_that_is_not_there_yet(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert look(tmp_path, others=0o077) == []
    assert look(tmp_path / "a" / "b") == []
    assert list(tmp_path.iterdir()) == []


def test_a_file_in_a_folders_place(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("")
    (finding,) = look(tmp_path / "x")
    assert finding.says == f"A file stands where the folder of things should be, {tmp_path / 'x'}. Nothing works."
    assert finding.command == f"mv {tmp_path / 'x'} {tmp_path / 'x'}.old"
    (finding,) = look(tmp_path / "x" / "y")
    assert finding.level is Level.WRONG


def test_a_folder_that_others_look_into(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    (finding,) = look(tmp_path, others=0o077)
    assert finding.level is Level.WARNING
    assert f"can look into the folder of things, {tmp_path}." in finding.says
    assert finding.command == f"chmod 700 {tmp_path}"
    assert look(tmp_path, others=0o022) == []


def test_a_folder_that_is_somebody_elses(tmp_path: Path) -> None:
    if sys.platform == "win32" or os.getuid():
        pytest.skip("Only root may give a folder away.")
    os.chown(tmp_path, 12345, 12345)
    (finding,) = look(tmp_path, others=0o022)
    assert finding.level is Level.WRONG
    assert "belongs to somebody else" in finding.says
    assert finding.command == f"sudo chown -R 0 {tmp_path}"
    assert look(tmp_path, others=0) == []


def test_a_disk_that_is_nearly_full(tmp_path: Path) -> None:
    (finding,) = look(tmp_path, room=1 << 60)
    assert finding.level is Level.WARNING
    assert "MiB left" in finding.says


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KiB."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=64k,mode=700", "tmpfs", str(place)]
    if sys.platform != "linux" or os.getuid() or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("Only root on Linux may make a small disk here.")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (small_disk / "x").write_bytes(bytes(48 * 1024))
    monkeypatch.setenv("XDG_CACHE_HOME", str(small_disk))
    finding = the_one(folders.look_at_cache())
    assert finding.level is Level.WARNING
    assert f"{small_disk / 'deepfacepencil'}, is full. Converted models cannot be kept" in finding.says
    assert finding.cure == "Free some space there."


def test_a_folder_that_is_read_only(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(small_disk))
    finding = the_one(folders.look_at_cache())
    assert finding.level is Level.WARNING
    assert "cannot be written (Read-only file system)" in finding.says
    assert finding.cure.startswith("Make ")


def test_a_user_without_a_home(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    assert the_one(folders.look_at_cache()).level is Level.WARNING
