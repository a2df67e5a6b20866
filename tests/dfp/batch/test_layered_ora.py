"""`dfp batch --layers` on OpenRaster files: faces above their sketches, and nothing else changed."""

import hashlib
import io
import json
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from layered_ora import FACES, SIZE, STACK, Run, counted, names
from ora_files import entries, picture_in, png, write_ora
from PIL import Image

from dfp import DfpError
from dfp.batch.drawing import Outcomes, Stop, Wanted
from dfp.batch.jobs import BACKUP
from dfp.batch.layered.kept import FOLDER
from dfp.batch.layered.kra import runner
from dfp.batch.layered.ora.stack import Stack
from dfp.batch.local import LocalDrawer
from dfp.batch.manifest import NAME
from dfp.batch.options import BatchOptions
from dfp.cli.main import main


def test_faces_above_their_sketches_and_all_else_as_it_was(
    run_layers: Run, figure, out: Path, small_weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    path = figure()
    before = entries(path)
    assert run_layers() == 3
    said = capsys.readouterr()
    assert "Faces: 2 made, 1 failed." in said.out
    assert f"{path}, sketch empty: This layer is empty" in said.err
    made = out / "anna_face.ora"
    after = entries(made)
    assert entries(path) == before
    new = {"mergedimage.png", "Thumbnails/thumbnail.png", "stack.xml", "data/face0.png", "data/face1.png"}
    assert set(after) == set(before) | new
    assert {name: after[name] for name in before if name not in new} == {n: before[n] for n in before if n not in new}
    assert next(iter(after)) == "mimetype"
    assert names(made) == FACES
    # Without the new lines the list is the old one, to the byte.
    text = b"".join(line for line in after["stack.xml"].splitlines(keepends=True) if b"&#183;" not in line)
    assert text == before["stack.xml"]
    check_places(made, path, small_weights, tmp_path)
    assert not (out / FOLDER).exists()


def check_places(made: Path, path: Path, weights: Path, folder: Path) -> None:
    """Each face is the one that `dfp generate` makes of its layer alone, where it lies."""
    layers = {layer.name: layer for layer in Stack.read(entries(made)["stack.xml"]).layers}
    merged = picture_in(made, "mergedimage.png")
    for name, left, top in (("sketch 1", 50, 50), ("sketch 2", 220, 70)):
        alone = Image.new("RGBA", SIZE)
        alone.paste(Image.fromarray(picture_in(path, "data/face.png")), (left, top))
        alone.save(folder / "alone.png")
        command = ["generate", folder / "alone.png", "-o", folder / "face.png", "--weights", weights, "--device", "cpu"]
        assert main([*map(str, command), "--runtime", "torch", "--overwrite"]) == 0
        face = layers[f"Face · {name}"]
        seen, expected = (
            picture_in(made, face.source or ""),
            np.asarray(Image.open(folder / "face.png").convert("RGBA")),
        )
        assert seen.shape == expected.shape
        assert np.abs(seen.astype(int) - expected.astype(int)).max() <= 1
        assert face.visible == layers[name].visible
        centre = face.left + seen.shape[1] // 2, face.top + seen.shape[0] // 2
        assert np.hypot(centre[0] - (left + 80), centre[1] - (top + 80)) < 30, (centre, left, top)
        if face.visible:  # seen through the glaze: half of it is blue, multiplied
            colour = seen[seen.shape[0] // 2, seen.shape[1] // 2].astype(int)
            through = (*(colour[:2] // 2), colour[2], 255)
            assert np.abs(merged[centre[1], centre[0]] - through).max() <= 2
    assert picture_in(made, "Thumbnails/thumbnail.png").shape == (192, 256, 4)


def test_only_what_changed_is_drawn_again(
    run_layers: Run, figure, source: Path, out: Path, monkeypatch: pytest.MonkeyPatch
):
    path = figure()
    assert run_layers() == 3
    made = out / "anna_face.ora"
    first, status = entries(made), made.stat()
    drawn = counted(monkeypatch)
    assert run_layers() == 3
    assert drawn == []
    assert made.stat() == status
    # Another picture for one of two layers; and the paper, which is no sketch.
    sketch = picture_in(path, "data/face.png").copy()
    sketch[100:103, 60:100, 3] = 255
    stack = STACK.replace('"sketch 2" src="data/face.png"', '"sketch 2" src="data/other.png"')
    old = entries(path)
    pictures = {name: old[f"data/{name}"] for name in ("face.png", "glaze.png", "empty.png")}
    write_ora(path, stack, {**pictures, "other.png": sketch, "paper.png": np.full((9, 9, 4), 9, np.uint8)}, SIZE)
    assert run_layers() == 3
    assert [name for name in drawn if "empty" not in name] == ["anna.ora, Figures/sketch 2"]
    assert names(made) == FACES
    faces = {layer.name: layer.source or "" for layer in Stack.read(entries(made)["stack.xml"]).layers}
    before = {layer.name: layer.source or "" for layer in Stack.read(first["stack.xml"]).layers}
    assert np.array_equal(
        picture_in(made, faces["Face · sketch 1"]),
        np.asarray(Image.open(io.BytesIO(first[before["Face · sketch 1"]])).convert("RGBA")),
    )
    drawn.clear()
    assert run_layers("--trust", "0.5") == 3
    assert len(drawn) == 3
    assert len((out / NAME).read_text().splitlines()) == 1


def test_in_place_with_a_backup_and_never_a_face_twice(
    run_layers: Run, figure, source: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    path = figure()
    original = path.read_bytes()
    path.chmod(0o640)
    backup = path.with_name(path.name + BACKUP)
    assert run_layers("--in-place") == 3
    assert names(path) == FACES
    assert backup.read_bytes() == original
    assert path.stat().st_mode & 0o777 == 0o640
    once = path.read_bytes()
    drawn = counted(monkeypatch)
    capsys.readouterr()
    assert run_layers("--in-place") == 3
    assert capsys.readouterr().out == "Faces: 2 up to date, 1 failed.\n"
    assert (path.read_bytes(), backup.read_bytes(), drawn) == (once, original, [])
    # The painter saves it, and her program writes every picture in its own way.
    saved_by_another_program(path)
    assert run_layers("--in-place") == 3
    assert [name for name in drawn if "empty" not in name] == []
    assert names(path) == FACES
    # She wants other faces: these come in the place of the old ones.
    saved_by_another_program(path)
    assert run_layers("--in-place", "--trust", "1") == 3
    assert names(path) == FACES
    # She has painted on one: it stays hers, and the new one comes beneath it, right above the sketch.
    faces = {layer.name: layer.source or "" for layer in Stack.read(entries(path)["stack.xml"]).layers}
    hers = picture_in(path, faces["Face · sketch 1"]).copy()
    hers[20:40, 20:40] = 255, 0, 0, 255
    saved_by_another_program(path, {faces["Face · sketch 1"]: png(hers)})
    for _ in range(2):
        assert run_layers("--in-place") == 3
        assert names(path) == [*FACES[:2], "Figures/Face · sketch 1", *FACES[2:]]
        first = Stack.read(entries(path)["stack.xml"]).layers[2]
        assert np.array_equal(picture_in(path, first.source or ""), hers)
    assert backup.read_bytes() == original
    assert {p.name for p in source.iterdir()} == {"anna.ora", backup.name, NAME}


def saved_by_another_program(path: Path, instead: "dict[str, bytes] | None" = None) -> None:
    """The same layers, every picture encoded anew and without what dfp has written beside its pixels."""
    old = entries(path)
    stack = Stack.read(old["stack.xml"])
    text = old["stack.xml"].decode()
    text = text[text.index("<stack") : text.rindex("</image>")]
    pictures = {}
    for source in {layer.source for layer in stack.layers if layer.source}:
        picture = np.asarray(Image.open(io.BytesIO((instead or {}).get(source, old[source]))).convert("RGBA"))
        pictures[source.removeprefix("data/")] = png(picture)
    write_ora(path, text, pictures, (stack.width, stack.height))


def test_groups_are_drawings_and_their_faces_are_no_lines(run_layers: Run, figure, out: Path):
    stack = """<stack>
    <stack name="sketch" x="20" y="20">
      <layer name="Face · head" src="data/paper.png"/>
      <layer name="head" src="data/face.png"/>
      <layer name="hidden" src="data/paper.png" visibility="hidden"/>
    </stack>
    <layer name="ink" src="data/face.png" x="20" y="20"/></stack>"""
    figure(stack=stack)
    assert run_layers(layers="sketch") == 0
    made = out / "anna_face.ora"
    assert names(made)[:2] == ["Face · sketch", "sketch"]
    of_group = picture_in(made, "data/face0.png")
    assert run_layers(layers="ink") == 0
    assert names(made) == ["sketch", "sketch/Face · head", "sketch/head", "sketch/hidden", "Face · ink", "ink"]
    assert np.abs(picture_in(made, "data/face0.png").astype(int) - of_group).max() <= 1


def test_files_that_have_no_such_layer_are_named(
    run_layers: Run, figure, source: Path, out: Path, capsys: pytest.CaptureFixture[str]
):
    figure()
    figure("bob.ora", stack="<stack><layer name='other' src='data/face.png'/></stack>")
    (source / "torn.ora").write_bytes(figure().read_bytes()[:500])
    Image.new("RGB", (64, 64)).save(source / "flat.png")
    assert run_layers() == 3
    said = capsys.readouterr()
    assert "Faces: 2 made, 2 failed." in said.out
    assert "Passed over: 1 has no layers that dfp reads (flat.png); 1 has no layer of that name (bob.ora)." in said.out
    assert "torn.ora: this file is torn" in said.err
    assert {p.name for p in out.iterdir()} == {"anna_face.ora", NAME}


def test_what_does_not_go_together(figure, source: Path, out: Path, capsys: pytest.CaptureFixture[str]):
    figure()
    for arguments, sentence in (
        ([source, out, "--in-place"], "say with --layers"),
        ([source, out, "--in-place", "--layers", "a"], "leave"),
        ([source, "--layers", "a"], "dfp batch IN OUT"),
        ([source, out, "--layers", "a", "--attention"], "--attention is for whole pictures"),
    ):
        assert main(["batch", *map(str, arguments)]) == 1
        said = capsys.readouterr().err
        assert sentence in said
        assert said.count("\n") == 1
    assert not out.exists()


def test_without_krita_its_files_get_one_sentence(
    run_layers: Run,
    figure,
    source: Path,
    out: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    figure()
    for name in ("a.kra", "b.kra"):
        shutil.copy(source / "anna.ora", source / name)
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setattr(runner, "ELSEWHERE", ())
    assert run_layers() == 3
    said = capsys.readouterr()
    assert "Faces: 2 made, 3 failed." in said.out
    assert said.err.count("kritarunner, which is not here: install Krita") == 1
    assert (out / "anna_face.ora").exists()


def test_a_painters_own_file_is_not_replaced_unasked(
    run_layers: Run, figure, out: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    figure()
    out.mkdir()
    made = out / "anna_face.ora"
    made.write_bytes(b"hers")
    assert run_layers() == 3
    assert "is there already" in capsys.readouterr().err
    assert made.read_bytes() == b"hers"
    assert run_layers("--overwrite") == 3
    assert names(made) == FACES
    hers = made.read_bytes() + b" and more"
    made.write_bytes(hers)
    assert run_layers() == 3  # of the same sketch: hers is as good as ours
    figure(scar=5)
    assert run_layers() == 3
    assert made.read_bytes() == hers
    assert run_layers("--overwrite") == 3
    assert names(made) == FACES


def test_a_file_that_she_saves_meanwhile_stays_hers(
    run_layers: Run, figure, source: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    path = figure()
    draw = LocalDrawer.draw

    def drawing(self: LocalDrawer, wanted: Iterator[Wanted], options: BatchOptions, stop: Stop) -> Outcomes:
        for sketch, outcome in draw(self, wanted, options, stop):
            figure(scar=7)
            yield sketch, outcome

    monkeypatch.setattr(LocalDrawer, "draw", drawing)
    assert run_layers("--in-place") == 3
    assert "it was saved while its faces were made: give the same command again." in capsys.readouterr().err
    assert len(names(path)) == len(FACES) - 2
    assert not path.with_name(path.name + BACKUP).exists()
    monkeypatch.setattr(LocalDrawer, "draw", draw)
    drawn = counted(monkeypatch)
    figure()
    assert run_layers("--in-place") == 3  # as before: her faces are there still
    assert [name for name in drawn if "empty" not in name] == []
    assert names(path) == FACES


def test_the_manifest_knows_each_layer(run_layers: Run, figure, out: Path):
    figure()
    run_layers()
    (line,) = [json.loads(line) for line in (out / NAME).read_text().splitlines()]
    assert line["output_sha256"] == hashlib.sha256((out / "anna_face.ora").read_bytes()).hexdigest()
    assert [layer["layer"] for layer in line["layers"]] == ["sketch empty", "Figures/sketch 2", "Figures/sketch 1"]
    assert line["options"]["layers"] == ["sketch*"]
    assert "empty" in line["layers"][0]["why"]


def test_options_reach_the_faces_of_layers(
    figure, source: Path, out: Path, coloured_weights: Path, capsys: pytest.CaptureFixture[str]
):
    figure()
    command = ["batch", source, out, "--layers", "sketch 1", "--cut-out", "--weights", coloured_weights]
    assert main([*map(str, command), "--device", "cpu", "--runtime", "torch"]) == 0
    face = picture_in(out / "anna_face.ora", "data/face0.png")
    assert face[..., 3].min() < face[..., 3].max()


def test_a_batch_without_layers_takes_the_flattened_picture(
    source: Path, out: Path, face_sketch: np.ndarray, small_weights: Path
):
    write_ora(source / "a.ora", "<stack/>", {}, SIZE)
    whole = entries(source / "a.ora")
    whole["mergedimage.png"] = png(np.dstack([face_sketch] * 3))
    with zipfile.ZipFile(source / "a.ora", "w") as archive:
        for name, data in whole.items():
            archive.writestr(name, data)
    command = ["batch", source, out, "--weights", small_weights, "--device", "cpu", "--runtime", "torch"]
    assert main([*map(str, command)]) == 0
    assert {p.name for p in out.iterdir()} == {"a_face.png", NAME}


def test_no_file_with_layers(source: Path, out: Path, run_layers: Run, capsys: pytest.CaptureFixture[str]):
    Image.new("RGB", (64, 64)).save(source / "flat.png")
    assert run_layers() == 1
    assert "There is no file with layers" in capsys.readouterr().err
    with pytest.raises(DfpError):
        BatchOptions(in_place=True).check()
