"""Measures a face from action to layer on a 2048 x 2048 canvas in a real Krita. Run: python tests/krita/bench_krita.py

Prints the median of the rounds after the first (which warms things up). "plugin" is the longest time that the
window stood still before the layer was added, "adding" the longest while and after it; the last lines are
the same for Krita by itself: when nothing happens, and when it adds an empty layer.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from krita_harness import run_in_fresh_krita

COLUMNS = ("model", "server", "total", "plugin", "adding")


def main() -> int:
    """Run it; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, help="weights for the server (default: the bundled)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        verdict = run_in_fresh_krita("speed", options.weights, Path(scratch))
    if not verdict.ok:
        print(verdict.problem, verdict.log, sep="\n", file=sys.stderr)
        return 1
    rows = verdict.notes["rows"]
    print("ms     " + "".join(f"{name:>9}" for name in COLUMNS))
    for name, values in (("first", rows[0]), ("median", [statistics.median(c) for c in zip(*rows[1:], strict=True)])):
        print(f"{name:7}" + "".join(f"{value:9.0f}" for value in values))
    print(f"Krita idle: {verdict.notes['idle']:.0f} ms without the window")
    print(f"Krita adds an empty layer: {statistics.median(verdict.notes['krita']):.0f} ms without the window")
    return 0


if __name__ == "__main__":
    sys.exit(main())
