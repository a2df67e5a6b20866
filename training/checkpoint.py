"""Checkpoints: written whole or not at all, read without running anything that is in them."""

import os
import pickle
from pathlib import Path
from typing import Any

import torch

from dfp.errors import DfpError


class CheckpointError(DfpError):
    """A checkpoint cannot be read or does not belong to this run."""


def write(path: Path, state: dict[str, Any]) -> None:
    """Save tensors and plain values; the old checkpoint stays until the new one is on disk."""
    part = path.with_suffix(".part")
    try:
        with open(part, "wb") as file:
            torch.save(state, file)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise CheckpointError(f"The checkpoint {path} could not be written: {error.strerror}.") from error


def read(path: Path) -> dict[str, Any]:
    """The state that `write` saved, on the CPU. Raises CheckpointError when torn or missing."""
    if not path.is_file():
        raise CheckpointError(f"There is no checkpoint at {path}.")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except (RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise CheckpointError(f"The checkpoint {path} is torn or no checkpoint.") from error
