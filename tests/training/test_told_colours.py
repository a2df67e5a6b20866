"""Colours that the model is told: read off photos, laid down as paint, brought along by weights, and measured."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from dfp_training.data.deform import Deformation
from dfp_training.data.loader import Batch, Triplets, collate
from dfp_training.data.pack import Pack, build
from dfp_training.data.palettes import palettes_of
from dfp_training.data.told_colours import JITTER, LEAST, palette_of, plain, told
from dfp_training.metrics.telling import Painter, Telling, kept
from torch import Tensor
from training_data import whole_face, write_data

from dfp.model.classes import CLASSES_OF_REGIONS, REGIONS
from dfp.model.inputs import PAINTED_SIDE
from dfp.model.networks import Colours, Generated

COLOURS = np.random.default_rng(5).integers(20, 236, (19, 3), dtype=np.uint8)


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    return whole_face()[::4, ::4]


@pytest.fixture(scope="module")
def photo(labels: np.ndarray) -> np.ndarray:
    return COLOURS[labels].repeat(2, 0).repeat(2, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("told")
    build([write_data(folder / "faces", 7)], folder / "pack", 128, 1)
    return folder


def test_a_palette_is_the_mean_colour_of_each_region(photo: np.ndarray, labels: np.ndarray) -> None:
    means, there = palette_of(photo, labels)
    for region, classes in enumerate(CLASSES_OF_REGIONS):
        areas = np.array([(labels == c).sum() for c in classes])
        assert there[region] == (areas.sum() >= LEAST)
        expected = (COLOURS[[*classes]] * areas[:, None]).sum(0) / areas.sum() / 127.5 - 1
        assert np.allclose(means[region], expected, atol=1e-3), REGIONS[region]
    _, there = palette_of(photo, np.zeros_like(labels))
    assert there.tolist() == [name == "background" for name in REGIONS]


def test_what_is_told_is_near_what_is_seen_and_any_colour_where_nothing_is(
    photo: np.ndarray, labels: np.ndarray
) -> None:
    means, _ = palette_of(photo, labels)
    hairless = np.where(labels == 13, 0, labels)
    hair = []
    for seed in range(60):
        look = told(photo, hairless, np.random.default_rng(seed))
        if not look.painted.any():
            assert np.abs(look.palette.reshape(6, 3)[0] - means[0]).max() < 6 * JITTER
        hair.append(look.palette.reshape(6, 3)[1])
    assert np.std(hair) > 0.4
    look = plain(photo, hairless, np.random.default_rng(0))
    assert np.allclose(look.palette.reshape(6, 3)[0], means[0])
    assert not look.palette.reshape(6, 3)[1].any()
    assert not look.painted.any()


def test_paint_has_the_photos_colours_and_overrules_the_palette(photo: np.ndarray, labels: np.ndarray) -> None:
    means, _ = palette_of(photo, labels)
    small = labels[:: len(labels) // PAINTED_SIDE, :: len(labels) // PAINTED_SIDE]
    overruled = painted = 0
    for seed in range(200):
        look = told(photo, labels, np.random.default_rng(seed))
        mask = look.painted[3] > 0
        assert not look.painted[:3, ~mask].any()
        if not mask.any():
            continue
        painted += 1
        skin = mask & (small == 1)
        if skin.sum() > 20:
            seen = np.median(look.painted[:3, skin], 1)
            assert np.abs(seen - (COLOURS[1] / 127.5 - 1)).max() < 0.15
        overruled += bool(np.abs(look.palette.reshape(6, 3)[0] - means[0]).max() > 0.2)
    assert 50 < painted < 120
    assert 5 < overruled < painted


def test_a_mirrored_face_keeps_its_left_eye_on_its_left(folder: Path) -> None:
    pack = Pack(folder / "pack")
    labels = np.zeros((128, 128), np.uint8)
    labels[:, :20], labels[:, 100:] = 4, 9
    pack.labels = lambda _: labels  # pyright: ignore[reportAttributeAccessIssue]
    triplets = Triplets(pack, 128, Deformation(), tell=plain)
    found = [triplets[(0, seed)].labels for seed in range(12)]
    turned = [x for x in found if x[0, 0] == 8]
    assert 2 < len(turned) < 10
    assert all((x[:, 108:] == 5).all() for x in turned)
    assert all(np.array_equal(x, labels) for x in found if x[0, 0] == 4)


def test_photo_labels_and_sketch_move_together(folder: Path) -> None:
    triplets = Triplets(Pack(folder / "pack"), 128, Deformation(shift=0.1, zoom=0.2), tell=plain)
    for seed in range(6):
        face = triplets[(2, seed)]
        hair = face.labels == 13
        inner = hair & np.roll(hair, 3, 0) & np.roll(hair, -3, 0) & np.roll(hair, 3, 1) & np.roll(hair, -3, 1)
        assert face.photo[inner].std(0).max() < 12


def test_palettes_are_of_faces_that_have_all_regions_the_usual_one_first(folder: Path) -> None:
    pack = Pack(folder / "pack")
    assert palettes_of(pack).shape == (0, 6, 3)  # these faces have no lips
    shades = iter(np.linspace(0.2, 1.0, len(pack)))
    faces = {i: (COLOURS * shade).astype(np.uint8) for i, shade in zip(range(len(pack)), shades, strict=True)}
    labels = whole_face()[::4, ::4]
    pack.labels = lambda _: labels  # pyright: ignore[reportAttributeAccessIssue]
    pack.photo = lambda index: faces[index][labels]  # pyright: ignore[reportAttributeAccessIssue]
    found = palettes_of(pack, 3)
    assert found.shape == (3, 6, 3)
    assert len({p.tobytes() for p in found}) == 3
    own = {palette_bytes(faces[int(i)][labels], labels) for i in pack.indices("train")}
    assert {p.tobytes() for p in found} <= own
    assert np.array_equal(found, palettes_of(pack, 3))


def palette_bytes(photo: np.ndarray, labels: np.ndarray) -> bytes:
    return np.rint((palette_of(photo, labels)[0] + 1) * 127.5).astype(np.uint8).tobytes()


def obedient(batch: Batch) -> Generated:
    """Paints each region in the colour that it is told, and says the label map."""
    assert batch.labels is not None
    assert batch.colours is not None
    palette = batch.colours.palette.view(-1, 6, 3)
    image = torch.zeros(len(palette), 3, *batch.labels.shape[1:])
    for region, classes in enumerate(CLASSES_OF_REGIONS):
        inside = torch.isin(batch.labels, torch.tensor(classes)).unsqueeze(1)
        image = torch.where(inside, palette[:, region, :, None, None], image)
    logits = torch.nn.functional.one_hot(batch.labels, 19).permute(0, 3, 1, 2).float() * 9
    return Generated(image, [], None, logits)


def test_who_keeps_colours_and_regions_has_no_error(folder: Path) -> None:
    triplets = Triplets(Pack(folder / "pack"), 128, Deformation(d=0), mirror=False, tell=plain)
    batches = [collate([triplets[(face, 1)] for face in range(3)]) for _ in range(2)]
    palettes = np.random.default_rng(2).integers(0, 256, (30, 6, 3), dtype=np.uint8)

    def draws(made: Iterator[Batch]):
        def draw(_: Tensor, __: Tensor | None, colours: Colours | None) -> Generated:
            batch = next(made)
            return obedient(Batch(batch.aligned, batch.deformed, batch.photo, None, colours, batch.labels))

        return draw

    for telling in Telling:
        found = kept(Painter(draws(iter(batches)), palettes, telling), batches)
        assert found.colours is not None
        assert found.colours.mean.value < 0.5
        assert found.regions is not None
        assert found.regions.value > 0.98
        assert "regions" in "\n".join(found.lines())
    tellings = {t: Painter(draws(iter(batches)), palettes, t).told(batches[0]) for t in Telling}
    photo, seed, usual = (tellings[t] for t in (Telling.PHOTO, Telling.SEED, Telling.USUAL))
    assert photo is not None
    assert seed is not None
    assert usual is not None
    assert torch.equal(photo.palette, batches[0].colours.palette)  # pyright: ignore[reportOptionalMemberAccess]
    assert (usual.palette == usual.palette[0]).all()
    assert not torch.equal(seed.palette, usual.palette)
    assert Painter(draws(iter(batches)), None, Telling.PHOTO).told(batches[0]) is None
