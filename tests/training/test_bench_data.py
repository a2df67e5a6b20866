"""The figures of `dfp-train bench-data` hold together; how large they are is the machine's affair."""

import re
from pathlib import Path

import numpy as np
import pytest
from dfp_training.commands.main import main
from dfp_training.data.datasets import faces_of
from dfp_training.data.pack import build
from dfp_training.report.bench_data import DEFORMATIONS, REPEATS, from_label_maps, round_trip
from training_data import whole_face, write_data, write_whole_face


def figures(lines: list[str]) -> tuple[float, list[float], list[float]]:
    """Triplets a second, and each step's milliseconds and share of the whole."""
    rate = re.search(r": (\d+) triplets/s on one core", lines[0])
    steps = [re.search(r" ([\d.]+) ms a face +([\d.]+)%$", line) for line in lines[1:]]
    assert rate
    found = [(float(step[1]), float(step[2])) for step in steps if step]
    return float(rate[1]), [ms for ms, _ in found], [share for _, share in found]


def test_rates_and_distances_of_a_data_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    data = write_whole_face(tmp_path / "faces")
    assert main(["bench-data", str(data), "--size", "64"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rate, times, shares = figures(lines)
    assert len(times) == 9
    assert rate == pytest.approx(DEFORMATIONS * 1000 / sum(times), abs=1)
    assert sum(shares) == pytest.approx(100, abs=0.5)
    (mean, high, most), (missed, _, _) = (
        [float(n) for n in line.split()[-3:]] for line in lines if " to nearest " in line
    )
    assert 0 < mean < 0.5
    assert mean < high < most
    assert missed < 0.5
    assert lines[-1].endswith("%")


def test_drawing_from_a_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert build([write_data(tmp_path / "faces", 3)], tmp_path / "pack", 64, 1) == 0
    assert main(["bench-data", str(tmp_path / "pack"), "--size", "64", "--count", "2"]) == 0
    lines = capsys.readouterr().out.splitlines()
    rate, (ms,), (share,) = figures(lines)
    assert rate == pytest.approx(DEFORMATIONS * 1000 / ms, rel=0.02, abs=1)
    assert share == 100


def test_every_face_is_timed_as_often(tmp_path: Path):
    faces, _ = faces_of(write_data(tmp_path / "faces", 3))
    times = from_label_maps(faces, 64)
    assert {len(each) for each in times.values()} == {REPEATS * 3}
    assert all(seconds >= 0 for each in times.values() for seconds in each)


def test_distances_of_a_straight_line_are_known():
    labels = np.zeros((512, 512), np.uint8)
    labels[:, 200:] = 1
    to_line, to_strokes = round_trip(labels)
    assert 0 < to_line.max() <= 0.125  # the line is known every quarter of a pixel
    assert to_strokes.max() <= 512 / 199 / 2 + 0.01  # one curve, looked at in 200 places
    nothing = round_trip(np.zeros((512, 512), np.uint8))
    assert [len(each) for each in nothing] == [0, 0]


def test_distances_are_in_pixels_of_512_whatever_the_side():
    whole = round_trip(whole_face())[0].mean()
    half = round_trip(whole_face()[::2, ::2])[0].mean()
    assert half == pytest.approx(2 * whole, rel=0.35)  # half as many pixels, each twice as wide


@pytest.mark.parametrize("wrong", [["--count", "0"], ["--size", "8"], ["--size", "x"]])
def test_numbers_that_mean_nothing(tmp_path: Path, wrong: list[str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main(["bench-data", str(tmp_path), *wrong])
    assert f"argument {wrong[0]}: {wrong[1]} is no whole number of at least" in capsys.readouterr().err
