"""From a run's checkpoint to release weights."""

from pathlib import Path

from dfp import weights
from dfp.config import ModelConfig
from dfp.networks import MainGenerator
from training import checkpoint

LARGEST = 45_000_000  # bytes


def export(run: Path, out: Path) -> str:
    """Write G_m of `run` (its average, when there is one) as release weights; returns the file's checksum.

    The header says from which stage and step they are. Raises CheckpointError when the run has no G_m.
    """
    saved = checkpoint.read(run / "checkpoint.pt")
    recipe = saved["config"]
    if recipe["stage"] == 1:
        raise checkpoint.CheckpointError("Stage 1 trains G_a only; export a run of stage 2 or 3.")
    model = ModelConfig.from_dict(recipe["model"])
    generator = MainGenerator(model)
    tensors = saved["ema"] or saved["generators"]
    generator.load_state_dict({k[2:]: v for k, v in tensors.items() if k.startswith("m.")})
    facts = {
        "stage": str(recipe["stage"]),
        "step": str(saved["step"]),
        "trained_at": f"{recipe['size']}x{recipe['size']}",
        "licence": "non-commercial research; CelebAMask-HQ and One Million Impressions (CC BY-NC-SA 4.0)",
    }
    weights.save(out, generator, model, facts)
    size = out.stat().st_size
    if size > LARGEST:
        raise checkpoint.CheckpointError(f"The weights take {size / 1e6:.0f} MB, more than 45: choose less width.")
    return weights.checksum(out)
