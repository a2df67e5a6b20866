"""Rooms whose doors open one way: what pyproject.toml says of who may import whom holds."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
HOMES = ".", "server", "training"  # where packages lie
PACKAGES = "dfp", "server/dfp_server", "training/dfp_training", "krita_plugin"
LINT = "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())"


def lint(root: Path) -> "subprocess.CompletedProcess[str]":
    """Run the contracts of a checkout on its own packages, whatever is installed beside it."""
    paths = os.pathsep.join(str(root / home) for home in HOMES)
    return subprocess.run(
        [sys.executable, "-c", LINT, "--no-cache", "--no-logo"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        timeout=250,
    )


def test_the_contracts_hold() -> None:
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize(
    ("module", "imports", "says"),
    [
        ("dfp/model/config.py", "dfp.cli.terminal", "Layers of dfp, from top to bottom BROKEN"),
        ("dfp/errors.py", "dfp_server.wire", "dfp knows none of those who use it BROKEN"),
        ("server/dfp_server/errors.py", "dfp_training.data", "The server knows neither training nor the plugin BROKEN"),
    ],
)
def test_a_door_that_opens_the_other_way_is_found(tmp_path: Path, module: str, imports: str, says: str) -> None:
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    for package in PACKAGES:
        data = shutil.ignore_patterns("*.safetensors", "*.png", "*.jpg", "__pycache__")
        shutil.copytree(ROOT / package, tmp_path / package, ignore=data)
    with (tmp_path / module).open("a") as file:
        file.write(f"\nimport {imports}\n")
    done = lint(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert says in done.stdout
