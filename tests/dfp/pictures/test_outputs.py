"""The rule of outputs: what `dfp generate` and `dfp batch` may write over, and what they keep."""

import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from face_drawing import draw_face
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from dfp.batch.manifest import NAME
from dfp.cli.main import main
from dfp.pictures.marks import mark_of
from dfp.pictures.outputs import Kept, Outputs

Run = Callable[..., int]
DRAWING = draw_face(256)
KINDS = ".png", ".jpg", ".webp", ".tif"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with own.png and m.png in it, where the program is started."""
    monkeypatch.chdir(tmp_path)
    for name in ("own.png", "m.png", "anna.png"):
        Image.fromarray(DRAWING).save(name)
    return tmp_path


@pytest.fixture
def run(small_weights: Path) -> Run:
    """`dfp generate`; gives the exit code."""

    def call(*arguments: object) -> int:
        return main(["generate", *map(str, arguments), "--weights", str(small_weights), "--device", "cpu"])

    return call


@pytest.fixture
def umask() -> Iterator[None]:
    before = os.umask(0o027)
    yield
    os.umask(before)


def content(folder: Path) -> dict[str, str]:
    """Every file of a folder with what is in it."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    }


def paint(path: Path) -> None:
    """Put a red dot on a picture, as a painter would; whatever text the file carries stays."""
    with Image.open(path) as made:
        exif, text = made.getexif(), PngInfo()
        for key, value in made.info.items():
            if isinstance(key, str) and isinstance(value, str):
                text.add_text(key, value)
        picture = made.convert("RGB")
    picture.paste((255, 0, 0), (3, 3, 40, 40))
    if path.suffix == ".png":
        picture.save(path, pnginfo=text)
    else:
        picture.save(path, exif=exif)


