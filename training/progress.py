"""What a run shows while it goes on: a line in the terminal, a log in its folder, a clean interrupt."""

import csv
import signal
import time
from pathlib import Path
from types import FrameType, TracebackType

from torch import Tensor
from tqdm import tqdm

INTERVAL = 25  # steps between log lines; reading losses more often would make a GPU wait


class Progress:
    """Progress bar and losses.csv; Ctrl-C and SIGTERM set `interrupted` instead of tearing the step."""

    def __init__(self, run: Path, first: int, last: int, batch: int):
        self.interrupted = False
        self._bar = tqdm(total=last, initial=first, unit="step", dynamic_ncols=True)
        self._file = open(run / "losses.csv", "a", newline="")  # noqa: SIM115, closed in __exit__
        self._writer = csv.writer(self._file)
        self._batch, self._since, self._old = batch, time.monotonic(), {}

    def __enter__(self) -> "Progress":
        for number in (signal.SIGINT, signal.SIGTERM):
            self._old[number] = signal.signal(number, self._interrupt)
        return self

    def _interrupt(self, number: int, frame: FrameType | None) -> None:
        self.interrupted = True

    def step(self, step: int, terms: dict[str, Tensor]) -> None:
        """Count one step; every INTERVAL steps write all loss terms by name."""
        self._bar.update()
        if step % INTERVAL:
            return
        now = time.monotonic()
        rate, self._since = INTERVAL * self._batch / (now - self._since), now
        values = {name: round(float(term.detach()), 4) for name, term in sorted(terms.items())}
        if self._file.tell() == 0:
            self._writer.writerow(["step", "images_per_second", *values])
        self._writer.writerow([step, round(rate, 2), *values.values()])
        self._file.flush()
        self._bar.set_postfix({"img/s": round(rate, 1), **values}, refresh=False)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._old.items():
            signal.signal(number, handler)
        self._bar.close()
        self._file.close()
