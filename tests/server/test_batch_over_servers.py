"""`dfp batch --server`: the very files that the same command makes on this computer, each of them once."""

import asyncio
import hashlib
import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from server_helpers import PATIENCE_S, Program, Serve, face_lines, in_mode, running, where

from dfp import FaceGenerator
from dfp.batch.drawing import Drawer
from dfp.batch.folder_run import Tally
from dfp.batch.local import LocalDrawer
from dfp.batch.options import BatchOptions, FaceOptions
from dfp.batch.run import Batch
from dfp.batch.servers.drawer import ServersDrawer
from dfp.batch.servers.fleet import Fleet, Servers
from dfp.cli.main import main
from dfp.sketch.palette import Palette

ONE_RUNTIME = "--device", "cpu", "--runtime", "torch"


@dataclass(frozen=True)
class Own:
    """A server in a process of its own, its address and the file with its token."""

    process: Program
    address: str
    token: Path


@contextmanager
def own_server(folder: Path, weights: Path, port: int = 0) -> Iterator[Own]:
    """A server beside others, which does not find them."""
    runtime_dir = str(folder)
    given = "--port", port, *ONE_RUNTIME, "--weights", weights
    with running(*given, XDG_RUNTIME_DIR=runtime_dir, XDG_STATE_HOME=runtime_dir) as process:
        address = where(process)
        yield Own(process, address, token_of(folder))


def token_of(folder: Path) -> Path:
    """A file with the token of the server whose runtime folder this is."""
    said = json.loads((folder / "deepfacepencil" / "server.json").read_text())
    token = folder / "token"
    token.unlink(missing_ok=True)
    token.touch(0o600)
    token.write_text(said["token"])
    return token


def draw_sketches(folder: Path, count: int, side: int = 96) -> None:
    """Fill a folder with sketches, no two alike."""
    folder.mkdir()
    for number in range(count):
        sketch = in_mode(face_lines(side, side), "L").copy()
        sketch[number % side, : number + 1] = 0
        Image.fromarray(sketch).save(folder / f"{number:03}.png")


def over(source: Path, out: Path, *servers: Own) -> list[str]:
    """The arguments of `dfp batch` over these servers."""
    said = [text for own in servers for text in ("--server", own.address, "--token-file", str(own.token))]
    return ["batch", str(source), str(out), *said]


