"""mIoU against cases worked out by hand, and the label maps it is measured with."""

from pathlib import Path

import numpy as np
import pytest
import torch
from dfp_training.data.datasets import DataError
from dfp_training.metrics.miou import LabelMaps, Overlap
from dfp_training.metrics.observation import reading
from dfp_training.networks.face_parser import FaceParser, parsing_distance
from PIL import Image
from training_data import write_data


@pytest.fixture(scope="module")
def parser() -> FaceParser:
    """A face parser with random weights."""
    torch.manual_seed(0)
    return FaceParser().eval()


def maps(seed: int, count: int = 5) -> torch.Tensor:
    return torch.randint(0, 6, (count, 16, 16), generator=torch.Generator().manual_seed(seed))


def test_miou_of_a_known_map_is_exact():
    wanted = torch.zeros(1, 4, 4, dtype=torch.int64)
    wanted[0, :, 2:] = 13
    seen = wanted.clone()
    seen[0, 0, :2] = 13
    seen[0, 3, 3] = 18
    found = Overlap.of(seen, wanted)
    by_class = found.by_class()
    assert by_class[0] == 6 / 8
    assert by_class[13] == 7 / 10
    assert by_class[18] == 0  # seen, but not asked for: a mistake that counts
    assert np.isnan(np.delete(by_class, [0, 13, 18])).all()
    assert found.mean() == pytest.approx((6 / 8 + 7 / 10 + 0) / 3, abs=1e-12)


def test_pixels_are_summed_over_all_faces_before_they_are_divided():
    wanted = torch.zeros(2, 2, 2, dtype=torch.int64)
    seen = torch.stack([torch.zeros(2, 2), torch.tensor([[0, 0], [0, 1]])]).long()
    assert Overlap.of(seen, wanted).by_class()[0] == 7 / 8
    one_by_one = Overlap.joined([Overlap.of(s[None], w[None]) for s, w in zip(seen, wanted, strict=True)])
    assert one_by_one.by_class()[0] == 7 / 8


def test_the_same_maps_conform_fully_and_order_does_not_matter():
    seen, wanted = maps(1), maps(2)
    assert Overlap.of(seen, seen).mean() == 1
    turned = [4, 2, 0, 1, 3]
    assert Overlap.of(seen, wanted).mean() == Overlap.of(seen[turned], wanted[turned]).mean() < 1


def test_label_maps_are_read_by_name(tmp_path: Path):
    folder = write_data(tmp_path / "faces", 3)
    found = LabelMaps([folder], ["faces/00002", "faces/00000"])[["faces/00002"]]
    assert found.shape == (1, 256, 256)
    with Image.open(folder / "labels" / "00002.png") as picture:
        small = np.asarray(picture)
    assert np.array_equal(found[0].numpy(), small.repeat(2, 0).repeat(2, 1))


def test_bad_label_maps_have_their_sentences(tmp_path: Path):
    folder = write_data(tmp_path / "faces", 3)
    with pytest.raises(DataError, match="1 of 2 faces have no label map in the data folders, the first is other/7"):
        LabelMaps([folder], ["faces/00000", "other/7"])
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="has no faces"):
        LabelMaps([tmp_path / "empty"], ["faces/00000"])
    (folder / "labels" / "00001.png").write_bytes(b"torn")
    with pytest.raises(DataError, match=r"00001\.png cannot be read"):
        LabelMaps([folder], ["faces/00001"])[["faces/00001"]]


def test_a_reading_has_the_size_of_the_comparison(parser: FaceParser):
    seen = reading(parser, torch.rand(2, 3, 64, 64) * 2 - 1)
    assert seen.shape == (2, 256, 256)
    assert 0 <= seen.min() <= seen.max() <= 18


def test_the_parsing_distance_is_zero_for_itself_and_its_gradient_reaches_the_picture(parser: FaceParser):
    photo, other = torch.rand(2, 1, 3, 64, 64) * 2 - 1
    itself = parser.logits(photo).softmax(1).detach()
    assert parsing_distance(parser, photo, itself).item() == pytest.approx(0, abs=1e-6)
    picture = other.requires_grad_(True)
    distance = parsing_distance(parser, picture, parser.classes(photo))
    assert distance > 0
    distance.backward()
    assert picture.grad is not None
    assert picture.grad.abs().sum() > 0


def test_pictures_of_autocast_and_of_any_side_are_read(parser: FaceParser):
    picture = (torch.rand(1, 3, 64, 64) * 2 - 1).bfloat16()
    with torch.autocast("cpu", torch.bfloat16):
        assert parser.logits(picture).dtype == torch.float32


def test_a_mirrored_picture_gives_the_mirrored_classes_with_sides_exchanged(parser: FaceParser):
    photo = torch.rand(1, 3, 256, 256) * 2 - 1
    there, back = parser.classes(photo), parser.classes(photo.flip(-1)).flip(-1)
    assert torch.allclose(there[:, 4], back[:, 5], atol=1e-5)
    assert torch.allclose(there[:, 1], back[:, 1], atol=1e-5)
