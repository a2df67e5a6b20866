"""`dfp batch`: what becomes of good, bad, known and foreign files."""

import errno
import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from batch_helpers import count_lines
from PIL import Image

import dfp.files
from dfp import DfpError, FaceGenerator
from dfp.batch.drawing import Bad, Outcomes, Stop, Wanted
from dfp.batch.listener import Done, Listener, State
from dfp.batch.local import TOGETHER, LocalDrawer
from dfp.batch.manifest import NAME
from dfp.batch.options import BatchOptions
from dfp.batch.run import Batch
from dfp.cli.main import main
from dfp.generator import Face
from dfp.model import weights as weights_file
from dfp.pictures.bounds import LARGEST_FILE
from dfp.sketch.prepare import Prepared

Run = Callable[..., int]


@pytest.fixture
def run(source: Path, out: Path, small_weights: Path) -> Run:
    """`dfp batch` with the small model, from `source` to `out` unless told otherwise; gives the exit code."""

    def call(*arguments: object, folders: tuple[Path, Path] | None = None, weights: Path = small_weights) -> int:
        given = [*(folders or (source, out)), *arguments, "--weights", weights, "--device", "cpu"]
        return main(["batch", *map(str, given)])

    return call


@pytest.fixture
def draw(face_sketch: np.ndarray) -> Callable[[Path], None]:
    """Put a sketch at a path; those of different names have different scars."""

    def put(path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        sketch = face_sketch.copy()
        places = [60 + x // 2 for x in hashlib.sha256(path.name.encode()).digest()]
        cv2.polylines(sketch, [np.array(places[:12]).reshape(6, 2)], False, 0, 2)
        Image.fromarray(sketch).save(path)

    return put


def lines(out: Path) -> list[dict]:
    return [json.loads(line) for line in (out / NAME).read_text().splitlines()]


def pixels(path: Path) -> np.ndarray:
    """A face at one size, for two whose frames differ."""
    return np.asarray(Image.open(path).resize((64, 64))).astype(int)


def names(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_kind_of_file_becomes_a_face_and_a_line(run: Run, draw, source: Path, out: Path, small_weights: Path):
    kinds = ["a.png", "b.jpg", "c.JPEG", "d.webp", "e.tif", "f.tiff"]
    for name in kinds:
        draw(source / name)
    (source / "notes.txt").write_text("no sketch")
    draw(source / ".hidden.png")
    assert run() == 0
    assert names(out) == {f"{Path(n).stem}_face.png" for n in kinds} | {NAME}
    for made, name in zip(sorted(lines(out), key=lambda m: m["input"]), kinds, strict=True):
        assert made["input"] == name
        assert made["input_sha256"] == sha256(source / name)
        assert made["output_sha256"] == sha256(out / made["output"])
        assert made["model"] == sha256(small_weights)[:16]
        assert made["options"] == {"attention": False}
        assert made["attention"] is None
        assert made["date"].endswith("+00:00")
        assert list(Image.open(out / made["output"]).size) == made["frame"][2:]


def test_faces_are_those_of_dfp_generate(run: Run, draw, source: Path, out: Path, tmp_path: Path, small_weights: Path):
    for name in range(6):
        draw(source / f"{name}.png")
    assert run("--attention") == 0
    faces = {name: pixels(out / f"{name}_face.png") for name in range(6)}
    for name in range(6):
        alone, heat = tmp_path / "alone.png", tmp_path / "heat.png"
        given = [source / f"{name}.png", "-o", alone, "--attention", heat, "--weights", small_weights]
        assert main(["generate", *map(str, given), "--device", "cpu"]) == 0
        off = {other: np.abs(pixels(alone) - face).mean() for other, face in faces.items()}
        assert off.pop(name) < 0.5 < min(off.values())
        assert np.abs(pixels(heat) - pixels(out / f"{name}_attention.png")).mean() < 0.5
    assert all(made["attention_sha256"] == sha256(out / made["attention"]) for made in lines(out))


def test_folders_below_are_kept_when_asked_for(run: Run, draw, source: Path, out: Path):
    for name in ("a.png", "x/a.png", "x/y/b.png", ".cache/c.png"):
        draw(source / name)
    assert run() == 0
    assert names(out) == {"a_face.png", NAME}
    assert run("-r") == 0
    assert names(out) == {"a_face.png", "x/a_face.png", "x/y/b_face.png", NAME}


def test_only_what_changed_is_made_again(run: Run, draw, source: Path, out: Path, capsys: pytest.CaptureFixture[str]):
    for name in "abcdef":
        draw(source / f"{name}.png")
    assert run() == 0
    before = {name: (out / name).stat().st_mtime_ns for name in names(out)}
    assert run() == 0
    assert "6 up to date." in capsys.readouterr().out
    Image.fromarray(np.asarray(Image.open(source / "b.png"))[:, ::-1]).save(source / "b.png")
    (out / "c_face.png").unlink()
    (out / "d_face.png").write_bytes((out / "d_face.png").read_bytes()[:-100])
    assert run() == 0
    changed = {name for name, when in before.items() if (out / name).stat().st_mtime_ns != when}
    assert changed - {NAME} == {"b_face.png", "c_face.png", "d_face.png"}
    assert len(lines(out)) == 6
    assert all(sha256(out / made["output"]) == made["output_sha256"] for made in lines(out))


def test_another_model_or_other_options_make_all_again(
    run: Run, draw, source: Path, out: Path, small_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    draw(source / "a.png")
    other = tmp_path / "other.safetensors"
    generator, config = weights_file.load(small_weights)
    weights_file.save(other, generator, config, {"steps": "1"})
    for arguments, weights in ((), small_weights), (("--attention",), small_weights), (("--attention",), other):
        assert run(*arguments, weights=weights) == 0
        assert "1 made." in capsys.readouterr().out
        assert lines(out)[0]["model"] == sha256(weights)[:16]
    assert len(lines(out)) == 1


def test_bad_files_get_one_sentence_each_and_the_rest_go_on(
    run: Run, draw, source: Path, out: Path, capsys: pytest.CaptureFixture[str]
):
    for name in ("a.png", "z.png"):
        draw(source / name)
    Image.new("L", (64, 64), 255).save(source / "empty.png")
    Image.new("L", (8, 8), 0).save(source / "tiny.png")
    Image.new("1", (9000, 20), 1).save(source / "wide.png")
    Image.new("1", (20000, 20000), 1).save(source / "bomb.png")
    (source / "torn.png").write_bytes((source / "a.png").read_bytes()[:300])
    (source / "text.jpg").write_text("no picture")
    (source / "nothing.webp").touch()
    (source / "gone.tif").symlink_to(source / "nowhere.tif")
    with (source / "sparse.tiff").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    assert run() == 3
    assert names(out) == {"a_face.png", "z_face.png", NAME}
    said = capsys.readouterr()
    assert "2 made, 9 failed." in said.out
    by_name = dict(line.removeprefix(f"dfp: {source}/").split(": ", 1) for line in said.err.splitlines())
    assert by_name.keys() == {
        *("empty.png", "tiny.png", "wide.png", "bomb.png", "torn.png", "text.jpg", "nothing.webp", "gone.tif"),
        "sparse.tiff",
    }
    assert "empty" in by_name["empty.png"]
    assert all("too large" in by_name[name] for name in ("wide.png", "bomb.png", "sparse.tiff"))
    assert run() == 3  # a bad file stays bad, the others stay as they are
    assert "2 up to date, 9 failed." in capsys.readouterr().out


def test_a_photograph_lying_on_its_side_is_stood_up(run: Run, draw, source: Path, out: Path, face_sketch: np.ndarray):
    upright = np.full((400, 256), 255, np.uint8)
    upright[20:276] = face_sketch
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(np.rot90(upright)).save(source / "lying.png", exif=exif)
    Image.fromarray(upright).save(source / "standing.png")
    assert run() == 0
    lying, standing = (np.asarray(Image.open(out / f"{name}_face.png")) for name in ("lying", "standing"))
    assert np.array_equal(lying, standing)


@pytest.mark.parametrize("inside", [".", "faces", "x/faces"])
def test_faces_among_the_sketches_are_no_sketches(run: Run, draw, source: Path, inside: str):
    out = source / inside
    for name in ("a.png", "x/b.png"):
        draw(source / name)
    made = {f"{inside}/{name}" for name in ("a_face.png", "a_attention.png", "x/b_face.png", "x/b_attention.png", NAME)}
    expected = {"a.png", "x/b.png"} | {Path(name).as_posix() for name in made}
    for _ in range(2):
        assert run("-r", "--attention", folders=(source, out)) == 0
        assert names(source) == expected
    (out / NAME).unlink()  # nor when nothing but the faces themselves can tell
    assert run("-r", "--attention", folders=(source, out)) == 0
    assert names(source) == expected


def test_sketches_inside_the_folder_of_faces(run: Run, draw, tmp_path: Path):
    source = tmp_path / "out" / "b"
    for name in ("a.png", "b/c.png"):
        draw(source / name)
    for _ in range(2):
        assert run("-r", folders=(source, tmp_path / "out")) == 0
        assert names(tmp_path / "out") == {NAME, "b/a.png", "b/b/c.png", "a_face.png", "b/c_face.png"}


def test_a_painters_own_picture_is_never_replaced_unasked(
    run: Run, draw, source: Path, out: Path, face_sketch: np.ndarray, capsys: pytest.CaptureFixture[str]
):
    draw(source / "a.png")
    draw(source / "b.png")
    draw(out / "a_face.png")  # never ours
    foreign = sha256(out / "a_face.png")
    assert run() == 3
    assert "--overwrite" in capsys.readouterr().err
    painted = Image.open(out / "b_face.png")
    painted.putpixel((3, 3), (255, 0, 0))
    painted.save(out / "b_face.png")
    touched = sha256(out / "b_face.png")
    run()
    assert "1 up to date, 1 failed" in capsys.readouterr().out
    Image.fromarray(face_sketch[:, ::-1]).save(source / "b.png")
    assert run() == 3
    assert (sha256(out / "a_face.png"), sha256(out / "b_face.png")) == (foreign, touched)
    assert run("--overwrite") == 0
    assert len({foreign, touched, sha256(out / "a_face.png"), sha256(out / "b_face.png")}) == 4


@pytest.mark.parametrize("cut", [1, 40, 400])
def test_a_torn_manifest_loses_nothing(run: Run, draw, source: Path, out: Path, cut: int):
    for name in "abcd":
        draw(source / f"{name}.png")
    assert run() == 0
    whole = names(out)
    manifest = out / NAME
    manifest.write_bytes(b"\x00\xff{\n[]\n{}\n" + manifest.read_bytes()[:-cut])
    assert run() == 0
    assert names(out) == whole
    assert sorted(made["input"] for made in lines(out)) == ["a.png", "b.png", "c.png", "d.png"]


def test_a_full_disk_gets_one_sentence_and_the_next_run_goes_on(
    run: Run, draw, source: Path, out: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    for name in range(12):
        draw(source / f"{name}.png")
    real, written = os.write, []

    def write(handle: int, data: bytes) -> int:
        written.append(real(handle, data[:100]))
        if len(written) > 5:
            raise OSError(errno.ENOSPC, "No space left on device")
        return written[-1] + real(handle, data[100:])

    with monkeypatch.context() as patch:
        patch.setattr("dfp.batch.manifest.os.write", write)
        assert run() == 1
    said = capsys.readouterr().err
    assert "The disk is full" in said
    assert said.count("\n") == 1
    assert len([name for name in names(out) if name.endswith("_face.png")]) == 5
    assert not [name for name in names(out) if name.startswith(dfp.files.PART)]
    assert run() == 0
    assert "7 made, 5 up to date" in capsys.readouterr().out
    assert len(lines(out)) == 12


class Cramped(FaceGenerator):
    """A generator whose device holds three faces at once."""

    sizes: list[int]

    def draw(self, prepared: Sequence[Prepared]) -> list[Face]:
        self.sizes.append(len(prepared))
        if len(prepared) > self.room:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return super().draw(prepared)

    room = 3


def test_batches_shrink_when_memory_runs_out(draw, source: Path, out: Path, small_weights: Path):
    for name in range(11):
        draw(source / f"{name}.png")
    generator = Cramped.load(small_weights, "cpu")
    assert isinstance(generator, Cramped)
    generator.sizes = []
    assert Batch(LocalDrawer(generator), source, out).run().made == 11
    assert generator.sizes == [4, 2, 2, 2, 2, 2, 1]
    assert len(lines(out)) == 11
    generator.room = 0
    with pytest.raises(DfpError, match="not enough memory for even one"):
        Batch(LocalDrawer(generator), source, out, BatchOptions(attention=True)).run()


@dataclass(frozen=True)
class Backwards(LocalDrawer):
    """A drawer that gives what it has drawn in another order, and refuses one sketch."""

    def draw(self, wanted: Iterator[Wanted], options: BatchOptions, stop: Stop) -> Outcomes:
        drawn = list(super().draw(wanted, options, stop))
        yield from [(w, Bad(w.job, "not this one.") if w.job.name == "3.png" else made) for w, made in drawn[::-1]]


class Complaints(Listener):
    """Keeps what is said of sketches that could not be used."""

    def __init__(self) -> None:
        self.said: dict[str, str] = {}

    def became(self, done: Done) -> None:
        if done.state is State.FAILED:
            self.said[done.name] = done.sentence


def test_who_draws_may_give_faces_in_any_order(draw, source: Path, out: Path, small_weights: Path):
    for name in range(6):
        draw(source / f"{name}.png")
    complaints, drawer = Complaints(), Backwards(FaceGenerator.load(small_weights, "cpu"))
    tally = Batch(drawer, source, out, listener=complaints).run()
    assert (tally.made, tally.failed) == (5, 1)
    assert complaints.said == {"3.png": "not this one."}
    made = {line["input"]: line for line in lines(out)}
    assert sorted(made) == [f"{name}.png" for name in (0, 1, 2, 4, 5)]
    for name, line in made.items():
        assert (line["input_sha256"], line["output_sha256"]) == (sha256(source / name), sha256(out / line["output"]))
        assert line["output"] == name.replace(".png", "_face.png")


def test_a_stop_writes_what_is_drawn(draw, source: Path, out: Path, small_weights: Path):
    for name in range(30):
        draw(source / f"{name:02}.png")
    manifest = out / NAME
    drawer = LocalDrawer(FaceGenerator.load(small_weights, "cpu"))
    tally = Batch(drawer, source, out, stop=lambda: count_lines(manifest) > 4).run()
    assert tally.made % TOGETHER["cpu"] == 0
    assert 0 < tally.made < 30
    assert tally.left == 30 - tally.made
    assert len(lines(out)) == tally.made == len(names(out)) - 1


@pytest.mark.parametrize(
    ("prepare", "says"),
    [
        (lambda source, out: source.rmdir(), "no folder"),
        (lambda source, out: (source.rmdir(), source.touch()), "dfp generate"),
        (lambda source, out: None, "no sketch in"),
        (lambda source, out: out.touch(), "cannot be made"),
        (lambda source, out: (out / NAME).mkdir(parents=True), NAME),
        (lambda source, out: (out.mkdir(), os.mkfifo(out / NAME)), "It is no file"),
    ],
)
def test_what_cannot_begin_gets_one_sentence(
    run: Run, source: Path, out: Path, prepare: Callable, says: str, capsys: pytest.CaptureFixture[str]
):
    prepare(source, out)
    there = out.exists()
    assert run() == 1
    assert out.exists() == (there or source.is_dir())
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


def test_the_bar_counts_only_faces_that_are_made(run: Run, draw, source: Path, monkeypatch: pytest.MonkeyPatch):
    for name in range(8):
        draw(source / f"{name}.png")
    run()
    for name in range(3):
        (source / f"{name}.png").unlink()
        draw(source / f"new{name}.png")

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    run()
    last = terminal.getvalue().rstrip().rsplit("\r", 1)[-1]
    assert "3/3" in last
    assert "/face" in last or "face/s" in last  # seconds a face on a busy machine
