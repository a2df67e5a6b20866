"""What training needs beside release weights to go on from them: E_a and D, in half precision."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialize
from torch import Tensor

from dfp.files import write_whole
from dfp_training.loop.checkpoint import CheckpointError, averaged
from dfp_training.loop.train_config import TrainConfig

FORMAT = "deepfacepencil-companion-1"


def resume_state_of(weights: Path) -> Path:
    """Where the resume state of a weights file lies: beside it, NAME.training.safetensors."""
    return weights.with_suffix(".training.safetensors")


def save(path: Path, saved: dict[str, Any]) -> None:
    """Write E_a (its average, when there is one) and D of a checkpoint's state."""
    generators = averaged(saved)
    tensors = {k: t for k, t in generators.items() if k.startswith("a.encoder.")}
    tensors |= {f"d.{k}": t for k, t in saved["discriminator"].items()}
    widths = {name: saved["config"][name] for name in ("d_width", "d_scales")}
    header = {"format": FORMAT, "discriminator": json.dumps(widths)}
    try:
        write_whole(serialize({k: t.to(torch.float16).contiguous() for k, t in tensors.items()}, header), path)
    except OSError as error:
        raise CheckpointError(f"{path} could not be written: {error}.") from error


def load(path: Path, config: TrainConfig) -> tuple[dict[str, Tensor], dict[str, Tensor] | None]:
    """E_a's tensors, and D's when it is as wide as `config` says, else None. Raises CheckpointError."""
    try:
        with safe_open(path, framework="pt") as file:
            header = file.metadata() or {}
            tensors = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118
        widths = json.loads(header["discriminator"]) if header.get("format") == FORMAT else None
    except (OSError, SafetensorError, KeyError, ValueError) as error:
        raise CheckpointError(f"{path} is damaged. Copy it again, or remove it to train without.") from error
    if widths is None:
        raise CheckpointError(f"{path} is not what dfp-train export writes. Remove it to train without.")
    encoder = {k.removeprefix("a.encoder."): t for k, t in tensors.items() if k.startswith("a.")}
    wanted = asdict(config)
    fits = all(wanted.get(name) == value for name, value in widths.items())
    return encoder, {k[2:]: t for k, t in tensors.items() if k.startswith("d.")} if fits else None
