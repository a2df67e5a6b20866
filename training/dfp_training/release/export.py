"""From a run's checkpoint to release weights."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from dfp.model import weights
from dfp.model.config import ModelConfig
from dfp.model.networks import MainGenerator
from dfp.model.weights_header import PALETTES, packed_palettes
from dfp_training.data.pack import Pack
from dfp_training.data.palettes import palettes_of
from dfp_training.loop import checkpoint, resume_state
from dfp_training.release.card import write_card
from dfp_training.tasks.dual import STAGES
from dfp_training.tasks.finetune_config import FINETUNE

LARGEST = 45_000_000  # bytes
UNKNOWN = "that of the pictures it was trained on; no commercial use unless they allow it"


def export(run: Path, out: Path, with_companion: bool = False, licence: str = UNKNOWN, pack: Path | None = None) -> str:
    """Write G_m of `run` (its average, when there is one) as release weights; returns the file's checksum.

    Beside it lies its card, `dfp_training.release.card`. `with_companion` writes E_a and D there, too, so that training
    can go on from the release. The header says from which kind of run and step they are, and has the palettes of `pack`
    for a model that knows colours. Raises CheckpointError when the run has no G_m, or the pack is missing.
    """
    saved = checkpoint.read(run / "checkpoint.pt", *STAGES, FINETUNE)
    recipe = saved["config"]
    if saved["kind"] == STAGES[0]:
        raise checkpoint.CheckpointError("Stage 1 trains G_a only; export a run of stage 2 or 3.")
    if with_companion and saved["kind"] == FINETUNE:
        raise checkpoint.CheckpointError(
            f"{run} trained G_m alone, so has no E_a for a companion. Leave --companion out."
        )
    # Faces are drawn at the side that the header says: that of the training pictures.
    model = replace(ModelConfig.from_dict(recipe["model"]), size=recipe["size"])
    generator = MainGenerator(model)
    generator.load_state_dict(checkpoint.of_generator("m", checkpoint.averaged(saved)))
    facts = {
        "kind": saved["kind"],
        "step": str(saved["step"]),
        "trained_at": f"{recipe['size']}x{recipe['size']}",
        "licence": licence,
    }
    if model.codes:
        facts[PALETTES] = packed_palettes(_palettes(pack))
    if saved.get("images_seen") is not None:
        facts["pictures"] = str(saved["images_seen"])
    weights.save(out, generator, model, facts)
    size = out.stat().st_size
    if size > LARGEST:
        raise checkpoint.CheckpointError(f"The weights take {size / 1e6:.0f} MB, more than 45: choose less width.")
    write_card(run, saved, out, licence)
    if with_companion:
        resume_state.save(resume_state.resume_state_of(out), saved)
    return weights.checksum(out)


def _palettes(pack: Path | None) -> np.ndarray:
    if pack is None:
        raise checkpoint.CheckpointError("This model knows colours: say with --pack whose palettes it brings along.")
    palettes = palettes_of(Pack(pack))
    if not len(palettes):
        raise checkpoint.CheckpointError(f"No training face of {pack} has all regions, so there are no palettes.")
    return palettes


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
    facts = {"mean_of": " ".join(map(weights.checksum, files)), "licence": licence}
    palettes = weights.read_palettes(files[0])
    if palettes is not None:
        facts[PALETTES] = packed_palettes(palettes)
    weights.save(out, generator, model, facts)
    return weights.checksum(out)
