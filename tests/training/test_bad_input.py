"""What a user can get wrong on the way from pictures to weights: one sentence each, and nothing is lost."""

import random
import signal
from pathlib import Path

import numpy as np
import pytest
import torch
from dfp_training.commands.main import main
from dfp_training.data.datasets import DataError, Pair, faces_of
from dfp_training.data.pack import Pack, build
from dfp_training.loop import checkpoint
from dfp_training.tasks.classify import ClassifierConfig, train_classifier
from PIL import Image
from training_data import write_data

from dfp.model.config import ModelConfig

CPU = torch.device("cpu")
SMALL = ["--size", "64", "--width", "8", "--max-width", "16", "--workers", "0", "--device", "cpu", "--batch", "2"]


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a pack, and the runs of a classifier (c) and of stage 1 (s1)."""
    folder = tmp_path_factory.mktemp("bad")
    assert build([write_data(folder / "faces")], folder / "pack", 64, 1) == 0
    assert main(command(folder, "classifier", "c")) == 0
    assert main(command(folder, "stage1", "s1", "--d-width", "4")) == 0
    return folder


def command(root: Path, name: str, run: str, *more: str) -> list[str]:
    return [name, "--pack", str(root / "pack"), "--run", str(root / run), "--steps", "2", *SMALL, *more]


def said(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> str:
    """The one sentence of a command that fails."""
    capsys.readouterr()
    assert main(arguments) == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("dfp-train: ")]
    assert len(lines) == 1
    return lines[0]


def picture(path: Path, pixels: np.ndarray) -> None:
    Image.fromarray(pixels).save(path)


def colourful(path: Path) -> None:
    picture(path, np.random.default_rng(0).integers(0, 255, (128, 128, 3), np.uint8))


BAD_LABELS = {
    "is not a square picture": lambda path: picture(path, np.zeros((128, 64), np.uint8)),
    "is 32 pixels wide; at least 64": lambda path: picture(path, np.zeros((32, 32), np.uint8)),
    "has class 19, the largest there is is 18": lambda path: picture(path, np.full((128, 128), 19, np.uint8)),
    "has class 255": lambda path: picture(path, np.full((128, 128), 255, np.uint8)),
    "has class 300": lambda path: picture(path, np.full((128, 128), 300, np.uint16)),
    "cannot be read": lambda path: path.write_bytes(path.read_bytes()[:100]),
    "cannot be read ": lambda path: path.write_bytes(b""),
    "is more noise than regions": lambda path: picture(
        path, np.random.default_rng(0).integers(0, 19, (200, 200), np.uint8).repeat(5, 0).repeat(5, 1)
    ),
    "has class": colourful,
}


@pytest.mark.parametrize("sentence", BAD_LABELS)
def test_a_bad_label_map_is_skipped_and_the_rest_is_packed(
    tmp_path: Path, sentence: str, capsys: pytest.CaptureFixture[str]
):
    data = write_data(tmp_path / "faces", 3)
    BAD_LABELS[sentence](data / "labels" / "00001.png")
    assert main(["data", str(data), "--size", "64", "--workers", "1", "--out", str(tmp_path / "pack")]) == 0
    out, err = capsys.readouterr()
    lines = [line for line in err.splitlines() if line.startswith("skipped faces/00001: ")]
    assert len(lines) == 1
    assert sentence.strip() in lines[0]
    assert "2 faces in" in out
    assert "1 skipped" in out
    assert Pack(tmp_path / "pack").names == ["faces/00000", "faces/00002"]


def test_a_label_map_of_another_size_than_its_photo_is_taken(tmp_path: Path):
    # Both show the whole frame; photos of 1024 beside label maps of 512 are CelebAMask-HQ's own.
    data = write_data(tmp_path / "faces", 1)
    photo = Image.open(data / "images" / "00000.png")
    photo.resize((333, 333)).save(data / "images" / "00000.png")
    assert build([data], tmp_path / "pack", 64, 1) == 0


@pytest.mark.parametrize("content", [b"", b"no picture", None])
def test_a_bad_photo_is_skipped(tmp_path: Path, content: bytes | None, capsys: pytest.CaptureFixture[str]):
    data = write_data(tmp_path / "faces", 2)
    photo = data / "images" / "00001.png"
    if content is None:
        Image.new("RGB", (128, 64)).save(photo)
    else:
        photo.write_bytes(content)
    assert build([data], tmp_path / "pack", 64, 1) == 1
    wanted = "128x64 and its label map is square; crop both alike" if content is None else "cannot be read"
    assert wanted in capsys.readouterr().err


def test_when_no_face_is_left_there_is_no_pack(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    data = write_data(tmp_path / "faces", 2)
    for file in (data / "images").iterdir():
        file.write_bytes(b"")
    line = said(capsys, ["data", str(data), "--size", "64", "--workers", "1", "--out", str(tmp_path / "pack")])
    assert "None of the faces could be used: faces/00000: The photo" in line
    assert [p.name for p in tmp_path.iterdir()] == ["faces"]


def test_two_folders_of_ones_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    data = write_data(tmp_path / "faces", 45)
    (data / "splits.json").unlink()
    (data / "labels" / "00044.png").unlink()
    (data / "images" / "00043.png").unlink()
    faces, halves = faces_of(Pair(data / "images", data / "labels"))
    assert [face.name for face in faces if face.split == "val"] == [f"images/{i:05}" for i in (0, 20, 40)]
    assert halves == ["images/00044: the photo has no label map.", "images/00043: the label map has no photo."]
    with pytest.raises(DataError, match="no pair of a photo and a label map"):
        faces_of(Pair(data / "images", tmp_path))
    out = ["--out", str(tmp_path / "pack")]
    assert "go together" in said(capsys, ["data", "--photos", str(data / "images"), *out])
    assert "Say where the faces are" in said(capsys, ["data", *out])
    both = ["--photos", str(data / "images"), "--labels", str(data / "labels"), "--size", "64", "--workers", "1"]
    assert main(["data", *both, *out]) == 0
    assert "43 faces in" in capsys.readouterr().out
    assert "is there already" in said(capsys, ["data", *both, *out])


def test_a_limit_on_the_size_is_kept_or_said_to_be_too_small(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    data = write_data(tmp_path / "faces", 12)
    for file in (data / "images").iterdir():
        colourful(file)  # noise: larger than any photo
    arguments = ["data", str(data), "--size", "128", "--workers", "1", "--out"]
    assert main([*arguments, str(tmp_path / "free")]) == 0
    free = sum(file.stat().st_size for file in (tmp_path / "free").iterdir()) / 2**20
    capsys.readouterr()
    assert main([*arguments, str(tmp_path / "limited"), "--limit-mb", str(0.8 * free)]) == 0
    assert sum(file.stat().st_size for file in (tmp_path / "limited").iterdir()) <= 0.8 * free * 2**20
    assert "do not fit into 0.02 MiB" in said(capsys, [*arguments, str(tmp_path / "none"), "--limit-mb", "0.02"])
    assert not (tmp_path / "none").exists()


def test_torn_checkpoints(root: Path, tmp_path: Path):
    whole = (root / "s1" / "checkpoint.pt").read_bytes()
    rng, torn = random.Random(1), tmp_path / "checkpoint.pt"

    def flipped() -> bytes:
        """Bits turned in what the unpickler reads, which lies in front."""
        data = bytearray(whole)
        for _ in range(1000):
            data[rng.randrange(20_000)] ^= 1 << rng.randrange(8)
        return bytes(data)

    cut = [whole[: rng.randrange(len(whole))] for _ in range(8)]
    for content in (b"", *cut, whole[:-1], *(flipped() for _ in range(8)), rng.randbytes(999)):
        torn.write_bytes(content)
        with pytest.raises(checkpoint.CheckpointError, match=r"checkpoint.pt is torn or no checkpoint\."):
            checkpoint.read(torn)


def test_checkpoints_of_another_kind_and_runs_are_kept(root: Path, capsys: pytest.CaptureFixture[str]):
    before = {run: (root / run / "checkpoint.pt").read_bytes() for run in ("c", "s1")}
    stage2 = command(root, "stage2", "s2", "--d-width", "4")
    none = "is a checkpoint of classifier, not of stage1 or stage2 or stage3 or finetune."
    assert "is a checkpoint of classifier, not of stage1 or stage2 or stage3." in said(
        capsys, [*stage2, "--before", str(root / "c"), "--classifier", str(root / "c")]
    )
    assert "is a checkpoint of stage1, not of classifier." in said(
        capsys, [*stage2, "--before", str(root / "s1"), "--classifier", str(root / "s1")]
    )
    assert none in said(capsys, ["export", str(root / "c"), "--out", str(root / "c.safetensors")])
    assert "is a checkpoint of classifier, not of stage1." in said(
        capsys, command(root, "stage1", "c", "--d-width", "4")
    )
    assert "is a checkpoint of stage1, not of classifier." in said(capsys, command(root, "classifier", "s1"))
    assert "other settings of lr" in said(capsys, command(root, "classifier", "c", "--lr", "1"))
    assert {run: (root / run / "checkpoint.pt").read_bytes() for run in before} == before
    assert not (root / "s2").exists()
    assert not (root / "c.safetensors").exists()


def test_a_pack_that_does_not_serve(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    run = str(tmp_path / "run")
    larger = ["stage1", "--pack", str(root / "pack"), "--run", run, *SMALL, "--size", "128"]
    assert "The pack's pictures are 64 px wide" in said(capsys, larger)
    assert "no multiple of 4" in said(capsys, [*command(root, "stage1", "r"), "--width", "10"])
    for split, name in (("val", "stage1"), ("train", "classifier")):
        data = write_data(tmp_path / split, 2)
        (data / "splits.json").write_text(f'{{"{split}": ["00000", "00001"]}}')
        build([data], tmp_path / f"{split}_pack", 64, 1)
        line = said(capsys, [name, "--pack", str(tmp_path / f"{split}_pack"), "--run", run, *SMALL])
        assert ("no faces to train on" if split == "val" else "no val split") in line
    assert not Path(run).exists()


@pytest.mark.parametrize(
    "wrong", [("--steps", "0"), ("--batch", "-1"), ("--ema", "2"), ("--d", "nan"), ("--stride", "3"), ("--lr", "fast")]
)
def test_numbers_that_mean_nothing(root: Path, wrong: tuple[str, str], capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        main([*command(root, "stage1", "r"), *wrong])
    assert f"error: argument {wrong[0]}: " in capsys.readouterr().err
    assert not (root / "r").exists()


class Interrupting(Pack):
    """A pack during whose seventh photo somebody presses Ctrl-C."""

    photos = 0

    def photo(self, index: int) -> np.ndarray:
        self.photos += 1
        if self.photos == 7:
            signal.raise_signal(signal.SIGINT)
        return super().photo(index)


def test_a_broken_off_classifier_goes_on_to_the_same_bits(
    root: Path, tmp_path: Path, small_config: ModelConfig, capsys: pytest.CaptureFixture[str]
):
    config = ClassifierConfig(size=64, batch=2, steps=8, workers=0, model=small_config)
    pack, broken = Pack(root / "pack"), tmp_path / "broken"
    accuracy = train_classifier(config, pack, tmp_path / "whole", CPU)
    assert accuracy is not None
    assert train_classifier(config, Interrupting(root / "pack"), broken, CPU) is None
    half = checkpoint.read(broken / "checkpoint.pt")
    assert half["step"] == 4
    stage2 = command(root, "stage2", "s2", "--d-width", "4", "--before", str(root / "s1"), "--classifier", str(broken))
    assert "is not finished. Start it again" in said(capsys, stage2)
    assert train_classifier(config, pack, broken, CPU) == accuracy
    one, other = (checkpoint.read(run / "checkpoint.pt")["classifier"] for run in (tmp_path / "whole", broken))
    assert all(torch.equal(one[name], other[name]) for name in one)
    assert train_classifier(config, pack, broken, CPU) == accuracy  # nothing is left to do
