"""Small networks' weights as the program reads them."""

from pathlib import Path

import torch
from safetensors.torch import save as serialize

from dfp_training.loop import checkpoint
from dfp_training.networks.small import Small, folded


def export_small(network: Small, path: Path, made_for: str, seen: int) -> int:
    """Write the weights in half precision, whole or not at all. Returns the file's bytes. Raises CheckpointError.

    `made_for`: the format that the file says. `seen`: how many drawings it was trained on.
    """
    tensors = {name: tensor.to("cpu", torch.float16).contiguous() for name, tensor in folded(network).items()}
    data = serialize(tensors, {"format": made_for, "seen": str(seen)})
    checkpoint.write_bytes(path, data)
    return len(data)
