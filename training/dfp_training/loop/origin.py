"""What a run's folder keeps for the card of the weights that are exported from it."""

import json
import os
import platform
from collections import Counter
from pathlib import Path

import torch

from dfp_training.data.pack import Pack
from dfp_training.loop import checkpoint

ORIGIN = "origin.json"  # in the run folder


def note_origin(run: Path, pack: Pack, device: torch.device) -> None:
    """Write into the run folder which faces it sees, and on what it calculates. Raises CheckpointError."""
    faces = Counter(pack.names[i].split("/")[0] for i in pack.indices("train"))
    origin = {"faces": dict(faces), "hardware": _hardware(device)}
    checkpoint.write_text(run / ORIGIN, json.dumps(origin, indent=2))


def _hardware(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return f"{os.cpu_count()} cores of {platform.processor() or platform.machine()}"
