"""`dfp batch --ray`: a Ray cluster's workers draw, one of them is killed, and every face is there once."""

import hashlib
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from batch_helpers import draw_sketches, read_lines, start, wait_for_lines
from PIL import Image

from dfp.batch.manifest import NAME
from dfp.cli.main import main

needs_ray = pytest.mark.skipif(
    importlib.util.find_spec("ray") is None, reason='Ray is not installed: pip install "ray[data]" for this test'
)
WORKER = "ray::MapWorker"
PATIENCE_S = 240.0


def workers_below(program: int) -> list[int]:
    """The processes in which a program's Ray draws."""
    parents, names = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                stat, said = (entry / "stat").read_text(), (entry / "cmdline").read_bytes()
            except OSError:
                continue
            parents[int(entry.name)] = int(stat.rpartition(")")[2].split()[1])
            names[int(entry.name)] = said.decode(errors="replace")

    def is_below(process: int) -> bool:
        while process in parents and process != program:
            process = parents[process]
        return process == program

    return [process for process, name in names.items() if name.startswith(WORKER) and is_below(process)]


def files_of(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.suffix == ".png"}


@needs_ray
@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="finds Ray's workers in /proc")
@pytest.mark.timeout(600)
def test_a_worker_is_killed_and_every_face_is_made_once(
    tmp_path: Path, coloured_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out, here, count = tmp_path / "in", tmp_path / "out", tmp_path / "here", 96
    draw_sketches(source, count, 128)
    Image.fromarray(np.full((64, 64), 255, np.uint8)).save(source / "empty.png")
    options = "--weights", coloured_weights, "--device", "cpu", "--runtime", "torch", "--seed", 3, "--attention"
    program = start(source, out, *options, "--ray")
    assert wait_for_lines(program, out / NAME, 8), program.communicate()
    before = workers_below(program.pid)
    assert before, "no worker was found"
    os.kill(before[0], signal.SIGKILL)
    said, complaint = program.communicate(timeout=PATIENCE_S)
    assert program.returncode == 3, complaint
    assert f"Faces: {count} made, 1 failed." in said
    [why] = [line for line in complaint.splitlines() if "empty.png" in line]
    assert "draw the lines of a face on it first" in why
    made = read_lines(out / NAME)
    assert sorted(line["output"] for line in made) == [f"{number:05}_face.png" for number in range(count)]
    for line in made:
        assert hashlib.sha256((out / line["output"]).read_bytes()).hexdigest() == line["output_sha256"]
    assert main(["batch", *map(str, (source, here, *options))]) == 3
    assert files_of(here) == files_of(out)
    # What was begun on a cluster is known here.
    capsys.readouterr()
    assert main(["batch", *map(str, (source, out, *options))]) == 3
    assert f"Faces: {count} up to date, 1 failed." in capsys.readouterr().out


@needs_ray
@pytest.mark.timeout(600)
def test_ctrl_c_and_what_workers_cannot_do(tmp_path: Path, coloured_weights: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    draw_sketches(source, 160, 128)
    options = "--weights", coloured_weights, "--device", "cpu", "--runtime", "torch", "--ray"
    program = start(source, out, *options)
    assert wait_for_lines(program, out / NAME, 10), program.communicate()
    began = time.monotonic()
    program.send_signal(signal.SIGINT)
    said, complaint = program.communicate(timeout=PATIENCE_S)
    assert program.returncode == 130, complaint
    assert said.startswith("Stopped. Faces: ")
    assert time.monotonic() - began < PATIENCE_S / 2
    made = len(read_lines(out / NAME))
    assert 10 <= made < 160
    assert len(files_of(out)) == made


@needs_ray
def test_no_cluster_at_an_address(tmp_path: Path, run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    draw_sketches(tmp_path / "in", 1)
    assert run("batch", tmp_path / "in", tmp_path / "out", "--ray", "127.0.0.1:1") == 1
    said = capsys.readouterr().err
    assert "No Ray cluster can be reached at 127.0.0.1:1" in said


def test_without_ray_it_says_what_to_install(
    tmp_path: Path, run: Callable[..., int], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    draw_sketches(tmp_path / "in", 1)
    assert run("batch", tmp_path / "in", tmp_path / "out", "--ray") == 1
    assert capsys.readouterr().err == (
        'dfp: Ray is not installed here: pip install "deepfacepencil-krita[ray]" installs it.\n'
    )


def test_either_or(tmp_path: Path, run: Callable[..., int], capsys: pytest.CaptureFixture[str]) -> None:
    assert run("batch", tmp_path, tmp_path / "out", "--server", "http://a:1", "--ray") == 1
    assert "give --server or --ray" in capsys.readouterr().err
