"""From a run's checkpoint to release weights."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import torch

from dfp import weights
from dfp.config import ModelConfig
from dfp.networks import MainGenerator
from training import checkpoint, companion
from training.card import write_card

LARGEST = 45_000_000  # bytes
UNKNOWN = "that of the pictures it was trained on; no commercial use unless they allow it"


def export(run: Path, out: Path, with_companion: bool = False, licence: str = UNKNOWN) -> str:
    """Write G_m of `run` (its average, when there is one) as release weights; returns the file's checksum.

    Beside it lies its card, `training.card`. `with_companion` writes E_a and D there, too, so that training can go on
    from the release. The header says from which stage and step they are. Raises CheckpointError when the run has no
    G_m.
    """
    saved = checkpoint.read_stage(run / "checkpoint.pt")
    recipe = saved["config"]
    if recipe["stage"] == 1:
        raise checkpoint.CheckpointError("Stage 1 trains G_a only; export a run of stage 2 or 3.")
    if with_companion and not checkpoint.is_dual(saved):
        raise checkpoint.CheckpointError(
            f"{run} trained G_m alone, so has no E_a for a companion. Leave --companion out."
        )
    # Faces are drawn at the side that the header says: that of the training pictures.
    model = replace(ModelConfig.from_dict(recipe["model"]), size=recipe["size"])
    generator = MainGenerator(model)
    tensors = saved["ema"] or saved["generators"]
    generator.load_state_dict(checkpoint.of_generator("m", tensors))
    facts = {
        "stage": str(recipe["stage"]),
        "step": str(saved["step"]),
        "trained_at": f"{recipe['size']}x{recipe['size']}",
        "licence": licence,
    }
    if saved.get("seen") is not None:
        facts["pictures"] = str(saved["seen"])
    weights.save(out, generator, model, facts)
    size = out.stat().st_size
    if size > LARGEST:
        raise checkpoint.CheckpointError(f"The weights take {size / 1e6:.0f} MB, more than 45: choose less width.")
    write_card(run, saved, out, licence)
    if with_companion:
        companion.save(companion.companion_of(out), saved)
    return weights.checksum(out)


def mean(files: Sequence[Path], out: Path, licence: str = UNKNOWN) -> str:
    """Write the mean of release weights, each the next one's start, as release weights; returns the checksum.

    Weights along one run often lie around a better place than its end (stochastic weight averaging). Raises
    WeightsError, or CheckpointError when they are of different networks.
    """
    loaded = [weights.load(file) for file in files]
    model = loaded[0][1]
    if any(config != model for _, config in loaded):
        raise checkpoint.CheckpointError(
            "Only weights of the same network have a mean; these differ in size or widths."
        )
    generator = MainGenerator(model)
    states = [network.state_dict() for network, _ in loaded]
    generator.load_state_dict({name: torch.stack([state[name] for state in states]).mean(0) for name in states[0]})
    weights.save(out, generator, model, {"mean_of": " ".join(map(weights.checksum, files)), "licence": licence})
    return weights.checksum(out)
