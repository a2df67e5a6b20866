"""Whether trust is obeyed, of faces that are bent as a whole."""

from pathlib import Path
from typing import cast

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


def test_each_trust_is_compared_with_label_maps_that_bent_with_the_lines(test_set: Examined) -> None:
    found = obedience(Painter(by_trust, None, Telling.PHOTO), test_set, cast("FaceParser", OneClass()))
    triplets = Triplets(test_set.pack, SIDE, BENT, mirror=False, tell=plain)
    labels = []
    for face, seed in map(test_set.key, test_set.faces()):
        while triplets[face, seed].trust[0, 0] < 0:
            seed += 1
        labels.append(torch.from_numpy(triplets[face, seed].labels))
    wanted = torch.stack(labels)
    kinds = len(wanted.unique())
    for trust, figure in zip(TRUSTS, found.figures, strict=True):
        of = FaceClass.SKIN if trust > 0 else FaceClass.BACKGROUND
        assert figure.value == pytest.approx((wanted == of).float().mean().item() / kinds)
    assert found.lines()[0].count(f"{found.figures[0].value:.4f}") == 2  # nobody drew otherwise at -1 than at 0
    assert set(found.plain()) == {"-1", "+0", "+1"}
