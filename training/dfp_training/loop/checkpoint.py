"""Checkpoints: written whole or not at all, read without running anything that is in them."""

import io
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from dfp.errors import DfpError
from dfp.files import write_whole


class CheckpointError(DfpError):
    """A checkpoint cannot be read or does not belong to this run."""


def write(path: Path, state: dict[str, Any]) -> None:
    """Save tensors and plain values; the old checkpoint stays until the new one is there."""
    data = io.BytesIO()
    torch.save(state, data)
    write_bytes(path, data.getvalue())


def write_text(path: Path, text: str) -> None:
    """Save a run's text file, and make its folder."""
    write_bytes(path, text.encode())


def write_bytes(path: Path, data: bytes) -> None:
    """Save a file, whole or not at all, and make its folder. Raises CheckpointError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(data, path, durable=True)  # hours of work: a power cut must not take them
    except OSError as error:
        raise CheckpointError(f"{path} could not be written: {error.strerror}. Make room and start again.") from error


def read(path: Path, *kinds: str) -> dict[str, Any]:
    """The state that `write` saved, on the CPU, and of one of `kinds` where any are named.

    Raises CheckpointError when torn, missing or of another kind.
    """
    if not path.is_file():
        raise CheckpointError(f"There is no checkpoint at {path}.")
    try:
        state = with_kind(torch.load(path, map_location="cpu", weights_only=True))
    except Exception as error:  # torn files make the unpickler fail in any way, IndexError and TypeError too
        raise CheckpointError(f"The checkpoint {path} is torn or no checkpoint.") from error
    if kinds and state.get("kind") not in kinds:
        raise CheckpointError(
            f"{path} is a checkpoint of {state.get('kind', 'an older version')}, not of {' or '.join(kinds)}. "
            "Choose another run folder."
        )
    return state


def with_kind(state: dict[str, Any]) -> dict[str, Any]:
    """A checkpoint from before they said their kind, as one to start from: of a stage or of fine-tuning, no other.

    It may go when no run, export, sheet or report is to be made from a checkpoint older than the release that
    introduced kinds: every newer one says its own.
    """
    stage = state.get("config", {}).get("stage")
    kind = {1: "stage1", 2: "stage2", 3: "stage3", 4: "finetune"}.get(stage)
    if "kind" in state or kind is None:
        return state
    return {**state, "kind": kind, "images_seen": state.get("seen")}


def averaged(state: dict[str, Any]) -> dict[str, Tensor]:
    """The generators' tensors that count: their average where one is kept."""
    return state["ema"] or state["generators"]


def of_generator(which: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    """The tensors of G_a ("a") or G_m ("m") among those of the generators, by their own names."""
    return {name[2:]: tensor for name, tensor in tensors.items() if name.startswith(which + ".")}
