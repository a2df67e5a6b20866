"""Measures a real Krita on a 2048 x 2048 canvas: a face from action to layer, or with --live what live work costs.

Run: python tests/krita/bench_krita.py

Prints the median of the rounds after the first (which warms things up). "plugin" is the longest time that the
window stood still before the layer was added, "adding" the longest while and after it; the last lines are
the same for Krita by itself: when nothing happens, and when it adds an empty layer.

With --live: 100 strokes at 5 a second while live is on; how often the sketch was looked at (median and longest step),
how many requests were sent, and the longest time that the window stood still, with and without live. All of it once
with strokes on the sketch and once with strokes on a colour layer, and the ratio of the two.

With --colours: colours that are chosen, as swatches and on a colour layer, against those of the face that are read
back from the canvas, by region, in sRGB 8-bit, linear 16-bit and Rec2020 float pictures: the mean distance in Lab (CIE
1976). "told" is the distance between what was chosen and what the server was told.
"""

import argparse
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from krita_harness import REPOSITORY, run_in_fresh_krita

LIVE = {
    "seconds": "seconds for 100 strokes",
    "looks": "times looked at the sketch",
    "check_ms": "ms of a step of looking: median, longest",
    "on_layer": "strokes that are on their layer",
    "requests": "requests sent",
    "most_at_once": "requests on their way at the same time, at most",
    "without_live_ms": "ms that the window stood still at most, without live",
    "live_ms": "ms that the window stood still at most, with live",
}
COLUMNS = ("model", "server", "total", "plugin", "adding")
REGIONS = ("skin", "hair", "lips", "eyes", "background", "clothes")
SKETCH = REPOSITORY / "dfp" / "examples" / "example_sketch.png"


def main() -> int:
    """Run it; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, help="weights for the server (default: the bundled)")
    parser.add_argument("--live", action="store_true", help="measure live work")
    parser.add_argument("--colours", action="store_true", help="measure colours")
    options = parser.parse_args()
    try:
        (live if options.live else colours if options.colours else one_face)(options.weights)
    except RuntimeError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def measured(scenario: str, weights: "Path | None", **extra: str) -> dict[str, Any]:
    """What a scenario has noted; raises RuntimeError when it failed."""
    with tempfile.TemporaryDirectory() as scratch:
        verdict = run_in_fresh_krita(scenario, weights, Path(scratch), **extra)
    if not verdict.ok:
        raise RuntimeError(f"{verdict.problem}\n{verdict.log}")
    return verdict.notes


def one_face(weights: "Path | None") -> None:
    """From action to layer."""
    notes = measured("speed", weights)
    rows = notes["rows"]
    print("ms     " + "".join(f"{name:>9}" for name in COLUMNS))
    for name, values in (("first", rows[0]), ("median", [statistics.median(c) for c in zip(*rows[1:], strict=True)])):
        print(f"{name:7}" + "".join(f"{value:9.0f}" for value in values))
    print(f"Krita idle: {notes['idle']:.0f} ms without the window")
    print(f"Krita adds an empty layer: {statistics.median(notes['krita']):.0f} ms without the window")


def live(weights: "Path | None") -> None:
    """Live work, with strokes on the sketch and on a colour layer."""
    runs = [measured("live_speed", weights, DFP_STROKES_ON=where) for where in ("sketch", "colours")]
    print(f"{'':54}{'sketch':>16}{'colour layer':>16}{'ratio':>8}")
    for name, meaning in LIVE.items():
        values = [run[name] if isinstance(run[name], list) else [run[name]] for run in runs]
        told = "".join(f"{', '.join(map(str, value)):>16}" for value in values)
        print(f"{meaning:54}{told}{values[1][-1] / values[0][-1]:8.2f}")
    stalls = [run["live_ms"] / run["without_live_ms"] for run in runs]
    print(f"{'stalls with live to those without':54}{stalls[0]:16.2f}{stalls[1]:16.2f}{stalls[1] / stalls[0]:8.2f}")


def colours(weights: "Path | None") -> None:
    """Chosen colours and those of the face."""
    notes = measured("colours_read_back", weights, DFP_PORTRAIT=str(SKETCH))
    print(f"{'mean distance in Lab':32}{'told':>7}" + "".join(f"{name:>12}" for name in (*REGIONS, "mean")))
    for picture, ways in notes.items():
        for way, rows in ways.items():
            told = statistics.mean(apart(chosen, told) for _, chosen, told, _ in rows if told)
            means = [
                statistics.mean(apart(chosen, seen) for name, chosen, _, seen in rows if name == region and seen)
                for region in REGIONS
            ]
            figures = "".join(f"{mean:12.1f}" for mean in (*means, statistics.mean(means)))
            print(f"{f'{picture}, {way}':32}{told:7.2f}{figures}")


def apart(one: list[int], other: list[int]) -> float:
    """How far two colours of sRGB are apart in Lab."""
    lab = cv2.cvtColor(np.array([[one, other]], np.float32) / 255, cv2.COLOR_RGB2LAB)[0]
    return float(np.linalg.norm(lab[0] - lab[1]))


if __name__ == "__main__":
    sys.exit(main())
