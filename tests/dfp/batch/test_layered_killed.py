"""`dfp batch --layers`, killed, stopped or out of room at any moment: no face is lost and none is drawn twice."""

import os
import signal
import time
from pathlib import Path

import numpy as np
import pytest
from batch_helpers import start
from layered_ora import FACES, Run, counted, many, names

from dfp import FaceGenerator
from dfp.batch.layered.kept import FOLDER
from dfp.batch.layered.run import LayeredBatch
from dfp.batch.local import LocalDrawer
from dfp.batch.options import BatchOptions


@pytest.mark.skipif(os.name == "nt", reason="kills a program as only Unix can")
def test_killed_and_gone_on_with_no_face_is_drawn_twice(
    source: Path, run_layers: Run, face_sketch: np.ndarray, small_weights: Path, monkeypatch: pytest.MonkeyPatch
):
    made = source / "many.ora"
    expected = many(made, face_sketch, 8)
    original = made.read_bytes()
    more = "--layers", "sketch*", "--weights", small_weights, "--device", "cpu", "--runtime", "torch"
    program = start(source, "--in-place", *more)
    while len(list((source / FOLDER).glob("*.json"))) < 3:
        assert program.poll() is None, program.communicate()
        time.sleep(0.005)
    program.kill()
    program.communicate()
    assert program.returncode == -signal.SIGKILL
    kept = {path.stem for path in (source / FOLDER).glob("*.json")}
    assert made.read_bytes() == original
    # A face that is torn, as after a power cut, is drawn again.
    torn = sorted(kept)[0]
    (source / FOLDER / f"{torn}.png").write_bytes(b"torn")
    drawn = counted(monkeypatch)
    assert run_layers("--in-place") == 0
    assert len(drawn) == 8 - len(kept) + 1
    assert names(made) == expected
    assert sorted(os.listdir(source)) == ["manifest.jsonl", "many.ora", "many.ora.original"]


def test_killed_between_its_line_and_its_file(run_layers: Run, figure, out: Path, monkeypatch: pytest.MonkeyPatch):
    """The manifest says already what is not there yet."""
    figure()
    assert run_layers() == 3
    made = out / "anna_face.ora"
    before = made.read_bytes()
    with monkeypatch.context() as patched:

        def cut(*_: object) -> None:
            raise KeyboardInterrupt

        patched.setattr("dfp.pictures.outputs.put", cut)
        assert run_layers("--trust", "1") == 130
    assert made.read_bytes() == before
    drawn = counted(monkeypatch)
    assert run_layers("--trust", "1") == 3
    assert [name for name in drawn if "empty" not in name] == []
    assert names(made) == FACES
    assert made.read_bytes() != before


def test_a_stop_keeps_what_is_drawn(source: Path, out: Path, face_sketch: np.ndarray, small_weights: Path):
    expected = many(source / "many.ora", face_sketch, 6)
    drawer = LocalDrawer(FaceGenerator.load(small_weights, "cpu", "torch"))
    options = BatchOptions(layers=("sketch*",))

    def stopped() -> bool:
        return len(list((out / FOLDER).glob("*.json"))) >= 2

    tally = LayeredBatch(drawer, source, out, options, stopped).run()
    assert tally.made == 0
    assert tally.left == 6
    assert len(list((out / FOLDER).glob("*.json"))) >= 2
    tally = LayeredBatch(drawer, source, out, options).run()
    assert (tally.made, tally.left) == (6, 0)
    assert names(out / "many_face.ora") == expected


def test_a_full_disk_gets_one_sentence_and_loses_nothing(
    run_layers: Run, figure, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    path = figure()
    before = path.read_bytes()

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("dfp.batch.layered.ora.archive.OraFile._copy", full)
        assert run_layers("--in-place") == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "The disk is full" in said
    assert path.read_bytes() == before
    assert run_layers("--in-place") == 3
    assert names(path) == FACES
