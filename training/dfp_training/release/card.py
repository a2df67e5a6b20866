"""The card of exported weights: what they are, what made them, how they are measured, what their maker has to add."""

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from dfp.model.weights import checksum
from dfp_training.loop import checkpoint
from dfp_training.loop.origin import ORIGIN
from dfp_training.metrics.metric import Metric
from dfp_training.metrics.registry import METRICS
from dfp_training.tasks.dual import STAGES, StageConfig

MEASURED_AT = (0, 11, 30)  # d of dfp-train evaluate
NO_DEPARTURES = ("stage", "steps", "seed", "workers", "save_every")  # say nothing about a departure from the paper
PAPER = json.loads(json.dumps(asdict(StageConfig(stage=3))))  # with lists for tuples


def card_of(weights: Path) -> Path:
    """Where the card of a weights file lies: beside it, NAME.card.md."""
    return weights.with_suffix(".card.md")


def write_card(run: Path, saved: dict[str, Any], weights: Path, licence: str) -> None:
    """Write the card of `weights`, just exported from the `saved` checkpoint of `run`. Raises CheckpointError."""
    recipe = saved["config"]
    made = "\n".join(f"- {line}" for line in _making(run, saved))
    departures = "\n".join(f"- {line}" for line in _departures(recipe)) or "- none"
    text = f"""# {weights.name}

G_m of a DeepFacePencil in half precision, {weights.stat().st_size / 1e6:.1f} MB, SHA-256 `{checksum(weights)}…`: line
drawings of one face of side {recipe["size"]} become a picture of that side.

**Licence: {licence}.**

## Where it fails

Look at `dfp-train sheet SKETCHES --weights {weights.name}` and say what is wrong with the faces, and whose faces the
training pictures lack.

## How it was made

{made}

Departures from the paper's setting (name: here, there):

{departures}

## How good it is

Not measured yet. This measures it; put the figures here:

```
dfp-train evaluate --weights {weights.name} --pack PACK --metrics NETWORKS --data FACES... --classes
```

{measures_table(METRICS)}"""
    checkpoint.write_text(card_of(weights), text)


def measures_table(metrics: Sequence[Metric]) -> str:
    """Markdown: a line for every measure, with room for its figures."""
    head = ("measure", "better", *(f"d = {d}" for d in MEASURED_AT))
    lines = [head, ("---",) * len(head)]
    lines += [(metric.heading, metric.better, *("" for _ in MEASURED_AT)) for metric in metrics]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _making(run: Path, saved: dict[str, Any]) -> list[str]:
    recipe, seen = saved["config"], saved.get("images_seen")
    stage = f"stage {recipe['stage']} of 3" if saved["kind"] in STAGES else "polished after stage 3"
    lines = [
        f"{stage}, step {saved['step']} of {recipe['steps']}, batches of {recipe['batch']}, side {recipe['size']}",
        f"pictures seen: {saved['step'] * recipe['batch']}"
        + ("" if seen is None else f"; with the runs that it started from: {seen}"),
    ]
    hours = _hours(run, recipe["batch"])
    if hours is not None:
        lines.append(f"{hours:.1f} hours")
    origin = run / ORIGIN
    if origin.is_file():
        known = json.loads(origin.read_text())
        faces = ", ".join(f"{count} of {source}" for source, count in known["faces"].items())
        lines += [f"hardware: {known['hardware']}", f"faces: {faces}"]
    return lines


def _hours(run: Path, batch: int) -> float | None:
    """The time that the logged steps took; None without a log."""
    try:
        with open(run / "losses.csv", newline="") as file:
            rows = [(int(row["step"]), float(row["images_per_second"])) for row in csv.DictReader(file)]
    except (OSError, KeyError, ValueError):
        return None
    before, seconds = 0, 0.0
    for step, rate in rows:
        # A run that was killed repeats the steps after its last checkpoint: time that was spent, but counted once.
        seconds += max(step - before, 0) * batch / rate
        before = max(step, before)
    return seconds / 3600


def _departures(recipe: dict[str, Any]) -> list[str]:
    lines, recipe = [], json.loads(json.dumps(recipe))
    for name, there in PAPER.items():
        here = recipe.get(name, there)
        if isinstance(there, dict):
            lines += [
                f"{name}.{key}: {here[key]}, {value}"
                for key, value in there.items()
                if key in here and here[key] != value
            ]
        elif name not in NO_DEPARTURES and here != there:
            lines.append(f"{name}: {here}, {there}")
    return lines + [f"{name}: {recipe[name]}, none" for name in recipe if name not in PAPER]
