"""Data folders of both layouts become packs; bad faces are skipped and counted."""

from pathlib import Path

import numpy as np
import pytest
from dfp_training.data.datasets import (
    CLASSES,
    OFFICIAL_MASKS,
    OFFICIAL_PHOTOS,
    DataError,
    faces_of,
    read_labels,
    read_photo,
)
from dfp_training.data.oversampling import KINDS, faces_of_epoch
from dfp_training.data.pack import Pack, build
from PIL import Image
from training_data import write_data


def test_bad_faces_are_skipped_and_counted(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    data = write_data(tmp_path / "faces", 7)
    Image.fromarray(np.full((128, 128), 19, np.uint8)).save(data / "labels" / "00003.png")
    Image.fromarray(np.zeros((128, 64), np.uint8)).save(data / "labels" / "00004.png")
    (data / "images" / "00005.png").write_bytes(b"torn")
    (data / "labels" / "00002.png").unlink()
    (data / "images" / "00006.png").unlink()
    assert build([data], tmp_path / "pack", 64, 1) == 5
    assert Pack(tmp_path / "pack").names == ["faces/00000", "faces/00001"]
    said = capsys.readouterr().err.splitlines()
    said = [line for line in said if line.startswith("skipped")]
    assert len(said) == 5
    for part in ("class 19", "not a square", "00005", "has no label map", "has no photo"):
        assert sum(part in line for line in said) == 1, part


def test_folders_that_are_none(tmp_path: Path):
    with pytest.raises(DataError, match="has no faces"):
        build([tmp_path], tmp_path / "other", 64, 1)
    with pytest.raises(DataError, match="no pack"):
        Pack(tmp_path)
    data = write_data(tmp_path / "faces", 3)
    (data / "splits.json").write_text("[1]")
    with pytest.raises(DataError, match="table of splits"):
        faces_of(data)


def test_the_layout_of_celebamask_hq_gives_the_same_labels(tmp_path: Path):
    ours = write_data(tmp_path / "ours", 3)
    official = tmp_path / "official"
    (official / OFFICIAL_PHOTOS).mkdir(parents=True)
    (official / OFFICIAL_MASKS / "0").mkdir(parents=True)
    for i in range(3):
        (official / OFFICIAL_PHOTOS / f"{i}.png").write_bytes((ours / "images" / f"{i:05}.png").read_bytes())
        labels = read_labels(ours / "labels" / f"{i:05}.png")
        for index in np.unique(labels[labels > 0]):
            mask = np.where(labels == index, 255, 0).astype(np.uint8)
            name = f"{i:05}_{CLASSES[index]}.png"
            Image.fromarray(mask).convert("RGB").save(official / OFFICIAL_MASKS / "0" / name)
    one, two = faces_of(ours)[0], faces_of(official)[0]
    assert len(two) == 3
    for a, b in zip(one, two, strict=True):
        assert np.array_equal(read_labels(a.labels), read_labels(b.labels))


def test_where_masks_overlap_the_later_class_lies_above(tmp_path: Path):
    files = []
    for name in ("hair", "skin", "nose"):
        Image.fromarray(np.full((64, 64), 255, np.uint8)).save(tmp_path / f"00001_{name}.png")
        files.append(tmp_path / f"00001_{name}.png")
    assert (read_labels(tuple(files)) == CLASSES.index("hair")).all()


def test_a_large_jpeg_is_read_as_well_as_if_it_were_decoded_whole(tmp_path: Path):
    y, x = np.mgrid[:1024, :1024] / 1024
    waves = [np.sin(a * x + b * y) for a, b in ((40, 3), (9, 70), (110, 90))]
    Image.fromarray(np.rint(np.stack(waves, -1) * 100 + 128).astype(np.uint8)).save(tmp_path / "a.jpg", quality=95)
    whole = read_photo(tmp_path / "a.jpg").resize((128, 128), Image.Resampling.LANCZOS)
    quick = read_photo(tmp_path / "a.jpg", 128)
    assert np.abs(np.asarray(whole).astype(int) - np.asarray(quick)).max() <= 4
    Image.new("RGB", (1023, 1024)).save(tmp_path / "b.jpg")
    with pytest.raises(DataError, match="is 1023x1024 and its label map is square"):
        read_photo(tmp_path / "b.jpg", 128)


def test_an_epoch_shows_rare_kinds_more_often(tmp_path: Path):
    data = write_data(tmp_path / "faces", 8)
    bald, spectacled = "00003", "00005"
    for name, changed, value in ((bald, _hair, 0), (spectacled, _lenses, 3)):
        file = data / "labels" / f"{name}.png"
        labels = np.asarray(Image.open(file)).copy()
        labels[changed(labels)] = value
        Image.fromarray(labels).save(file)
    assert build([data], tmp_path / "pack", 64, 1) == 0
    pack = Pack(tmp_path / "pack")
    once, often = faces_of_epoch(pack, 0), faces_of_epoch(pack, 0.5)
    assert [*once] == [*pack.indices("train")]
    # One of six of each kind: three times are half of what there was.
    rare = {pack.names.index(f"faces/{name}") for name in (bald, spectacled)}
    assert [np.count_nonzero(often == face) for face in once] == [3 if face in rare else 1 for face in once]
    assert [*faces_of_epoch(pack, 0.1)] == [*once]
    kinds = {pack.names[face]: [kind(pack.strokes(face)) for kind in KINDS] for face in once}
    assert kinds.pop(f"faces/{bald}") == [True, False, False]
    assert kinds.pop(f"faces/{spectacled}") == [False, True, False]
    assert not np.any([*kinds.values()])


def _hair(labels: np.ndarray) -> np.ndarray:
    return labels == 13


def _lenses(labels: np.ndarray) -> np.ndarray:
    y, x = np.mgrid[: labels.shape[0], : labels.shape[1]]
    return (np.abs(np.abs(x - 64) - 14) < 10) & (np.abs(y - 62) < 8)
