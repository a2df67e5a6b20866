"""A training run from its first batch to its last, whatever it trains."""

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from torch import nn

from dfp_training.data import told_colours
from dfp_training.data.loader import Steps, Triplets, batches
from dfp_training.data.oversampling import faces_of_epoch
from dfp_training.data.pack import Pack
from dfp_training.loop import checkpoint, roofline
from dfp_training.loop.model import NOTHING, Make, Start
from dfp_training.loop.origin import note_origin
from dfp_training.loop.processes import ALONE, Process
from dfp_training.loop.progress import INTERVAL, Interrupts, Progress, Silence
from dfp_training.loop.train_config import TrainConfig
from dfp_training.loop.trainer import Trainer

# Draws with the generators that an export of the run would take, into its folder, at a step.
Draw = Callable[[nn.Module, Path, int], None]


@dataclass(frozen=True)
class Limits:
    """When to stop, and how often to save beside the configuration's `save_every`; minutes of wall-clock time."""

    stop: float | None = None
    save: float = 10.0


NO_LIMITS = Limits()


def train(
    config: TrainConfig,
    pack: Pack,
    run: Path,
    make: Make,
    start: Start = NOTHING,
    limits: Limits = NO_LIMITS,
    process: Process = ALONE,
    draw: Draw | None = None,
    compiled: bool = False,
) -> int:
    """Train what `make` gives in the folder `run` until its last step, a time limit or an interrupt.

    A run folder that has a checkpoint is resumed and gives the parameters that an unbroken run would.
    `draw` draws sample pictures. Returns the step reached. Raises CheckpointError, DfpError.
    """
    trainer, first = prepared(config, run, start, process, make)
    if process.writes:
        checkpoint.write_text(run / "config.json", json.dumps(asdict(config), indent=2))
        note_origin(run, pack, process.device)
    triplets = _triplets(config, pack, trainer)
    steps = _steps(config, pack, first, process)
    clock, step = Clock(limits), first
    with Interrupts() as interrupts, _progress(trainer, run, first, process) as progress:
        if compiled:
            trainer.compile()
        for batch in batches(triplets, steps, config.workers, pin=process.device.type == "cuda"):
            terms = trainer.step(batch.to(process.device), step)
            step += 1
            progress.count()
            logging = step % INTERVAL == 0
            if logging:
                progress.log(step, process.mean(terms))
            stop = (logging or process.count == 1) and process.agreed(interrupts.asked or clock.over())
            due = step % config.save_every == 0 or step == config.steps or clock.save_due()
            if process.writes and (due or stop):
                checkpoint.write(run / "checkpoint.pt", trainer.state(step))
                clock.saved()
                if draw:
                    draw(trainer.drawing, run, step)
            if stop:
                break
    return step


def prepared(config: TrainConfig, run: Path, start: Start, process: Process, make: Make) -> tuple[Trainer, int]:
    """The trainer of a run as its checkpoint or, in a new run, its start says, and the step to go on from.

    Writes nothing. Raises DfpError for a batch that the processes cannot share, and CheckpointError.
    """
    process.share(config.batch)
    trainer = Trainer(config, process.device, make, process.count)
    latest = run / "checkpoint.pt"
    if latest.exists():
        return trainer, trainer.resume(checkpoint.read(latest, trainer.model.kind))
    trainer.init_from(start)
    return trainer, 0


def _triplets(config: TrainConfig, pack: Pack, trainer: Trainer) -> Triplets:
    model = trainer.model
    tell = told_colours.told if model.coloured else None
    return Triplets(pack, config.size, config.deformation, deform=model.deforms, told=model.told, tell=tell)


def _steps(config: TrainConfig, pack: Pack, first: int, process: Process) -> Steps:
    faces = faces_of_epoch(pack, config.oversample)
    return Steps(faces, config.batch, first, config.steps, config.seed, process.rank, process.count)


def _progress(trainer: Trainer, run: Path, first: int, process: Process) -> Progress | Silence:
    if not process.writes:
        return Silence()
    config = trainer.config
    best = roofline.measure(trainer.objective, config.size, process.device)
    print(best, flush=True)
    return Progress(run, first, config.steps, config.batch, best, process.count)


class Clock:
    """Wall-clock time since the start and since the last checkpoint, against the limits."""

    def __init__(self, limits: Limits):
        self._limits = limits
        self._began = self._saved = time.monotonic()

    def over(self) -> bool:
        """Whether it is time to stop."""
        return self._limits.stop is not None and time.monotonic() - self._began > 60 * self._limits.stop

    def save_due(self) -> bool:
        """Whether the last checkpoint is too old."""
        return time.monotonic() - self._saved > 60 * self._limits.save

    def saved(self) -> None:
        """A checkpoint was written just now."""
        self._saved = time.monotonic()
