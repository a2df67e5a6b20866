"""A disk that is really full: one sentence, what was there stays, and nothing half-written is left."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from dfp_training.commands.main import main
from dfp_training.data.pack import Pack, build
from dfp_training.loop.model import Start
from dfp_training.tasks.dual import StageConfig
from dfp_training.tasks.stages import train_stage
from training_data import write_data, write_whole_face

from dfp.model import weights
from dfp.model.config import ModelConfig


class Disk:
    """A file system of its own, in memory."""

    def __init__(self, root: Path):
        self.root = root

    def leave(self, kib: int) -> None:
        """Fill it up until `kib` KiB are free."""
        with open(self.root / "filling", "ab") as file:
            file.write(bytes(max(shutil.disk_usage(self.root).free - 1024 * kib, 0)))

    def files(self) -> dict[str, bytes]:
        """Everything on it by name."""
        return {
            str(p.relative_to(self.root)): p.read_bytes()
            for p in self.root.rglob("*")
            if p.is_file() and p.name != "filling"
        }


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    """A disk of 6 MiB; skips where none can be mounted."""
    root = tmp_path / "disk"
    root.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", root], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("a small disk to fill can be mounted by root on Linux only")
    yield Disk(root)
    subprocess.run(["umount", root], check=True)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of 6 faces beside its pack."""
    folder = write_data(tmp_path_factory.mktemp("full") / "faces")
    assert build([folder], folder.parent / "pack", 64, 1) == 0
    return folder


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The sentence of a command that fails."""
    capsys.readouterr()
    assert main([str(a) for a in arguments]) == 1
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("dfp-train: ")]
    assert len(said) == 1
    return said[0]


@pytest.mark.parametrize("kib", [0, 4])
def test_a_pack(disk: Disk, data: Path, kib: int, capsys: pytest.CaptureFixture[str]):
    disk.leave(kib)
    said = refused(capsys, "data", data, "--size", 64, "--workers", 1, "--out", disk.root / "pack")
    assert said.startswith(f"dfp-train: The disk is full, {disk.root / 'pack'} could not be written")
    assert [p.name for p in disk.root.iterdir()] == ["filling"]


def test_a_sketch_and_a_picture_of_styles(disk: Disk, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    face = write_whole_face(tmp_path / "faces")
    for name in ("svg", "styles"):
        (disk.root / f"{name}.png").write_bytes(b"the old one")
    before = disk.files()
    disk.leave(0)
    for name in ("svg", "styles"):
        assert "The disk is full" in refused(capsys, name, face, "--out", disk.root / f"{name}.png")
    assert disk.files() == before


def test_a_runs_checkpoint_and_its_log(disk: Disk, data: Path, capsys: pytest.CaptureFixture[str]):
    run = ["stage1", "--pack", data.parent / "pack", "--run", disk.root / "run", "--steps", 25, "--batch", 2]
    small = ["--size", 64, "--width", 8, "--max-width", 16, "--d-width", 4, "--workers", 0, "--device", "cpu"]
    assert main([str(a) for a in (*run, *small, "--minutes", 1e-9)]) == 0
    before = (disk.root / "run" / "checkpoint.pt").read_bytes()
    for kib in (0, 100):
        disk.leave(kib)
        said = refused(capsys, *run, *small)
        assert "could not be written: " in said
        assert said.endswith(". Make room and start again.")
        assert (disk.root / "run" / "checkpoint.pt").read_bytes() == before
        assert not [name for name in disk.files() if name.endswith(".part")]
        (disk.root / "filling").unlink()
    assert main([str(a) for a in (*run, *small)]) == 0  # there is room again


def test_exported_weights(
    disk: Disk, data: Path, tmp_path: Path, small_config: ModelConfig, capsys: pytest.CaptureFixture[str]
):
    recipe = StageConfig(stage=3, size=64, batch=2, steps=1, d_width=4, workers=0, model=small_config)
    pack, first = Pack(data.parent / "pack"), StageConfig(**{**vars(recipe), "stage": 1})
    train_stage(first, pack, tmp_path / "s1")
    train_stage(recipe, pack, tmp_path / "s3", Start(tmp_path / "s1" / "checkpoint.pt"))
    out = disk.root / "mine.safetensors"
    assert main(["export", str(tmp_path / "s3"), "--out", str(out)]) == 0
    before = disk.files()
    for kib in (0, 20):
        disk.leave(kib)
        said = refused(capsys, "export", tmp_path / "s3", "--out", out, "--companion")
        assert "could not be written" in said
        assert disk.files() == before
        (disk.root / "filling").unlink()
    size = out.stat().st_size
    out.unlink()
    disk.leave(size // 1024 + 8)  # the weights fit, their companion does not
    assert "mine.training.safetensors could not be written" in refused(
        capsys, "export", tmp_path / "s3", "--out", out, "--companion"
    )
    assert disk.files().keys() == before.keys()
    assert weights.load(out)[1] == small_config
