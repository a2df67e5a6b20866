"""Trust in training: G_m can be told how loose a sketch is, which changes nothing else."""

from pathlib import Path

import numpy as np
from dfp_training.data.deform import Deformation, Looseness
from dfp_training.data.loader import PLACES, Triplets
from dfp_training.data.pack import Pack, build
from training_data import write_data


def test_training_tells_how_loose_a_sketch_is(tmp_path: Path) -> None:
    assert build([write_data(tmp_path / "faces")], tmp_path / "pack", 64, 1) == 0
    pack = Pack(tmp_path / "pack")
    how = Deformation(d=20, least=0.02, uneven=0.5)
    silent, told = (Triplets(pack, 64, how, told=share)[0, 5] for share in (0.0, 1.0))
    assert all(np.array_equal(a, b) for a, b in zip(silent[:3], told[:3], strict=True)), "telling changes the sketch"
    assert not silent[3].any()
    assert np.unique(told[3]).size > 1
    assert np.abs(told[3]).max() <= 1


def test_looseness_changes_over_the_frame() -> None:
    loose = Looseness(0.5, (0.5, 0.0)).at(PLACES)
    assert np.allclose(loose, loose[:1])
    assert (np.diff(loose[0]) > 0).all()
    assert Looseness(0.1, (0.5, 0.5)).at(PLACES).min() == 0
