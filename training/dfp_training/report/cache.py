"""What was seen of a model's faces, kept face by face, so that a report only measures what is missing."""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dfp_training.loop import checkpoint
from dfp_training.metrics.metric import Rows


def digest(values: object) -> str:
    """Names plain values: 16 hexadecimal digits, other for other values."""
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Cache:
    """One .npz a model and deformation in a folder, and one for the photos."""

    folder: Path

    def kept(self, key: str, names: Collection[str], make: Callable[[], Rows]) -> Rows:
        """The rows of these names under a key, or what `make` sees now where one is missing or the file is torn.

        Raises CheckpointError when it cannot be written.
        """
        path = self.folder / f"{key}.npz"
        try:
            with np.load(path) as arrays:
                return {name: arrays[name] for name in names}
        except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
            made = make()
        data = io.BytesIO()
        np.savez(data, allow_pickle=False, **made)
        checkpoint.write_bytes(path, data.getvalue())
        return made
