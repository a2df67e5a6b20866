"""What travels between a Ray cluster's machines: a row for each sketch, a number and something pickled."""

import pickle
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

NUMBER, PAYLOAD = "number", "payload"

# A batch of rows, as Ray hands them on.
Rows = dict[str, np.ndarray]


@dataclass(frozen=True)
class Errand:
    """A sketch that a face is wanted of: where its file is, on all machines, and what it held when it was looked at;
    the same of its colours; what its face's mark says."""

    sketch: Path
    sha256: str
    colours: Path | None
    colours_sha256: str
    mark: str


@dataclass(frozen=True)
class Sorry:
    """Why a sketch has no face."""

    why: str


def row_of(number: int, payload: object) -> dict[str, Any]:
    """One row."""
    return {NUMBER: number, PAYLOAD: pickle.dumps(payload)}


def rows_of(numbers: Iterable[int], payloads: Iterable[object]) -> dict[str, Any]:
    """Many of them, as a batch is returned."""
    return {NUMBER: [*map(int, numbers)], PAYLOAD: [*map(pickle.dumps, payloads)]}


def payloads_of(rows: Rows) -> list[Any]:
    """What the rows of a batch hold."""
    return [pickle.loads(payload) for payload in rows[PAYLOAD]]
