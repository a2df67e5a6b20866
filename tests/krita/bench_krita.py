"""Measures a real Krita on a 2048 x 2048 canvas: a face from action to layer, or with --live what live work costs.

Run: python tests/krita/bench_krita.py

Prints the median of the rounds after the first (which warms things up). "plugin" is the longest time that the
window stood still before the layer was added, "adding" the longest while and after it; the last lines are
the same for Krita by itself: when nothing happens, and when it adds an empty layer.

With --live: 100 strokes at 5 a second while live is on; how often the sketch was looked at (median and longest step),
how many requests were sent, and the longest time that the window stood still, with and without live.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from krita_harness import run_in_fresh_krita

LIVE = {
    "seconds": "seconds for 100 strokes",
    "looks": "times looked at the sketch",
    "check_ms": "ms of a step of looking: median, longest",
    "on_sketch": "strokes that are on the sketch layer",
    "requests": "requests sent",
    "most_at_once": "requests on their way at the same time, at most",
    "without_live_ms": "ms that the window stood still at most, without live",
    "live_ms": "ms that the window stood still at most, with live",
}
COLUMNS = ("model", "server", "total", "plugin", "adding")


def main() -> int:
    """Run it; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, help="weights for the server (default: the bundled)")
    parser.add_argument("--live", action="store_true", help="measure live work")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        verdict = run_in_fresh_krita("live_speed" if options.live else "speed", options.weights, Path(scratch))
    if not verdict.ok:
        print(verdict.problem, verdict.log, sep="\n", file=sys.stderr)
        return 1
    if options.live:
        for name, meaning in LIVE.items():
            print(f"{meaning:60}{verdict.notes[name]}")
        return 0
    rows = verdict.notes["rows"]
    print("ms     " + "".join(f"{name:>9}" for name in COLUMNS))
    for name, values in (("first", rows[0]), ("median", [statistics.median(c) for c in zip(*rows[1:], strict=True)])):
        print(f"{name:7}" + "".join(f"{value:9.0f}" for value in values))
    print(f"Krita idle: {verdict.notes['idle']:.0f} ms without the window")
    print(f"Krita adds an empty layer: {statistics.median(verdict.notes['krita']):.0f} ms without the window")
    return 0


if __name__ == "__main__":
    sys.exit(main())
