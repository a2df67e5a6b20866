"""What a training command would do (`--dry-run`)."""

import shutil
from pathlib import Path

from torch import nn

from dfp_training.data.oversampling import faces_of_epoch
from dfp_training.data.pack import Pack
from dfp_training.loop import roofline
from dfp_training.loop.model import Make, Start
from dfp_training.loop.processes import Process
from dfp_training.loop.train import prepared
from dfp_training.loop.train_config import TrainConfig


def plan(config: TrainConfig, pack: Pack, run: Path, start: Start, process: Process, make: Make) -> str:
    """Several lines: where the run goes on from, what it trains, how long it would take at best.

    Builds the networks and reads all that the run would start from, so what is wrong with it is found here;
    writes nothing. Raises what `train` would.
    """
    trainer, first = prepared(config, run, start, process, make)
    if first:
        origin = f"resumed at step {first}"
    elif start.before:
        origin = f"new, from {start.before}"
    else:
        origin = "new, from weights drawn with seed " + str(config.seed)
    faces = len(faces_of_epoch(pack, config.oversample))
    left = (config.steps - first) * config.batch
    best = roofline.measure(trainer.objective, config.size, process.device)
    networks = trainer.networks
    trained = sum(p.numel() for group in trainer.model.learns for p in group.parameters)
    return "\n".join(
        [
            f"{trainer.model.kind} in {run}: {origin}, {config.steps - first} steps of {config.batch} pictures",
            f"data: {faces} faces, {left / max(faces, 1):.1f} times each, {config.size} pixels",
            f"trains {trained:,} parameters of the generators, {_count(networks.discriminator):,} of D; "
            f"keeps {_count(networks.generators) - trained:,}",
            f"roofline: {best}; all of it takes {left / best.best / process.count / 60:.1f} minutes or more "
            f"on {process.count} x {process.device.type}",
            f"would write {run / 'checkpoint.pt'} every {config.save_every} steps" + _room(run),
        ]
    )


def _count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def _room(run: Path) -> str:
    there = next(folder for folder in (run, *run.absolute().parents) if folder.exists())
    return f"; {shutil.disk_usage(there).free / 1e9:.0f} GB are free there"
