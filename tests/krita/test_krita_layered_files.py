"""`dfp batch --layers` on Krita's own files, read and written by a real Krita."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from krita_harness import REPOSITORY, Profile

HERE = Path(__file__).resolve().parent
LIMIT_S = 400
Layers = list[dict[str, Any]]
VECTOR = (
    """<svg xmlns="http://www.w3.org/2000/svg" width="{0}pt" height="{0}pt" viewBox="0 0 {0} {0}"><defs/>{1}</svg>"""
)
ELLIPSE = '<ellipse id="s{}" cx="{}" cy="{}" rx="{}" ry="{}" fill="none" stroke="#000000" stroke-width="4"/>'

pytestmark = pytest.mark.skipif(shutil.which("kritarunner") is None, reason="kritarunner is not installed")


class Painter:
    """Somebody with a profile, a folder of files, and `dfp batch`."""

    def __init__(self, profile: Profile, folder: Path, weights: Path):
        self.profile, self.folder, self._weights = profile, folder, weights
        self.source, self.out = folder / "in", folder / "out"
        self.source.mkdir(parents=True)

    def make(self, name: str, layers: Layers, size: int = 512, space: "tuple[str, ...]" = ()) -> Path:
        """A file of Krita's."""
        plan = self.folder / "plan.json"
        plan.write_text(json.dumps({"size": size, "layers": layers, "space": space}))
        path = self.source / name
        self._krita("make", plan, path)
        return path

    def look(self, path: Path) -> Layers:
        """What is in a file."""
        said = self.folder / "said.json"
        self._krita("look", path, said)
        return json.loads(said.read_text())["layers"]

    def batch(self, *arguments: object) -> "subprocess.CompletedProcess[str]":
        """Run `dfp batch` to its end."""
        program = self.start(*arguments)
        said, complaint = program.communicate(timeout=LIMIT_S)
        return subprocess.CompletedProcess(program.args, program.returncode, said, complaint)

    def start(self, *arguments: object) -> "subprocess.Popen[str]":
        """Start `dfp batch`."""
        command = [sys.executable, "-m", "dfp", "batch", *arguments, "--weights", self._weights, "--device", "cpu"]
        return subprocess.Popen(
            [*map(str, command), "--runtime", "torch"],
            cwd=REPOSITORY,
            env=self.profile.environment(OMP_WAIT_POLICY="PASSIVE"),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def _krita(self, function: str, *arguments: object) -> None:
        command = ["kritarunner", "-s", "kra_files", "-f", function, *map(str, arguments)]
        more = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(HERE / "inside"), "PYTHONDONTWRITEBYTECODE": "1"}
        home = self.profile.root / "cache/deepfacepencil/krita"
        more |= {"XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")}
        done = subprocess.run(
            command, env=self.profile.environment(**more), capture_output=True, text=True, timeout=LIMIT_S, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def painter(profile: Profile, tmp_path: Path, small_weights: Path) -> Painter:
    """One whose Krita has been started before, with a window and without."""
    warm = profile.root / "cache/deepfacepencil/krita/data"
    warm.mkdir(parents=True)
    shutil.copytree(profile.root / "data/krita", warm / "kritarunner", symlinks=True)
    return Painter(profile, tmp_path / "painter", small_weights)


def named(layers: Layers) -> "dict[str, dict[str, Any]]":
    paths = [layer["path"] for layer in layers]
    assert len(paths) == len(set(paths)), paths
    return {layer["path"]: layer for layer in layers}
