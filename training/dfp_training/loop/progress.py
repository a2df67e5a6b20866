"""What a run shows while it goes on: a line in the terminal, logs in its folder, a clean interrupt."""

import csv
import signal
import time
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from dfp_training.loop.checkpoint import CheckpointError
from dfp_training.loop.roofline import Roofline

INTERVAL = 25  # steps between log lines; reading losses more often would make a GPU wait


class Interrupts:
    """Ctrl-C and SIGTERM set `asked` instead of tearing the step."""

    def __init__(self):
        self.asked = False
        self._old: dict[int, Any] = {}

    def __enter__(self) -> "Interrupts":
        for number in (signal.SIGINT, signal.SIGTERM):
            self._old[number] = signal.signal(number, self._ask)
        return self

    def _ask(self, number: int, frame: FrameType | None) -> None:
        self.asked = True

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)


class Silence:
    """Progress of a process that is not the one to show it."""

    def __enter__(self) -> "Silence":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass

    def count(self) -> None:
        """Say nothing of the step."""

    def log(self, step: int, terms: dict[str, Tensor]) -> None:
        """Say nothing of the losses."""


class Progress:
    """Progress bar with the remaining time, losses.csv and TensorBoard's log of a run.

    `batch` counts the pictures of all `processes`, whose devices are as fast as the one that `floor` was measured
    on: every line says which fraction of their peak the step reaches.
    """

    def __init__(self, run: Path, first: int, last: int, batch: int, floor: Roofline, processes: int = 1):
        self._batch, self._floor, self._processes = batch, floor, processes
        self._since, self._counted = time.monotonic(), 0
        try:
            self._file = open(run / "losses.csv", "a", newline="")  # noqa: SIM115, closed in __exit__
            self._board = _board(run, first)
        except OSError as error:
            raise _unwritten(error) from error
        self._bar = tqdm(total=last, initial=first, unit="step", dynamic_ncols=True)

    def __enter__(self) -> "Progress":
        return self

    def count(self) -> None:
        """One step is done."""
        self._bar.update()
        self._counted += 1

    def log(self, step: int, terms: dict[str, Tensor]) -> None:
        """Write all loss terms by name; CheckpointError when one is no number any more, or the disk is full."""
        values = {name: round(float(term.detach()), 4) for name, term in sorted(terms.items())}
        broken = [name for name, value in values.items() if not torch.isfinite(torch.tensor(value))]
        if broken:
            raise CheckpointError(
                f"At step {step} {', '.join(broken)} is not finite any more. "
                "The last checkpoint is from before; go on from it in another run with a smaller --lr."
            )
        now = time.monotonic()
        rate = self._counted * self._batch / (now - self._since)
        self._since, self._counted = now, 0
        speed = {
            "images_per_second": round(rate, 2),
            "of_peak": round(self._floor.share(rate / self._processes), 3),
        }
        self._write(step, speed | values)
        self._bar.set_postfix(speed | values, refresh=False)

    def _write(self, step: int, values: dict[str, float]) -> None:
        try:
            lines = csv.writer(self._file)
            if self._file.tell() == 0:
                lines.writerow(["step", *values])
            lines.writerow([step, *values.values()])
            self._file.flush()
            if self._board:
                for name, value in values.items():
                    self._board.add_scalar(name, value, step)
        except OSError as error:
            raise _unwritten(error) from error

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.close()
        try:
            self._file.close()
            if self._board:
                self._board.close()
        except OSError as failed:
            # What ended the run is the better news.
            if error is None:
                raise _unwritten(failed) from failed


def _unwritten(error: OSError) -> CheckpointError:
    return CheckpointError(f"The log could not be written: {error.strerror}. Make room and start again.")


def _board(run: Path, first: int) -> Any:
    """TensorBoard's writer, without what a broken run logged after `first`; None where it is not installed."""
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        return None
    return SummaryWriter(str(run), purge_step=first)
