"""What `dfp batch --layers` says of layers: what there is to do (--dry-run), and what became of each (--report)."""

import os
import shutil
import tempfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from layered_ora import FACES, SIZE, Run, changed, many, names
from ora_files import entries, lines, picture_in, write_ora
from PIL import Image
from report_page import Page

from dfp import FaceGenerator
from dfp.batch.layered.kept import FOLDER
from dfp.batch.layered.ora.stack import Stack
from dfp.batch.layered.run import LayeredBatch
from dfp.batch.local import LocalDrawer
from dfp.batch.manifest import NAME
from dfp.batch.options import BatchOptions
from dfp.batch.report.thumbnails import small


@pytest.fixture
def estimate(
    run_layers: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable:
    """What --dry-run says; it leaves every file as it was, and nothing among those of a while."""
    (tmp_path / "while").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "while"))

    def call(*options: object) -> str:
        before = [everything(tmp_path / name) for name in ("in", "out")]
        capsys.readouterr()
        assert run_layers("--dry-run", *options) == 0
        assert [everything(tmp_path / name) for name in ("in", "out")] == before
        assert not everything(tmp_path / "while")
        said = capsys.readouterr()
        assert said.err == ""
        return said.out

    return call


def everything(folder: Path) -> dict[Path, tuple[int, int]]:
    """All files and folders, and when they were changed."""
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in folder.rglob("**/*")}


def test_an_estimate_counts_layers_and_writes_nothing(
    estimate: Callable, run_layers: Run, figure, source: Path, out: Path, face_sketch: np.ndarray
):
    path = figure()
    many(source / "many.ora", face_sketch, 4)
    figure("other.ora", stack="<stack><layer name='other' src='data/face.png'/></stack>")
    assert estimate().startswith("7 sketches in 2 files: 7 faces to draw, a few seconds, about ")
    assert estimate("--in-place").startswith("7 sketches in 2 files: 7 faces to draw, a few seconds, about ")
    assert not out.exists()
    assert run_layers() == 3
    assert estimate() == "7 sketches in 2 files, up to date.\n"
    assert "7 sketches in 2 files: 7 faces to draw, " in estimate("--trust", 0.5)
    changed(path, face_sketch)
    later = path.stat().st_mtime + 100
    os.utime(path, (later, later))
    # What could not be used before is tried again with it.
    assert "7 sketches in 2 files, 5 of them up to date: 2 faces to draw, " in estimate()
    (out / "many_face.ora").unlink()
    (source / "torn.ora").write_bytes(path.read_bytes()[:300])
    assert "8 sketches in 3 files, 1 of them up to date: 7 faces to draw, " in estimate()


def test_an_estimate_knows_the_faces_of_a_run_that_was_stopped(
    estimate: Callable, source: Path, out: Path, face_sketch: np.ndarray, small_weights: Path
):
    many(source / "many.ora", face_sketch, 20)
    drawer = LocalDrawer(FaceGenerator.load(small_weights, "cpu", "torch"))

    def stopped() -> bool:
        return len(list((out / FOLDER).glob("*.json"))) >= 2

    LayeredBatch(drawer, source, out, BatchOptions(layers=("sketch*",)), stopped).run()
    kept = len(list((out / FOLDER).glob("*.json")))
    assert f"20 sketches in 1 file, {kept} of them up to date: {20 - kept} faces to draw, " in estimate()


def test_a_disk_without_room_for_copies_is_said_before(
    run_layers: Run, figure, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    size = figure().stat().st_size
    monkeypatch.setattr(shutil, "disk_usage", lambda path: SimpleNamespace(total=1, used=1, free=size))
    assert run_layers("--dry-run") == 1
    said = capsys.readouterr().err
    assert "left: free some space" in said
    assert said.count("\n") == 1


ODD = "&lt;b&gt;&amp;&quot;'ü名"
STACK = f"""<stack>
  <stack name="{ODD}"><layer name="sketch &lt;i&gt;" src="data/a.png" x="30" y="40"/></stack>
  <layer name="sketch" src="data/a.png" x="200" y="60"/>
  <layer name="sketch" src="data/a.png" x="10" y="20"/>
  <layer name="sketch empty" src="data/empty.png"/>
</stack>"""


def test_a_report_shows_each_layer_beside_its_face(
    run_layers: Run,
    source: Path,
    out: Path,
    face_sketch: np.ndarray,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
):
    """The same pictures of what was made, and of what is up to date."""
    path, report = source / "<b>&\"' #%41.ora", tmp_path / "reports & more" / "r#1.html"
    write_ora(path, STACK, {"a.png": lines(face_sketch), "empty.png": np.zeros((1, 1, 4), np.uint8)}, SIZE)
    (source / "torn.ora").write_bytes(path.read_bytes()[:300])
    made = out / path.name.replace(".ora", "_face.ora")
    shown = []
    for state in ("3 made", "3 up to date"):
        assert run_layers("--report", report) == 3
        assert f"Report: {report}" in capsys.readouterr().out
        page = Page(report)
        assert f"{state}, 2 failed" in page.text, page.text
        assert "layers 'sketch*'" in page.text
        assert f"{path.name}, <b>&\"'ü名/sketch <i>" in page.text
        assert f"{path.name}, sketch (2)" in page.text
        assert f"{path.name}, sketch empty This layer is empty" in page.text
        assert "torn.ora this file is torn" in page.text
        assert page.files(report) == {path, made, source / "torn.ora"}
        assert len(page.ids) == 5
        shown.append(page.pictures)
    assert shown[0] == shown[1]
    faces = [layer for layer in Stack.read(entries(made)["stack.xml"]).layers if "Face" in layer.name]
    expected = {small(Image.fromarray(picture_in(made, face.source or "")), transparent=True) for face in faces}
    assert len(expected) == 3
    assert expected < set(shown[0])
    sketch = np.asarray(Image.open(BytesIO(shown[0][0])).convert("L"))
    assert sketch.min() < 100 < 240 < np.median(sketch)  # its lines, on paper


def test_a_report_of_the_files_themselves(
    run_layers: Run, figure, source: Path, face_sketch: np.ndarray, tmp_path: Path
):
    """A face that stays and one that is new, in one file."""
    path, report = figure(), tmp_path / "r.html"
    assert run_layers("--in-place") == 3
    changed(path, face_sketch)
    assert run_layers("--in-place", "--report", report) == 3
    page = Page(report)
    assert "1 made, 1 up to date, 1 failed" in page.text
    assert "layers 'sketch*', in place" in page.text
    assert len(page.pictures) == 5
    assert page.files(report) == {path}
    assert names(path) == FACES
    assert (source / NAME).exists()