@pytest.mark.parametrize("more", [(), ("--overwrite",)])
@pytest.mark.parametrize(
    "arguments",
    [
        ("own.png", "-o", "own.png"),
        ("own.png", "-o", "./x/../own.png"),
        ("own.png", "-o", "link.png"),
        ("own.png", "-o", "hard.png"),
        ("own.png", "--attention", "own.png"),
        ("own.png", "-o", "m.png", "--trust-mask", "m.png"),
        ("own.png", "-o", "z.png", "--attention", "m.png", "--trust-mask", "m.png"),
        ("own.png", "-o", "z.png", "--attention", "z.png"),
        ("own.png", "-o", "z.png", "--attention", "x/../z.png"),
        ("own.png", "-o", "new.png", "--attention", "to_new.png"),
        ("anna.png", "anna_face.png"),
    ],
)
def test_no_input_is_an_output_and_no_two_outputs_one_file(
    run: Run, here: Path, arguments: tuple, more: tuple, capsys: pytest.CaptureFixture[str]
) -> None:
    (here / "x").mkdir()
    (here / "link.png").symlink_to("own.png")
    os.link(here / "own.png", here / "hard.png")
    (here / "to_new.png").symlink_to("new.png")
    Image.fromarray(DRAWING[::-1]).save("anna_face.png")
    before = content(here)
    assert run(*arguments, *more) == 1
    assert content(here) == before
    said = capsys.readouterr().err
    assert "would be lost" in said or "would both become" in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("anna_face.png", ("anna.png",)),
        ("face.png", ()),
        ("z.png", ("anna.png", "-o", "z.png")),
        ("z.jpg", ("anna.png", "-o", "z.jpg")),
        ("z.png", ("anna.png", "-o", "new.png", "--attention", "z.png")),
        ("target.png", ("anna.png", "-o", "link.png")),
    ],
)
def test_what_dfp_did_not_make_is_kept(
    run: Run, here: Path, name: str, arguments: tuple, capsys: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(DRAWING[::-1]).save(name)
    (here / "link.png").symlink_to("target.png")
    before = content(here)
    assert run(*arguments) == 1
    assert content(here) == before
    assert "move it or say --overwrite" in capsys.readouterr().err
    assert run(*arguments, "--overwrite") == 0
    assert content(here)[name] != before[name]


@pytest.mark.parametrize("ending", KINDS)
def test_a_face_is_made_again_until_somebody_paints_on_it(run: Run, here: Path, ending: str) -> None:
    face = here / f"z{ending}"
    for trust in (0, 1, -1):
        assert run("anna.png", "-o", face, "--trust", trust) == 0
        assert mark_of(face) is not None
    paint(face)
    painted = content(here)
    assert run("anna.png", "-o", face) == 1
    assert content(here) == painted
    assert run("anna.png", "-o", face, "--overwrite") == 0
    assert content(here) != painted


def test_without_arguments_face_png_is_made_again_and_again(run: Run, here: Path) -> None:
    assert [run(), run("--trust", "1"), run()] == [0, 0, 0]
    paint(here / "face.png")
    assert run() == 1


def test_the_face_of_another_sketch_is_kept(run: Run, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("x", "y"):
        (here / folder).mkdir()
        shutil.copy("anna.png", here / folder / "anna.png")
    assert run("x/anna.png") == 0
    first = content(here)
    assert run("y/anna.png") == 1
    assert content(here) == first
    assert "the face of another sketch" in capsys.readouterr().err
    Image.fromarray(DRAWING[:, ::-1]).save("x/anna.png")  # drawn on
    assert run("x/anna.png") == 0
    assert run("y/anna.png", "-o", "anna_face.png") == 0  # the painter has said the name herself
    assert run("x/anna.png") == 1
    assert run("x/anna.png", "--overwrite") == 0


def test_of_several_sketches_only_the_one_whose_face_was_painted_is_kept(run: Run, here: Path) -> None:
    assert run("own.png", "m.png", "anna.png", "-o", "faces") == 0
    paint(here / "faces" / "m_face.png")
    before = content(here / "faces")
    assert run("own.png", "m.png", "anna.png", "-o", "faces", "--trust", "1") == 3
    after = content(here / "faces")
    assert {name for name in before if before[name] != after[name]} == {"own_face.png", "anna_face.png"}


def test_the_same_command_with_a_star_takes_no_face_for_a_sketch(
    run: Run, here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in range(2):
        assert run(*sorted(here.glob("*.png"))) == 0
        made = {f"{name}_face.png" for name in ("anna", "m", "own")}
        assert set(content(here)) == {"anna.png", "m.png", "own.png"} | made
    assert "Passed over: 3 are faces that dfp made" in capsys.readouterr().out
    assert run(*sorted(here.glob("*_face.png"))) == 1
    assert run("anna_face.png") == 4  # one alone is meant, and a picture of a face is hardly a drawing of one
    assert (here / "anna_face_face.png").exists()


def test_batch_and_generate_know_each_others_faces(
    run: Run, here: Path, small_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("own.png", "m.png"):
        (here / name).unlink()
    batch = ["batch", str(here), str(here), "--weights", str(small_weights), "--device", "cpu"]
    assert run("anna.png") == 0
    assert run("anna.png", "-o", "portrait.jpg") == 0
    for _ in range(2):
        assert main(batch) == 0
        assert set(content(here)) == {"anna.png", "anna_face.png", "portrait.jpg", NAME}
    assert "a face that dfp made (portrait.jpg)" in capsys.readouterr().out
    assert run("anna.png", "--trust", "1") == 0


def test_batch_never_takes_a_sketch_for_an_output(here: Path, small_weights: Path) -> None:
    for name in ("own.png", "m.png"):
        (here / name).unlink()
    Image.fromarray(DRAWING[::-1]).save("anna_face.png")  # a sketch of that name
    sketch = content(here)["anna_face.png"]
    batch = ["batch", str(here), str(here), "--weights", str(small_weights), "--device", "cpu", "--overwrite"]
    assert main(batch) == 3
    assert content(here)["anna_face.png"] == sketch
    assert (here / "anna_face_face.png").exists()


def test_batch_never_writes_two_faces_into_one_file(here: Path, small_weights: Path) -> None:
    out = here / "out"
    out.mkdir()
    for name in ("own", "m", "anna"):
        (out / f"{name}_face.png").symlink_to(here / "all.png")
    batch = ["batch", str(here), str(out), "--weights", str(small_weights), "--device", "cpu", "--overwrite"]
    assert main(batch) == 3
    assert sum((out / NAME).read_bytes().count(f"{name}_face.png".encode()) for name in ("own", "m", "anna")) == 1


def test_what_changes_while_a_face_is_made_is_kept(here: Path) -> None:
    outputs = Outputs([])
    place = outputs.claim(here / "late.png")
    (here / "late.png").write_bytes(b"painted meanwhile")
    with pytest.raises(Kept, match="changed while its face was made"):
        outputs.write({place: b"face"})
    assert (here / "late.png").read_bytes() == b"painted meanwhile"
    assert not list(here.glob(".dfp-*"))


@pytest.mark.timeout(60)
def test_what_is_no_file_is_not_written(run: Run, here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo("pipe.png")
    (here / "folder.png").mkdir()
    assert run("anna.png", "-o", "pipe.png", "--overwrite") == 1
    assert "is no file" in capsys.readouterr().err
    assert stat.S_ISFIFO(os.stat("pipe.png").st_mode)
    assert run("anna.png", "--attention", "folder.png") == 1
    assert "is no file" in capsys.readouterr().err
    (here / "round.png").symlink_to("round.png")
    assert run("anna.png", "-o", "round.png") == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_links_are_written_through(run: Run, here: Path, small_weights: Path) -> None:
    (here / "far").mkdir()
    (here / "link.png").symlink_to("far/target.png")
    for _ in range(2):
        assert run("anna.png", "-o", "link.png") == 0
        assert (here / "link.png").is_symlink()
        assert mark_of(here / "far" / "target.png")
    out = here / "out"
    out.mkdir()
    (out / "anna_face.png").symlink_to(here / "far" / "anna.png")
    assert main(["batch", str(here), str(out), "--weights", str(small_weights), "--device", "cpu"]) == 0
    assert (out / "anna_face.png").is_symlink()
    assert mark_of(here / "far" / "anna.png")


@pytest.mark.usefixtures("umask")
def test_faces_have_the_permissions_that_umask_says(run: Run, here: Path, small_weights: Path) -> None:
    assert run("anna.png", "--attention", "heat.png") == 0
    assert main(["batch", str(here), "out", "--weights", str(small_weights), "--device", "cpu"]) == 0
    made = [here / "anna_face.png", here / "heat.png", *(here / "out").iterdir()]
    assert len(made) > 4
    assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o640}
    (here / "anna_face.png").chmod(0o600)
    assert run("anna.png") == 0
    assert stat.S_IMODE((here / "anna_face.png").stat().st_mode) == 0o600


def test_a_mark_is_of_the_pixels(run: Run, here: Path) -> None:
    assert run("anna.png") == 0
    mark = mark_of(here / "anna_face.png")
    pixels = np.asarray(Image.open("anna_face.png"))
    assert mark is not None
    assert mark.pixels == hashlib.sha256(pixels.tobytes()).hexdigest()
    os.truncate("anna_face.png", (here / "anna_face.png").stat().st_size - 100)
    assert mark_of(here / "anna_face.png") is None
