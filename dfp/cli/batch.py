"""`dfp batch` as a painter meets it: what it says, its report, and how it is stopped."""

import argparse
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from dfp.batch.drawing import Drawer
from dfp.batch.estimate import Estimate, Pace
from dfp.batch.folder_run import FolderRun, Tally
from dfp.batch.layered.run import LayeredBatch
from dfp.batch.listener import Done, Listener, State
from dfp.batch.options import BatchOptions
from dfp.batch.report.report import Report
from dfp.batch.report.reporter import Reporter
from dfp.batch.run import Batch
from dfp.batch.watch.watch import Watch
from dfp.cli.generate import DOUBTFUL
from dfp.errors import DfpError

GOES_ON = "the same command goes on from here"
MANY = 20  # faces; what fewer take is soon seen


def add_run(command: argparse.ArgumentParser) -> None:
    """The arguments that say how a folder is gone through, whatever its faces are."""
    command.add_argument(
        "--dry-run", action="store_true", help="say what there is to do and about how long it takes; write nothing"
    )
    command.add_argument(
        "--report",
        type=Path,
        metavar="FILE.html",
        help="also write a page that shows each sketch (with --layers: each layer) beside its face, what failed and "
        "why, and totals; from 500 sketches on FILE-2.html, ... too",
    )
    command.add_argument(
        "--watch",
        action="store_true",
        help="stay, and draw each new or changed sketch of IN as soon as its file is whole, until Ctrl-C; what is "
        "removed stays drawn, and a --report is renewed every few seconds",
    )


@dataclass
class Speaker(Listener):
    """Says on the terminal what a run tells."""

    source: Path
    out: Path
    watches: bool = False
    _pace: Pace | None = None
    _said: str = ""

    def begins(self, estimate: Estimate) -> None:
        """As `Listener` says."""
        if estimate.todo >= MANY:
            print(estimate, flush=True)
        if not estimate.fits:
            print(f"dfp: {estimate.shortage(self.out)}", file=sys.stderr)
        self._pace = Pace(estimate.todo)

    def became(self, done: Done) -> None:
        """As `Listener` says."""
        if done.state is State.FAILED or (done.doubtful and done.state is State.MADE):
            self._complain(done)
        if done.state is State.MADE and self._pace is None:
            print(self.out / done.face_title, flush=True)

    def drew(self) -> None:
        """As `Listener` says."""
        if self._pace is not None and (said := self._pace.made()):
            tqdm.write(said)

    def watching(self) -> None:
        """As `Listener` says."""
        self._pace = None
        print(f"Watching {self.source} for new and changed sketches; Ctrl-C ends.", flush=True)

    def waits(self, why: str) -> None:
        """As `Listener` says."""
        print(f"dfp: {why}", file=sys.stderr)

    def _complain(self, done: Done) -> None:
        about = done.title if done.about is None else done.about
        where = f"{self.source / about}: " if about else ""
        said = f"dfp: {where}{done.sentence}"
        if done.about is None or said != self._said:
            tqdm.write(said, file=sys.stderr)
        self._said = said


@dataclass
class Both(Listener):
    """Tells two."""

    one: Listener
    other: Listener

    @property
    def sees(self) -> bool:
        """As `Listener` says."""
        return self.one.sees or self.other.sees

    def begins(self, estimate: Estimate) -> None:
        """As `Listener` says."""
        self.one.begins(estimate)
        self.other.begins(estimate)

    def became(self, done: Done) -> None:
        """As `Listener` says."""
        self.one.became(done)
        self.other.became(done)

    def drew(self) -> None:
        """As `Listener` says."""
        self.one.drew()
        self.other.drew()

    def forgets(self, done: Done) -> None:
        """As `Listener` says."""
        self.one.forgets(done)
        self.other.forgets(done)

    def watching(self) -> None:
        """As `Listener` says."""
        self.one.watching()
        self.other.watching()

    def idle(self) -> None:
        """As `Listener` says."""
        self.one.idle()
        self.other.idle()

    def waits(self, why: str) -> None:
        """As `Listener` says."""
        self.one.waits(why)
        self.other.waits(why)


