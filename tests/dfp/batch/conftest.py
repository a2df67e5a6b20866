"""What several tests of `dfp batch` need: folders, and files of layers in them."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from layered_ora import Run, figure_in, run_in


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    return folder


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


@pytest.fixture
def figure(source: Path, face_sketch: np.ndarray) -> Callable[..., Path]:
    return figure_in(source, face_sketch)


@pytest.fixture
def run_layers(source: Path, out: Path, small_weights: Path) -> Run:
    return run_in(source, out, small_weights)
