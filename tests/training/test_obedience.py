"""Whether trust is obeyed, of faces that are bent as a whole."""

from pathlib import Path
from typing import cast

import numpy as np
import pytest
import torch
from dfp_training.data.loader import Triplets
from dfp_training.data.pack import Pack, build
from dfp_training.data.told_colours import plain
from dfp_training.metrics.evaluate import TestSet as Examined
from dfp_training.metrics.telling import Painter, Telling
from dfp_training.metrics.trust import BENT, TRUSTS, obedience
from dfp_training.networks.face_parser import FaceParser
from torch import Tensor
from training_data import write_data

from dfp.model.classes import CLASSES, FaceClass
from dfp.model.networks import Colours, Generated
from dfp.sketch.straighten import straightened

SIDE = 128


@pytest.fixture(scope="module")
def test_set(tmp_path_factory: pytest.TempPathFactory) -> Examined:
    root: Path = tmp_path_factory.mktemp("obedience")
    build([write_data(root / "faces")], root / "pack", SIDE, 1)
    return Examined(Pack(root / "pack"), "train", SIDE)


class OneClass:
    """Sees one class everywhere in a picture: the one that its pixels are the number of."""

    def classes(self, images: Tensor) -> Tensor:
        return torch.nn.functional.one_hot(images[:, 0].long(), len(CLASSES)).permute(0, 3, 1, 2).float()


def by_trust(lines: Tensor, trust: Tensor | None, colours: Colours | None) -> Generated:
    """Skin everywhere when lines are meant exactly, else background."""
    assert trust is not None
    value = torch.where(trust > 0, FaceClass.SKIN, FaceClass.BACKGROUND)
    return Generated(value.float().expand(-1, 3, SIDE, SIDE), [], None, None)


def test_each_trust_is_compared_with_label_maps_that_bent_with_the_lines_and_that_did_not(test_set: Examined) -> None:
    found = obedience(Painter(by_trust, None, Telling.PHOTO), test_set, cast("FaceParser", OneClass()))
    triplets = Triplets(test_set.pack, SIDE, BENT, mirror=False, tell=plain)
    for figures, along in ((found.kept, True), (found.regular, False)):
        labels = []
        for face, seed in map(test_set.key, test_set.faces()):
            while (triplets[face, seed].trust[0, 0] > 0) != along:
                seed += 1
            labels.append(torch.tensor(triplets[face, seed].labels))
        wanted = torch.stack(labels)
        kinds = len(wanted.unique())
        for trust, figure in zip(TRUSTS, figures, strict=True):
            of = FaceClass.SKIN if trust > 0 else FaceClass.BACKGROUND
            assert figure.value == pytest.approx((wanted == of).float().mean().item() / kinds)
    assert found.lines()[0].count(f"{found.kept[0].value:.4f}") == 2  # nobody drew otherwise at -1 than at 0
    plainly = found.plain()
    assert set(plainly) == {"kept", "regular"}
    assert all(set(cast("dict[str, object]", of)) == {"-1", "+0", "+1"} for of in plainly.values())


def test_models_are_given_the_lines_that_painters_give_them(test_set: Examined) -> None:
    """Straightened where they are meant loosely, and else as they are."""
    seen: list[Tensor] = []

    def look(lines: Tensor, trust: Tensor | None, colours: Colours | None) -> Generated:
        seen.append(lines)
        return by_trust(lines, trust, colours)

    batch = next(iter(test_set.batches(30)))
    for trust in (-1.0, 0.0, 1.0):
        Painter(look, None, Telling.PHOTO, trust)(batch)
    straight, free, exact = seen
    assert torch.equal(free, batch.deformed)
    assert torch.equal(exact, batch.deformed)
    assert straight.shape == free.shape
    assert not torch.equal(straight, free)
    wanted = straightened(free[0, 0].numpy() > 0, np.full((1, 1, 1), -1, np.float32))
    assert np.array_equal(straight[0, 0].numpy() > 0, wanted)