class Command:
    """One `dfp batch`: made before the model is loaded, so that what cannot begin is said at once."""

    def __init__(self, args: argparse.Namespace, options: BatchOptions, stack: ExitStack):
        """stack: ends the report. Raises DfpError."""
        self._args, self._options = args, options
        self._stopped = threading.Event()
        self._listener: Listener = Speaker(args.sketches, args.out)
        self._reporter: Reporter | None = None
        if args.report is not None and not args.dry_run:
            report = Report(args.report, args.sketches, args.out, options.face.page, options.overwrite)
            self._reporter = Reporter(stack.enter_context(report), args.sketches, args.out, options)
            self._listener = Both(self._listener, self._reporter)

    def run(self, drawer: Drawer) -> int:
        """Returns the exit code. Raises DfpError."""
        kind = LayeredBatch if self._options.layers else Batch
        batch = kind(drawer, self._args.sketches, self._args.out, self._options, self._stopped.is_set, self._listener)
        with _stopping(self._stopped):
            if self._args.dry_run:
                return _say_estimate(batch)
            if self._reporter is not None:
                self._reporter.model = ", ".join(filter(None, [str(self._args.weights or "bundled"), drawer.checksum]))
            try:
                tally = Watch(batch, self._stopped.wait).run() if self._args.watch else batch.run()
            except BaseException as error:
                self._report_end(str(error) if isinstance(error, DfpError) else "The run broke off.")
                raise
            code = _say(tally, self._stopped.is_set(), self._args)
            self._report(tally)
        return code

    def _report(self, tally: Tally) -> None:
        if self._reporter is None:
            return
        stopped = bool(tally.left) and self._stopped.is_set()
        ended = f"Stopped: {tally.left:,} sketches are left; {GOES_ON}." if stopped else ""
        self._reporter.finish(ended, _remarks(tally, self._args), stopped)
        print(f"Report: {self._args.report}")

    def _report_end(self, why: str) -> None:
        """What is left to do when a run broke off: its report, unless that fails for the same reason."""
        if self._reporter is not None and self._reporter.report.all_done():
            with suppress(DfpError):
                self._reporter.finish(why, {}, stopped=True)


@contextmanager
def _stopping(stopped: threading.Event) -> Iterator[None]:
    """Let Ctrl-C and a friendly kill set an event."""
    asked = [getattr(signal, name) for name in ("SIGINT", "SIGTERM") if hasattr(signal, name)]
    before = {number: signal.signal(number, lambda *_: stopped.set()) for number in asked}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _say_estimate(batch: FolderRun) -> int:
    estimate = batch.measured()
    print(estimate)
    if not estimate.fits:
        print(f"dfp: {estimate.shortage(batch.out)}", file=sys.stderr)
    return 0 if estimate.fits else 1


def _say(tally: Tally, stopped: bool, args: argparse.Namespace) -> int:
    """Say how a run ended, and give the exit code."""
    counts = ((tally.made, "made"), (tally.ready, "up to date"), (tally.failed, "failed"))
    said = ", ".join(f"{count} {what}" for count, what in counts if count) or "none made"
    if tally.left and stopped:
        print(f"Stopped. Faces: {said}, {tally.left} left: {GOES_ON}.")
    else:
        print(f"Faces: {said}.")
    for remark, what in _remarks(tally, args).items():
        print(f"{remark}: {what}." if remark == "Passed over" else what)
    if tally.left and stopped:
        return 130
    return 3 if tally.failed else DOUBTFUL if tally.doubtful else 0


def _remarks(tally: Tally, args: argparse.Namespace) -> dict[str, str]:
    """What else there is to say of a run, by what it is about."""
    said = {}
    if tally.paged:
        said["Pages"] = f"Of {tally.paged} with several pages the first was taken; --page takes another."
    if tally.unpainted:
        said["Colours"] = f"Of {tally.unpainted} there is no layer in {args.colours}."
    if tally.doubtful:
        said["Doubtful"] = f"Of {tally.doubtful} it is doubtful whether they show a face from the front."
    if str(tally.passed_over):
        said["Passed over"] = str(tally.passed_over)
    return said
