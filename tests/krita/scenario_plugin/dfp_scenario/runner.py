"""Steps a scenario from Krita's event loop and writes down how it ended.

A scenario is a generator function `scenario(tools)` that yields the seconds to wait before its next step, so
everything between two yields runs at the top level of the event loop, as a painter's click does.
"""

import json
import os
import runpy
import sys
import traceback
from collections.abc import Generator
from pathlib import Path
from types import TracebackType

from .inside import Krita, QtCore
from .tools import PATIENCE, Tools

WATCHDOG_S = round(170 * PATIENCE)
QUIT_S = round(15 * PATIENCE)


class Runner:
    """One scenario on its way through Krita."""

    def __init__(self, scenario: Path, out: Path) -> None:
        self.out = out
        self.tools = Tools(out)
        # First of all, so that a scenario that cannot even be read is told at once.
        sys.excepthook = self.failed
        self.steps: Generator[float, None, None] = runpy.run_path(str(scenario))["scenario"](self.tools)
        QtCore.QTimer.singleShot(WATCHDOG_S * 1000, self.too_slow)
        QtCore.QTimer.singleShot(0, self.step)

    def step(self) -> None:
        """Run to the next yield and come back after the seconds that it names."""
        try:
            seconds = next(self.steps)
        except StopIteration:
            self.end(None)
        except Exception:
            self.end(traceback.format_exc())
        else:
            QtCore.QTimer.singleShot(int(seconds * 1000), self.step)

    def too_slow(self) -> None:
        """The watchdog: a scenario that waits for ever is a failure with a picture."""
        self.end(f"the scenario took more than {WATCHDOG_S} s")

    def failed(self, kind: type[BaseException], error: BaseException, trace: "TracebackType | None") -> None:
        """An exception in any slot, the product's included; Krita would open a modal dialog."""
        self.end("".join(traceback.format_exception(kind, error, trace)))

    def end(self, problem: "str | None") -> None:
        """Write the verdict and leave: at once, as closing Krita could ask about unsaved pictures, or by quitting."""
        if problem:
            self.tools.screenshot("failure")
        verdict = {"ok": problem is None, "problem": problem, "notes": self.tools.notes}
        (self.out / "verdict.json").write_text(json.dumps(verdict, indent=1))
        sys.stdout.flush()
        if problem is None and self.tools.quits:
            QtCore.QTimer.singleShot(QUIT_S * 1000, lambda: os._exit(3))
            Krita.instance().action("file_quit").trigger()
        else:
            os._exit(0 if problem is None else 1)


class Once:
    """Krita may report several windows; the scenario runs in the first."""

    def __init__(self) -> None:
        self.runner: Runner | None = None

    def __call__(self) -> None:
        if self.runner is None:
            Krita.instance().setBatchmode(True)
            self.runner = Runner(Path(os.environ["DFP_SCENARIO"]), Path(os.environ["DFP_SCENARIO_OUT"]))


start = Once()
