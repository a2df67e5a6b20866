"""`dfp doctor` as it is typed, where something is broken for real."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

import dfp as dfp_package

ROOT = Path(__file__).resolve().parents[3]
LIMIT_S = 200
WEIGHTS = "deepfacepencil.safetensors"
BROKEN = "raise ImportError('libthat.so.1: cannot open shared object file')\n"


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """The environment of a user with a home of her own and nothing in it."""
    folders = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR")
    for name in folders:
        (tmp_path / name).mkdir(mode=0o700)
    return {**os.environ, **{name: str(tmp_path / name) for name in folders}}


def dfp(home: dict[str, str], *arguments: object, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "dfp", *map(str, arguments)],
        cwd=home["HOME"],
        env={**home, **environment},
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
    )


def said(done: "subprocess.CompletedProcess[str]") -> list[dict[str, Any]]:
    """What `dfp doctor --json` said."""
    assert not done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


def bad(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is wrong."""
    return [line for line in lines if line.get("level") == "wrong"]


def test_a_home_in_order_and_a_report(home: dict[str, str], tmp_path: Path) -> None:
    report = tmp_path / "report.txt"
    done = dfp(home, "doctor", "python", "folders", "server", "model", "--report", report)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "WRONG" not in done.stdout
    assert f"kept in {home['XDG_CACHE_HOME']}/deepfacepencil" in done.stdout
    assert str(tmp_path) not in report.read_text().replace(str(report), "")
    assert "kept in $XDG_CACHE_HOME/deepfacepencil" in report.read_text()


def test_weights_that_are_cut_in_half(home: dict[str, str], tmp_path: Path) -> None:
    """One thing is wrong, and what could not draw without them is not looked at."""
    copied = tmp_path / "installed"
    for file in (ROOT / "dfp").rglob("*"):
        if file.is_file() and "__pycache__" not in file.parts:
            there = copied / file.relative_to(ROOT)
            there.parent.mkdir(parents=True, exist_ok=True)
            there.symlink_to(file)
    weights = copied / "dfp" / "release" / WEIGHTS
    data = weights.read_bytes()
    weights.unlink()
    weights.write_bytes(data[: len(data) // 2])
    done = dfp(home, "doctor", "--json", "python", "model", "runtimes", "gpu", PYTHONPATH=str(copied))
    lines = said(done)
    assert done.returncode == 1
    (wrong,) = bad(lines)
    assert wrong["found"] == "model.weights"
    assert wrong["says"] == f"The model's weights, {weights}, are damaged or not whole."
    assert wrong["cure"] == "Install the program again, which brings the weights."
    assert wrong["command"].endswith("pip install --force-reinstall --no-deps deepfacepencil-krita")
    looked = {line["found"] for line in lines if "found" in line}
    assert not looked & {"runtimes.torch", "runtimes.openvino", "runtimes.agreement", "gpu.card"}
    assert lines[-1]["summary"] == "1 thing is wrong."
    assert "WRONG  The model's weights, <program>/dfp/release/deepfacepencil.safetensors" in lines[-1]["report"]


def test_pytorch_that_cannot_be_imported(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "torch.py").write_text(BROKEN)
    done = dfp(home, "doctor", "--json", "model", "runtimes", "gpu", PYTHONPATH=str(tmp_path / "broken"))
    (wrong,) = bad(said(done))
    assert done.returncode == 1
    assert wrong["found"] == "runtimes.torch"
    assert wrong["says"] == "PyTorch cannot be used (ImportError: libthat.so.1: cannot open shared object file)."
    assert wrong["cure"] == "Install it again."
    assert wrong["command"].endswith("pip install --force-reinstall torch")


def test_a_package_that_everything_needs_cannot_be_imported(home: dict[str, str], tmp_path: Path) -> None:
    """`dfp generate` says who can tell more, and that one starts all the same."""
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "cv2.py").write_text(BROKEN)
    refused = dfp(home, "generate", PYTHONPATH=str(tmp_path / "broken"))
    assert refused.returncode == 1
    assert refused.stderr.startswith("dfp: A Python package is broken (libthat.so.1")
    assert "`dfp doctor`" in refused.stderr
    done = dfp(home, "doctor", "--json", "python", "folders", "runtimes", PYTHONPATH=str(tmp_path / "broken"))
    (wrong,) = bad(said(done))
    assert wrong["found"] == "python.packages"
    assert wrong["says"].startswith("The Python package opencv-python-headless cannot be used (ImportError: libthat")
    assert "pip install --force-reinstall 'opencv-python-headless" in wrong["command"]


def test_ctrl_c(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "slow").mkdir()
    (tmp_path / "slow" / "torch.py").write_text("import time\ntime.sleep(600)\n")
    asking = subprocess.Popen(
        [sys.executable, "-m", "dfp", "doctor", "runtimes", "--json"],
        env={**home, "PYTHONPATH": str(tmp_path / "slow")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert asking.stdout is not None
        while "PyTorch" not in asking.stdout.readline():
            assert asking.poll() is None
        time.sleep(0.2)
        asking.send_signal(signal.SIGINT)
        _, errors = asking.communicate(timeout=LIMIT_S)
    finally:
        asking.kill()
    assert asking.returncode == 130
    assert errors.strip() == "dfp: Stopped."


def test_what_dfp_brings_is_there_when_it_is_asked_for() -> None:
    """The package imports nothing before, so that `dfp doctor` starts wherever it can."""
    assert {name for name in dfp_package.__all__ if getattr(dfp_package, name) is None} == set()
    assert set(dfp_package.__all__) <= set(dir(dfp_package))
    with pytest.raises(AttributeError, match="no attribute 'teeth'"):
        _ = dfp_package.teeth
    heavy = "import sys, dfp, dfp.cli.start; print([n for n in ('numpy', 'cv2', 'torch', 'PIL') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, timeout=LIMIT_S)
    assert done.stdout.strip() == "[]", done.stderr


def test_what_cannot_be_looked_at(home: dict[str, str]) -> None:
    done = dfp(home, "doctor", "teeth")
    assert done.returncode == 1
    assert done.stderr.startswith("dfp: There is nothing called teeth to look at. There are: folders, ")
