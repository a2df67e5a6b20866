"""`dfp batch` as a program: killed, interrupted, beside another one, on a full disk, over very many files."""

import hashlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest
from batch_helpers import children, draw_sketches, read_lines, start, wait_for_lines

from dfp.batch.manifest import NAME


def faces(out: Path) -> dict[str, tuple[int, int]]:
    """Every file in a folder but the manifest, with what changes when it is written again."""
    return {p.name: (p.stat().st_ino, p.stat().st_mtime_ns) for p in out.iterdir() if p.name != NAME}


def test_killed_twice_every_face_is_there_once(tmp_path: Path, small_weights: Path):
    source, out, count = tmp_path / "in", tmp_path / "out", 240
    draw_sketches(source, count)
    kept: dict[str, tuple[int, int]] = {}
    for until in (count // 4, count // 2):
        program = start(source, out, "--weights", small_weights, "--device", "cpu")
        assert wait_for_lines(program, out / NAME, until), "the run ended before it could be killed"
        program.kill()
        program.communicate()
        assert program.returncode == -signal.SIGKILL
        there = {name: when for name, when in faces(out).items() if not name.startswith(".")}
        assert until - 10 < len(there) < count
        again = {name for name, when in kept.items() if there[name] != when}
        assert not again
        kept = there
    program = start(source, out, "--weights", small_weights, "--device", "cpu")
    said, complaint = program.communicate(timeout=300)
    assert (program.returncode, complaint) == (0, "")
    assert f"{count - len(kept)} made, {len(kept)} up to date." in said
    done = faces(out)
    assert set(done) == {f"{number:05}_face.png" for number in range(count)}
    assert {name: done[name] for name in kept} == kept
    made = read_lines(out / NAME)
    assert sorted(line["output"] for line in made) == sorted(done)
    for line in made:
        assert hashlib.sha256((out / line["output"]).read_bytes()).hexdigest() == line["output_sha256"]
        assert line["output"] == line["input"].replace(".png", "_face.png")


def test_ctrl_c_ends_with_a_sentence_and_the_next_run_goes_on(tmp_path: Path, small_weights: Path):
    source, out = tmp_path / "in", tmp_path / "out"
    draw_sketches(source, 80)
    program = start(source, out, "--weights", small_weights, "--device", "cpu")
    assert wait_for_lines(program, out / NAME, 20)
    other = start(source, out, "--weights", small_weights, "--device", "cpu")
    program.send_signal(signal.SIGSTOP)  # so that it is still there when the other one comes
    said = other.communicate(timeout=60)[1]
    assert (other.returncode, said.count("\n")) == (1, 1)
    assert "Another dfp batch is at work" in said
    program.send_signal(signal.SIGINT)
    program.send_signal(signal.SIGCONT)
    said, complaint = program.communicate(timeout=60)
    assert (program.returncode, complaint) == (130, "")
    made = len(read_lines(out / NAME))
    assert said == f"Stopped. Faces: {made} made, {80 - made} left: the same command goes on from here.\n"
    assert len(faces(out)) == made
    program = start(source, out, "--weights", small_weights, "--device", "cpu")
    assert f"{80 - made} made, {made} up to date." in program.communicate(timeout=300)[0]
    assert program.returncode == 0


def test_ctrl_c_in_a_terminal_reaches_all_processes_and_none_complains(tmp_path: Path, small_weights: Path):
    source, out, count = tmp_path / "in", tmp_path / "out", 400
    draw_sketches(source, count)
    program = start(source, out, "--weights", small_weights, "--device", "cpu", start_new_session=True)
    assert wait_for_lines(program, out / NAME, 100)
    workers = children(program.pid)
    assert workers
    os.killpg(program.pid, signal.SIGINT)
    said, complaint = program.communicate(timeout=60)
    assert (program.returncode, complaint) == (130, "")
    assert f"{len(faces(out))} made" in said
    assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def test_killed_workers_are_replaced(tmp_path: Path, small_weights: Path):
    source, out, count = tmp_path / "in", tmp_path / "out", 300
    draw_sketches(source, count)
    program = start(source, out, "--weights", small_weights, "--device", "cpu")
    assert wait_for_lines(program, out / NAME, 100)
    for worker in children(program.pid):
        os.kill(worker, signal.SIGKILL)
    said, complaint = program.communicate(timeout=300)
    assert (program.returncode, complaint, said) == (0, "", f"Faces: {count} made.\n")
    assert len(faces(out)) == len(read_lines(out / NAME)) == count


def test_memory_does_not_grow_with_the_number_of_files(tmp_path: Path, small_weights: Path):
    peaks = []
    for count in (40, 240):
        draw_sketches(tmp_path / f"in{count}", count, 512)
        given = tmp_path / f"in{count}", tmp_path / f"out{count}", "--weights", small_weights, "--device", "cpu"
        program = start(*given, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
        assert program.returncode == 0
        peaks.append(usage.ru_maxrss / 1024)
    # One face kept of each of 200 files would be 150 MiB.
    assert peaks[1] - peaks[0] < 50, peaks


@pytest.mark.skipif(shutil.which("unshare") is None, reason="needs unshare for a small disk of its own")
def test_a_disk_that_is_full(tmp_path: Path, small_weights: Path):
    source, out, log = tmp_path / "in", tmp_path / "out", tmp_path / "log"
    out.mkdir()
    draw_sketches(source, 60)
    batch = f"python -m dfp batch {source} {out} --weights {small_weights} --device cpu"
    script = f"""
        mount -t tmpfs -o size=1m tmpfs {out} || exit 77
        {batch}; echo $? >>{log}
        ls -A {out} | grep -c part >>{log}
        mount -o remount,size=100m {out}
        {batch}; echo $? >>{log}
        ls -A {out} | wc -l >>{log}
    """
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(["unshare", "-rm", "sh", "-c", script], env=environment, capture_output=True, text=True)
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("this system gives no small disk to its users")
    assert done.stderr.count("\n") == 1
    assert "The disk is full" in done.stderr
    assert log.read_text().split() == ["1", "0", "0", "61"]
