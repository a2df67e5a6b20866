"""Release weights: one safetensors file with G_m in half precision and its configuration inside."""

import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as serialize

from dfp.errors import WeightsError
from dfp.files import write_whole
from dfp.model.config import ModelConfig
from dfp.model.networks import MainGenerator
from dfp.model.weights_header import FORMAT, RELEASE, checksum, read_config, read_palettes, unfit

__all__ = ["FORMAT", "RELEASE", "checksum", "load", "read_config", "read_palettes", "save"]


def save(path: str | Path, generator: MainGenerator, config: ModelConfig, facts: dict[str, str] | None = None) -> None:
    """Write G_m in half precision with `config` and free-text `facts` (steps, data) in the header.

    The file appears whole or not at all. Raises WeightsError when the disk does not take it.
    """
    tensors = {name: t.detach().to("cpu", torch.float16).contiguous() for name, t in generator.state_dict().items()}
    header = {"format": FORMAT, "config": json.dumps(config.to_dict()), **(facts or {})}
    path = Path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(serialize(tensors, metadata=header), path)
    except OSError as error:
        raise WeightsError(f"The weights could not be written to {path}: {error.strerror}.") from error


def load(path: str | Path = RELEASE) -> tuple[MainGenerator, ModelConfig]:
    """Read a file that `save` wrote. Only safetensors are read, never a pickle.

    Returns G_m in float32 and evaluation mode, on the CPU. Raises WeightsError with a sentence.
    """
    path = Path(path)
    config = read_config(path)
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"The weights file {path} is damaged or no safetensors file. Copy it again.") from error
    try:
        generator = MainGenerator(config)
        generator.load_state_dict({name: t.float() for name, t in tensors.items()})
    except (KeyError, ValueError, TypeError, RuntimeError) as error:
        raise WeightsError(unfit(path)) from error
    if not all(bool(torch.isfinite(t).all()) for t in tensors.values()):
        raise WeightsError(f"The weights in {path} hold numbers that are not finite. Copy the file again.")
    return generator.eval(), config
