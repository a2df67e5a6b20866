"""From what a run tells to its report: totals, rate, options, model, date."""

import os
import shlex
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from dfp.batch.estimate import about
from dfp.batch.listener import Done, Listener, State
from dfp.batch.options import BatchOptions
from dfp.batch.report.page import Summary
from dfp.batch.report.report import Report
from dfp.version import version_line

FLAGS = "in_place", "recursive", "attention", "overwrite"
NOW = "%-d %B %Y, %H:%M:%S" if os.name != "nt" else "%d %B %Y, %H:%M:%S"


@dataclass
class Reporter(Listener):
    """Keeps the report of a run, as the run goes.

    model: the words for whatever draws. options: what was asked for.
    """

    report: Report
    source: Path
    out: Path
    options: BatchOptions
    model: str = ""
    _began: datetime = field(default_factory=lambda: datetime.now().astimezone())
    _last: float | None = None
    _timed: int = 0
    _seconds: float = 0.0

    @property
    def sees(self) -> bool:
        """As `Listener` says."""
        return True

    def drew(self) -> None:
        """As `Listener` says."""
        now = time.monotonic()
        if self._last is not None:
            self._timed += 1
            self._seconds += now - self._last
        self._last = now

    def became(self, done: Done) -> None:
        """As `Listener` says."""
        self.report.add(done)
        self._renew()

    def forgets(self, done: Done) -> None:
        """As `Listener` says."""
        self.report.remove(done)
        self._renew()

    def idle(self) -> None:
        """As `Listener` says."""
        self._last = None  # to wait is not to draw
        self._renew()

    def finish(self, ended: str, more: dict[str, str], stopped: bool) -> None:
        """Write the whole report. ended: a sentence where the run did not come to its end. Raises DfpError."""
        self.report.finish(self.summary(ended, more), stopped)

    def summary(self, ended: str = "", more: dict[str, str] | None = None) -> Summary:
        """What the first page says, with some `more` facts."""
        all_done = self.report.all_done()
        counts = Counter(done.state for done in all_done)
        doubtful = sum(done.doubtful for done in all_done)
        totals = [f"{counts[state]:,} {state.value}" for state in State if counts[state]]
        facts = {
            "Sketches": str(self.source),
            "Faces": str(self.out),
            "Total": ", ".join(totals + ([f"{doubtful:,} doubtful"] if doubtful else [])) or "none",
            "Rate": self._rate(),
            "Options": ", ".join(_words(self.options)) or "as usual",
            "Model": self.model,
            "Begun": f"{self._began:{NOW}}",
            "Written": f"{datetime.now().astimezone():{NOW}}",
            "Program": version_line("dfp batch"),
        }
        facts |= more or {}
        return Summary(
            f"Faces of {self.source.absolute().name}", ended, {name: said for name, said in facts.items() if said}
        )

    def _renew(self) -> None:
        self.report.renew(lambda: self.summary("The run is still going on."))

    def _rate(self) -> str:
        if not self._seconds:
            return ""
        rate = self._timed / self._seconds
        each = f"{rate:.3g} faces a second" if rate >= 1 else f"{1 / rate:.3g} seconds a face"
        return f"{each}, {about(self._seconds)}"


def _words(options: BatchOptions) -> list[str]:
    said = [f"layers {shlex.join(options.layers)}"] if options.layers else []
    said += [name.replace("_", " ") for name in FLAGS if getattr(options, name)]
    for name, value in options.face.to_json().items():
        if isinstance(value, dict):
            said.append(f"{name} " + ", ".join(f"{part} {colour}" for part, colour in value.items()))
        else:
            said.append(name.replace("_", " ") + ("" if value is True else f" {value}"))
    return [*said, *([f"colours {options.colours}"] if options.colours else [])]
