"""Somebody with a folder of Krita's files and `dfp batch`, for tests and for measuring."""

import json
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import Any

from krita_harness import REPOSITORY, Profile
from krita_root import runner_folder

from dfp.batch.layered.kept import FOLDER

HERE = Path(__file__).resolve().parent
LIMIT_S = 400
Layers = list[dict[str, Any]]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="{0}pt" height="{0}pt" viewBox="0 0 {0} {0}"><defs/>{1}</svg>'
ELLIPSE = '<ellipse id="s{}" cx="{}" cy="{}" rx="{}" ry="{}" fill="none" stroke="#000000" stroke-width="{}"/>'
FACE = (0.5, 0.5, 0.4, 0.47), (0.33, 0.4, 0.08, 0.04), (0.67, 0.4, 0.08, 0.04), (0.5, 0.74, 0.15, 0.04)


class Painter:
    """With a profile of her own and the weights that she uses."""

    def __init__(self, profile: Profile, folder: Path, weights: Path):
        self.profile, self.folder, self._weights = profile, folder, weights
        self.source, self.out = folder / "in", folder / "out"
        self.source.mkdir(parents=True)
        self._programs = runner_folder(folder)
        self._path = f"{self._programs}:/usr/bin:/bin"

    def make(self, name: str, layers: Layers, size: int = 512, space: "tuple[str, ...]" = ()) -> Path:
        """A file of Krita's; see `make` in inside/kra_files.py. Vector layers get a face, too."""
        plan, bare = self.folder / "plan.json", self.folder / "bare.kra"
        plan.write_text(json.dumps({"size": size, "layers": layers, "space": space}))
        self._krita("make", plan, bare)
        path = self.source / name
        _with_vectors(bare, path, size)
        return path

    def look(self, path: Path) -> Layers:
        """What is in a file; see `look` in inside/kra_files.py."""
        said = self.folder / "said.json"
        self._krita("look", path, said)
        return json.loads(said.read_text())["layers"]

    def recognise(self, path: Path, plugin: Path) -> "dict[str, list[str]]":
        """Which faces the assembled plugin knows as its own, by their sketches, and how they stand."""
        said = self.folder / "said.json"
        self._krita("recognise", path, said, plugin)
        return json.loads(said.read_text())

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
            env=self.profile.environment(PATH=self._path),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def kill_when_kept(self, program: "subprocess.Popen[str]", count: int, out: Path) -> "dict[str, int]":
        """Kill it once so many faces are drawn; returns when each of those was written, by its name."""
        while len(list((out / FOLDER).glob("*.json"))) < count:
            assert program.poll() is None, program.communicate()
            time.sleep(0.005)
        program.kill()
        program.communicate()
        return {path.name: path.stat().st_mtime_ns for path in (out / FOLDER).glob("*.json")}

    def _krita(self, function: str, *arguments: object) -> None:
        (self.folder / "said.json").unlink(missing_ok=True)  # a script that fails ends well, too
        command = [f"{self._programs}/kritarunner", "-s", "kra_files", "-f", function, *map(str, arguments)]
        more = {"QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(HERE / "inside"), "PYTHONDONTWRITEBYTECODE": "1"}
        home = self.profile.root / "cache/deepfacepencil/krita"
        more |= {"PATH": self._path, "XDG_DATA_HOME": str(home / "data"), "XDG_CONFIG_HOME": str(home / "config")}
        done = subprocess.run(
            command, env=self.profile.environment(**more), capture_output=True, text=True, timeout=LIMIT_S, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr


def named(layers: Layers) -> "dict[str, dict[str, Any]]":
    """Layers by their paths, of which there are no two alike."""
    paths = [layer["path"] for layer in layers]
    assert len(paths) == len(set(paths)), paths
    return {layer["path"]: layer for layer in layers}


def with_faces(paths: "list[str]", without: "set[str]") -> "list[str]":
    """The order of layers, from the bottom up, with a face above each that is called sketch and not named."""
    found = []
    for path in paths:
        found.append(path)
        group, _, name = path.rpartition("/")
        if name.startswith("sketch") and path not in without:
            found.append(f"{group}/Face · {name}" if group else f"Face · {name}")
    return found


def _with_vectors(bare: Path, path: Path, side: int) -> None:
    """A copy in which every vector layer has a face: Krita's API crashes without a window when it is to add shapes."""
    shapes = [
        ELLIPSE.format(number, *(round(part * side) for part in shape), max(3, side // 160))
        for number, shape in enumerate(FACE)
    ]
    with zipfile.ZipFile(bare) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            is_vector = entry.filename.endswith("content.svg")
            new.writestr(entry, SVG.format(side, "".join(shapes)).encode() if is_vector else old.read(entry))
