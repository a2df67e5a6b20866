"""A run as its user sees it: the command line, killed and started again, shared by processes, tried dry."""

import csv
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from dfp_training.commands.main import main
from dfp_training.data.pack import build
from dfp_training.loop import checkpoint
from training_data import write_data

SMALL = ["--size", "64", "--width", "8", "--max-width", "16", "--d-width", "4", "--workers", "0", "--device", "cpu"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pack, and a stage 1 run of two steps."""
    folder = tmp_path_factory.mktemp("runs")
    assert build([write_data(folder / "faces")], folder / "pack", 64, 1) == 0
    assert main(stage(folder, "s1", "--steps", "2")) == 0
    return folder


def stage(root: Path, run: str, *more: str) -> list[str]:
    return ["stage1", "--pack", str(root / "pack"), "--run", str(root / run), "--batch", "4", *SMALL, *more]


def started(*arguments: str) -> "subprocess.Popen[str]":
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(arguments, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def rows(run: Path) -> list[dict[str, str]]:
    with open(run / "losses.csv", newline="") as file:
        return list(csv.DictReader(file))


def test_a_killed_run_goes_on_and_gives_the_same_bits(root: Path):
    trainer = [sys.executable, "-m", "dfp_training"]
    recipe = ["--steps", "12", "--save-every", "2", "--ema", "0.9"]
    for run in ("whole", "killed"):
        process = started(*trainer, *stage(root, run, *recipe))
        if run == "killed":
            until = time.monotonic() + 120
            while not (root / run / "checkpoint.pt").exists() and time.monotonic() < until:
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
        process.communicate()
    assert checkpoint.read(root / "killed" / "checkpoint.pt")["step"] < 12
    again = started(*trainer, *stage(root, "killed", *recipe))
    assert "step 12 of 12" in again.communicate()[0]
    whole, killed = (checkpoint.read(root / run / "checkpoint.pt") for run in ("whole", "killed"))
    for kind in ("generators", "ema", "discriminator"):
        assert all(torch.equal(whole[kind][k], killed[kind][k]) for k in whole[kind]), kind


TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node")


def test_two_processes_see_the_losses_of_one(root: Path):
    assert started(sys.executable, "-m", "dfp_training", *stage(root, "alone", "--steps", "25")).wait() == 0
    two = started(*TORCHRUN, "2", "-m", "--", "dfp_training", *stage(root, "two", "--steps", "25"))
    _, said = two.communicate()
    assert two.returncode == 0, said
    (one,), (shared,) = rows(root / "alone"), rows(root / "two")
    for name in ("adv_a", "d_a", "dfm_a", "rec_a"):
        assert float(shared[name]) == pytest.approx(float(one[name]), rel=0.02), name


def test_two_processes_share_the_gradients_of_one(root: Path):
    assert main(stage(root, "one", "--steps", "1")) == 0
    two = started(*TORCHRUN, "2", "-m", "--", "dfp_training", *stage(root, "both", "--steps", "1"))
    _, said = two.communicate()
    assert two.returncode == 0, said
    for optimiser in ("optimiser_g", "optimiser_d"):
        one, both = (first_gradients(root / run, optimiser) for run in ("one", "both"))
        # bfloat16 has steps of 0.4 %, and one picture at a time goes through other kernels than two.
        assert float((one - both).norm()) < 0.02 * float(one.norm())


def first_gradients(run: Path, optimiser: str) -> torch.Tensor:
    """After the first step Adam's mean is half the gradient."""
    states = checkpoint.read(run / "checkpoint.pt")[optimiser]["state"].values()
    return torch.cat([state["exp_avg"].flatten() for state in states])


def test_a_batch_that_cannot_be_shared(root: Path):
    process = started(*TORCHRUN, "3", "-m", "--", "dfp_training", *stage(root, "odd", "--steps", "2"))
    _, said = process.communicate()
    assert process.returncode != 0
    assert "A batch of 4 cannot be shared by 3 processes" in said


def test_a_dry_run_says_what_would_happen_and_writes_nothing(root: Path, capsys: pytest.CaptureFixture[str]):
    assert main(stage(root, "dry", "--steps", "5", "--dry-run", "--before", str(root / "s1"))) == 0
    said = capsys.readouterr().out
    assert f"new, from {root / 's1' / 'checkpoint.pt'}, 5 steps of 4 pictures" in said
    assert "pictures a second at best" in said
    assert not (root / "dry").exists()
    assert main(stage(root, "s1", "--steps", "2", "--dry-run")) == 0
    assert "resumed at step 2, 0 steps" in capsys.readouterr().out


def test_what_is_wrong_with_a_run_is_one_sentence(root: Path, capsys: pytest.CaptureFixture[str]):
    def refused(*arguments: str) -> str:
        assert main(list(arguments)) == 1
        said = capsys.readouterr().err.strip().splitlines()[-1]
        assert said.startswith("dfp-train: ")
        return said

    assert "another width: width 8" in refused(
        *[a if a != "8" else "16" for a in stage(root, "x", "--steps", "2")], "--before", str(root / "s1")
    )
    assert "other settings of lr" in refused(*stage(root, "s1", "--steps", "2", "--lr", "1e-3"))
    assert "no checkpoint at" in refused(*stage(root, "x", "--steps", "2", "--before", str(root / "none")))
    assert "The term parsing_a needs --metrics" in refused(*stage(root, "x", "--parsing-weight", "1"))
    assert not (root / "x").exists()


def test_a_full_disk_ends_a_run_with_a_sentence_and_keeps_the_checkpoint(root: Path):
    run = root / "full"
    assert main(stage(root, "full", "--steps", "4", "--minutes", "1e-9")) == 0
    before = (run / "checkpoint.pt").read_bytes()
    limited = ["bash", "-c", f'ulimit -f {len(before) // 2048}; trap "" XFSZ; exec "$@"', "limited"]
    process = started(*limited, sys.executable, "-m", "dfp_training", *stage(root, "full", "--steps", "4"))
    _, said = process.communicate()
    assert process.returncode == 1
    assert "could not be written" in said.strip().splitlines()[-1]
    assert (run / "checkpoint.pt").read_bytes() == before
    assert not list(run.glob("*.part"))


def test_tensorboard_shows_every_term(root: Path):
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    assert main(stage(root, "board", "--steps", "25")) == 0
    events = accumulator.EventAccumulator(str(root / "board"))
    events.Reload()
    assert {"adv_a", "d_a", "dfm_a", "rec_a", "images_per_second"} <= set(events.Tags()["scalars"])
    assert events.Scalars("rec_a")[0].step == 25
