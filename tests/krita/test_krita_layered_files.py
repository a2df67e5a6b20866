"""`dfp batch --layers` on Krita's own files, read and written by a real Krita without a window."""

import base64
import re
import shutil
import signal
import time
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from krita_harness import Profile
from layered_painter import LIMIT_S, Painter, named, with_faces
from PIL import Image

from dfp.batch.jobs import BACKUP
from dfp.batch.layered.kept import FOLDER

pytestmark = pytest.mark.skipif(shutil.which("kritarunner") is None, reason="kritarunner is not installed")
FACE = [100, 80, 300]


@pytest.fixture
def painter(profile: Profile, tmp_path: Path, small_weights: Path) -> Painter:
    """One whose Krita has been started before, with a window and without: it need not fill its folders now."""
    warm = profile.root / "cache/deepfacepencil/krita/data"
    warm.mkdir(parents=True)
    shutil.copytree(profile.root / "data/krita", warm / "kritarunner", symlinks=True)
    return Painter(profile, tmp_path / "painter", small_weights)


def still(layer: dict[str, Any]) -> dict[str, Any]:
    """What of a layer stays as it is. The pixels of a vector layer are there once Krita has drawn them."""
    return {name: value for name, value in layer.items() if layer["type"] != "vectorlayer" or name in ("id", "locked")}


def test_killed_and_gone_on_with(painter: Painter) -> None:
    """Five sketches, with an empty, a locked, a hidden and a vector layer among them."""
    sketches = [{"name": f"sketch {number}", "face": [60 + 9 * number, 90, 300]} for number in range(5)]
    sketches[1]["locked"] = True
    sketches[2]["hidden"] = True
    sketches[3:3] = [{"name": "sketch empty"}, {"name": "sketch vector", "type": "vectorlayer"}]
    layers = [{"name": "Figures", "type": "grouplayer", "inside": sketches}, {"name": "ink", "face": FACE}]
    path = painter.make("many.kra", layers)
    before, original = painter.look(path), path.read_bytes()
    program = painter.start(painter.source, painter.out, "--layers", "sketch*")
    kept = painter.kill_when_kept(program, 2, painter.out)
    assert not (painter.out / "many_face.kra").exists()
    done = painter.batch(painter.source, painter.out, "--layers", "sketch*")
    assert done.returncode == 3, done.stderr
    assert "Faces: 6 made, 1 failed." in done.stdout
    assert "many.kra, Figures/sketch empty: This layer is empty" in done.stderr
    made = painter.out / "many_face.kra"
    old, found = named(before), named(painter.look(made))
    assert list(found) == with_faces(list(old), {"Figures/sketch empty"})
    assert all(still(found[name]) == still(old[name]) for name in old if name != "Figures")
    faces = {name: layer for name, layer in found.items() if "Face" in name}
    assert [name for name, layer in faces.items() if layer["hidden"]] == ["Figures/Face · sketch 2"]
    assert not any(layer["locked"] for layer in faces.values())
    for number in range(5):
        left, _, width, _ = faces[f"Figures/Face · sketch {number}"]["bounds"]
        assert abs(left + width / 2 - (210 + 9 * number)) < 30
    assert path.read_bytes() == original
    assert len(kept) >= 2
    assert not (painter.out / FOLDER).exists()


def test_in_place_renewed_and_never_twice(painter: Painter, folder: Path) -> None:
    """A locked group in linear light gets the face of the same lines in sRGB, which the plugin knows for its own."""
    layers = [{"name": "sketch", "type": "grouplayer", "locked": True, "inside": [{"name": "lines", "face": FACE}]}]
    path = painter.make("deep.kra", layers, space=("RGBA", "F32", "sRGB-elle-V2-g10.icc"))
    painter.make("plain.kra", [{"name": "sketch", "face": FACE}])
    original = path.read_bytes()
    assert painter.batch(painter.source, "--in-place", "--layers", "sketch").returncode in (0, 4)
    first, plain = painter.look(path), named(painter.look(painter.source / "plain.kra"))
    assert [layer["path"] for layer in first] == ["Background", "sketch", "sketch/lines", "Face · sketch"]
    deep = named(first)["Face · sketch"]
    apart = np.subtract(deep["middle"], plain["Face · sketch"]["middle"])
    assert np.abs(apart).max() <= 12, "another colour space shows another face"
    assert path.with_name(path.name + BACKUP).read_bytes() == original
    assert painter.recognise(path, folder) == {"sketch": ["Face · sketch", "as written"]}
    (painter.source / "plain.kra").unlink()
    again = painter.batch(painter.source, "--in-place", "--layers", "sketch", "--trust", "1")
    assert "Faces: 1 made." in again.stdout
    second = painter.look(path)
    assert [layer["id"] for layer in second] == [layer["id"] for layer in first]
    assert named(second)["Face · sketch"]["pixels"] != deep["pixels"]
    assert path.with_name(path.name + BACKUP).read_bytes() == original


def test_estimated_watched_and_reported(painter: Painter, tmp_path: Path) -> None:
    """A file comes while its folder is watched; a later report opens it again to show what is in it."""
    layers = [{"name": f"sketch {n}", "face": [80 + 20 * n, 80, 300]} for n in (1, 2)]
    path, report = painter.make("figures.kra", layers), tmp_path / "report.html"
    asked = painter.source, "--in-place", "--layers", "sketch*"
    counted = painter.batch(*asked, "--dry-run")
    assert "2 sketches in 1 file: 2 faces to draw, a few seconds, about " in counted.stdout, counted.stderr
    assert list(painter.source.iterdir()) == [path]
    apart = path.rename(tmp_path / "apart.kra")
    program = painter.start(*asked, "--watch", "--report", report)
    assert program.stdout is not None
    assert "Ctrl-C ends" in program.stdout.readline()
    apart.rename(path)
    assert [program.stdout.readline() for _ in range(2)] == [f"{path}, sketch {n}\n" for n in (1, 2)]
    written = path.stat().st_ino, path.stat().st_mtime_ns
    time.sleep(3)  # in which it is seen that the file has changed
    program.send_signal(signal.SIGINT)
    said, complaint = program.communicate(timeout=LIMIT_S)
    assert (program.returncode, complaint) == (0, "")
    assert said == f"Faces: 2 made.\nReport: {report}\n"
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == written
    first = pictures(report)
    assert len(first) == 4
    again = painter.batch(*asked, "--report", report)
    assert "Faces: 2 up to date." in again.stdout
    assert all(alike(one, other) for one, other in zip(first, pictures(report), strict=True))


def pictures(report: Path) -> "list[Image.Image]":
    """The small pictures of a report."""
    found = re.findall(r'src="data:image/[a-z]+;base64,([^"]+)"', report.read_text())
    return [Image.open(BytesIO(base64.b64decode(data))).convert("RGB") for data in found]


def alike(one: Image.Image, other: Image.Image) -> bool:
    """Whether two small pictures show the same."""
    return one.size == other.size and bool(
        np.abs(np.subtract(np.asarray(one), np.asarray(other), dtype=int)).mean() < 3
    )
