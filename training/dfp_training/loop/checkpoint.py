"""Checkpoints: written whole or not at all, read without running anything that is in them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

import torch
from torch import Tensor

from dfp.errors import DfpError


class CheckpointError(DfpError):
    """A checkpoint cannot be read or does not belong to this run."""


def write(path: Path, state: dict[str, Any]) -> None:
    """Save tensors and plain values; the old checkpoint stays until the new one is on disk."""
    with _replacing(path) as file:
        torch.save(state, file)


def write_text(path: Path, text: str) -> None:
    """Save a run's text file, and make its folder."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Save a file, whole or not at all, and make its folder."""
    with _replacing(path) as file:
        file.write(data)


@contextmanager
def _replacing(path: Path) -> Iterator[BinaryIO]:
    part = path.with_suffix(".part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(part, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    # torch.save wraps what the disk says into a RuntimeError.
    except (OSError, RuntimeError) as error:
        part.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or "the disk seems to be full"
        raise CheckpointError(f"{path} could not be written: {reason}. Make room and start again.") from error


def read(path: Path) -> dict[str, Any]:
    """The state that `write` saved, on the CPU. Raises CheckpointError when torn or missing."""
    if not path.is_file():
        raise CheckpointError(f"There is no checkpoint at {path}.")
    try:
        return torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # torn files make the unpickler fail in any way, IndexError and TypeError too
        raise CheckpointError(f"The checkpoint {path} is torn or no checkpoint.") from error


def read_stage(path: Path) -> dict[str, Any]:
    """The state of a stage's run or of fine-tuning. Raises CheckpointError for all others."""
    state = read(path)
    if "generators" not in state or "stage" not in state["config"]:
        raise CheckpointError(f"{path} is no checkpoint of a stage. Give a run folder of stage1, stage2 or stage3.")
    return state


def is_dual(state: dict[str, Any]) -> bool:
    """Whether the state of a stage's run holds both generators: fine-tuning trains G_m alone."""
    return any(name.startswith("a.") for name in state["generators"])


def of_generator(which: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of G_a ("a") or G_m ("m") among those of the generators, by their own names."""
    return {name[2:]: tensor for name, tensor in tensors.items() if name.startswith(which + ".")}


def read_run(path: Path) -> dict[str, Any]:
    """The state of a stage's or a baseline's run. Raises CheckpointError for the classifier's, too."""
    state = read(path)
    if "generators" not in state:
        raise CheckpointError(f"{path} is no checkpoint of a stage or a baseline. Choose another run folder.")
    return state