def start(arguments: list[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "dfp", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def lines_of(out: Path) -> list[dict]:
    """What a manifest says."""
    return [json.loads(line) for line in (out / "manifest.jsonl").read_text().splitlines()]


def wait_for_lines(program: "subprocess.Popen[str]", out: Path, count: int) -> None:
    deadline, manifest = time.monotonic() + 2 * PATIENCE_S, out / "manifest.jsonl"
    while not manifest.exists() or manifest.read_bytes().count(b"\n") < count:
        assert program.poll() is None, program.communicate()
        assert time.monotonic() < deadline, f"waited in vain for {count} faces"
        time.sleep(0.01)


def each_once(out: Path, count: int) -> None:
    """Every face is there, as its only line says."""
    made = lines_of(out)
    assert sorted(line["output"] for line in made) == [f"{number:03}_face.png" for number in range(count)]
    assert {path.name for path in out.iterdir()} == {line["output"] for line in made} | {"manifest.jsonl"}
    for line in made:
        assert hashlib.sha256((out / line["output"]).read_bytes()).hexdigest() == line["output_sha256"]


def files_of(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.suffix == ".png"}


def end_of(program: "subprocess.Popen[str]", *expected: str) -> tuple[int, str, list[str]]:
    """Exit code, what was said, and what was complained of but doubts, none of which may be unexpected."""
    said, complaint = program.communicate(timeout=2 * PATIENCE_S)
    lines = [line for line in complaint.splitlines() if "does not look like one face" not in line]
    strange = [line for line in lines if not any(part in line for part in (*expected, "waiting for it."))]
    assert not strange
    return program.returncode, said, lines


def test_ctrl_c_and_then_one_of_two_servers_is_killed_and_every_face_is_made_once(
    tmp_path: Path, weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out, here, count = tmp_path / "in", tmp_path / "out", tmp_path / "here", 80
    draw_sketches(source, count)
    with own_server(tmp_path / "a", weights) as one, own_server(tmp_path / "b", weights) as other:
        program = start(over(source, out, one, other))
        wait_for_lines(program, out, 10)
        other.process.send_signal(signal.SIGSTOP)  # it hangs: nobody waits for what it has
        program.send_signal(signal.SIGINT)
        code, said, _ = end_of(program)
        other.process.send_signal(signal.SIGCONT)
        made = len(lines_of(out))
        assert code == 130
        assert f"Stopped. Faces: {made} made, {count - made} left: the same command goes on from here." in said
        assert len(files_of(out)) == made
        program = start(over(source, out, one, other))
        wait_for_lines(program, out, max(made + 1, count // 2))
        other.process.kill()
        code, _, complaint = end_of(program, f"{other.address} cannot be ")
        assert code in (0, 4)
        assert complaint
        each_once(out, count)
        local = ["batch", str(source), str(here), "--weights", str(weights), *ONE_RUNTIME]
        assert main(local) in (0, 4)
        assert files_of(here) == files_of(out)
        # Begun in one way, ended in the other.
        for folder, command in ((here, over(source, here, one)), (out, [*local[:2], str(out), *local[3:]])):
            (folder / "007_face.png").unlink()
            capsys.readouterr()
            assert main(command) in (0, 4)
            assert f"Faces: 1 made, {count - 1} up to date." in capsys.readouterr().out
        assert files_of(here) == files_of(out)


def test_what_would_be_said_to_the_servers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folders = ["batch", str(tmp_path), str(tmp_path / "out")]
    server = ["--server", "http://127.0.0.1:1"]
    for more, says in (
        ([*server, "--weights", "a", "--device", "cpu"], "--device and --weights would be said to the servers"),
        (["--token-file", "a"], "give --server, too"),
        (["--server", "there"], "is no address of a server"),
        ([*server, "--token-file", str(tmp_path / "none")], "cannot be read: No such file"),
    ):
        assert main([*folders, *more]) == 1
        said = capsys.readouterr().err
        assert says in said
        assert said.count("\n") == 1


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Sketches of several kinds, among them a sheet and files that no server reads, and colours for two of them."""
    source, colours = tmp_path / "in", tmp_path / "colours"
    source.mkdir()
    colours.mkdir()
    head = in_mode(face_lines(256, 256), "L")
    sheet = Image.fromarray(np.hstack([head, head[:, ::-1]]))
    sheet.save(source / "sheet.png")
    Image.fromarray(face_lines(220, 180)).save(source / "layer.webp", lossless=True)
    Image.fromarray(in_mode(face_lines(300, 200), "RGB")).save(source / "photo.jpg")
    Image.fromarray(face_lines(120, 120)).save(source / "old.tif")
    Image.fromarray(face_lines(90, 120)).convert("LA").save(source / "gray.png")
    Image.fromarray(head.astype(np.uint16) * 257).save(source / "deep.png")
    first, second = Image.fromarray(head), Image.fromarray(head[::-1])
    first.save(source / "pages.gif", save_all=True, append_images=[second])
    Image.fromarray(np.full((64, 64), 255, np.uint8)).save(source / "empty.png")
    (source / "torn.png").write_bytes((source / "sheet.png").read_bytes()[:400])
    painted = np.zeros((700, 700, 4), np.uint8)
    painted[::2, 100:] = 20, 160, 30, 255
    Image.fromarray(painted).save(colours / "deep.png")
    Image.fromarray(painted[:, :, :]).resize((120, 120)).save(colours / "old.tif")
    return source, colours


async def test_byte_for_byte_as_without_servers(
    serve: Serve, coloured_weights: Path, folders: tuple[Path, Path], tmp_path: Path
) -> None:
    palette = Palette(skin=(165, 105, 79), hair=(0, 0, 0))
    face = FaceOptions(trust=-0.3, seed=5, palette=palette, cut_out=True)
    live = await serve(coloured_weights)
    token = tmp_path / "token"
    token.touch(0o600)
    token.write_text(live.token)
    source, colours = folders
    asked = BatchOptions(attention=True, face=face, colours=colours)

    def run(drawer: Drawer, out: Path) -> Tally:
        return Batch(drawer, source, out, asked).run()

    def over_server() -> Tally:
        with Fleet(Servers([live.make_url("")], [token]), lambda _: None) as fleet:
            return run(ServersDrawer(fleet), tmp_path / "there")

    there = await asyncio.to_thread(over_server)
    here = run(LocalDrawer(FaceGenerator.load(coloured_weights, "cpu")), tmp_path / "here")
    assert here == there
    assert (here.made, here.failed, here.paged) == (7, 2, 1)
    assert files_of(tmp_path / "there") == files_of(tmp_path / "here")
    assert len(files_of(tmp_path / "here")) == 14
    told = [{line["input"]: {**line, "date": ""} for line in lines_of(tmp_path / name)} for name in ("here", "there")]
    assert told[0] == told[1]
