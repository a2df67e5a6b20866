"""The finder's weights as the program reads them."""

from pathlib import Path

import torch
from safetensors.torch import save as serialize

from dfp.model.finder import FORMAT
from dfp_training.loop import checkpoint
from dfp_training.networks.finder import Finder, folded


def export_finder(finder: Finder, path: Path, sheets: int) -> int:
    """Write the weights in half precision, whole or not at all. Returns the file's bytes. Raises CheckpointError.

    `sheets`: how many it was trained on.
    """
    tensors = {name: tensor.to("cpu", torch.float16).contiguous() for name, tensor in folded(finder).items()}
    data = serialize(tensors, {"format": FORMAT, "sheets": str(sheets)})
    checkpoint.write_bytes(path, data)
    return len(data)
