"""What was seen of a model's faces, kept face by face, so that a report only measures what is missing."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TypeVar

import numpy as np

from dfp_training.loop import checkpoint
from dfp_training.metrics.metric import Photos, Seen
from dfp_training.metrics.miou import Overlap

Kind = TypeVar("Kind", Photos, Seen)


def digest(values: object) -> str:
    """Names plain values: 16 hexadecimal digits, other for other values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Cache:
    """One .npz a model and deformation in a folder, and one for the photos."""

    folder: Path

    def kept(self, kind: type[Kind], key: str, make: Callable[[], Kind]) -> Kind:
        """What was seen under a key, or what `make` sees now; a torn file is seen anew. Raises CheckpointError."""
        path = self.folder / f"{key}.npz"
        try:
            with np.load(path) as arrays:
                return _unpacked(kind, dict(arrays))
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            made = make()
        data = io.BytesIO()
        np.savez(data, allow_pickle=False, **_packed(made))
        checkpoint.write_bytes(path, data.getvalue())
        return made


def _packed(made: Photos | Seen) -> dict[str, np.ndarray]:
    arrays: dict[str, np.ndarray] = {}
    for name in (f.name for f in fields(made)):
        value = getattr(made, name)
        if isinstance(value, Overlap):
            arrays |= {"both": value.both, "either": value.either}
        elif value is not None:
            arrays[name] = value
    return arrays


def _unpacked(kind: type[Kind], arrays: dict[str, np.ndarray]) -> Kind:
    overlap = Overlap(arrays.pop("both"), arrays.pop("either"))
    if not set(arrays) <= {f.name for f in fields(kind)}:
        raise ValueError("made by another program")
    return kind(overlap=overlap, **arrays)  # pyright: ignore[reportArgumentType]
