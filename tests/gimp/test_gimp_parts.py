"""The parts of the plug-in that need no GIMP, as they are installed: with their own msgpack."""

import ast
import importlib
import json
import os
import re
import subprocess
import sys
import time
from inspect import isfunction, signature
from pathlib import Path
from typing import Any

import pytest
from dfp_server import wire
from gimp_harness import REPOSITORY

PLUGIN = REPOSITORY / "krita_plugin/dfp_gimp"
# Of Python and of GIMP's own; the plug-in has nothing else.
KNOWN = {*sys.stdlib_module_names, "__pypy__", "gi"}


def test_it_needs_nothing_but_what_is_in_its_folder(folder: Path) -> None:
    for file in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            names = [one.name for one in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in names:
                assert name.split(".")[0] in KNOWN or name.startswith("dfp_gimp."), f"{file.name} imports {name}"


def test_only_one_module_asks_for_gimp(folder: Path) -> None:
    for file in folder.rglob("*.py"):
        assert "gi.repository" not in file.read_text() or file.name == "gimp.py", file.name


def test_shared_code_is_the_same_for_both(folder: Path) -> None:
    shared = REPOSITORY / "krita_plugin/shared"
    for file in shared.rglob("*.py"):
        assert (folder / "shared" / file.relative_to(shared)).read_bytes() == file.read_bytes()


def test_a_request_for_rgba_is_answered_in_rgba(part: Any) -> None:
    codec, messages = importlib.import_module("dfp_server.transport.codec"), part("shared.messages")
    asked = part("wire").GenerateRequest("a", 2, 1, "RGBA", b"", palette={"hair": (1, 2, 3)}, seed=2**32 - 1)
    read = codec.unpack_request(b"".join(messages.encode(asked, [bytes(range(8))])))
    assert (read.mode, read.pixels, read.palette) == ("RGBA", bytes(range(8)), {"hair": (1, 2, 3)})
    sent = wire.GenerateAnswer("a", -3, 4, 2, 1, "RGBA", bytes(range(8)), "sum", {"model": 1.5})
    assert messages.decode_answer(200, codec.pack(sent), "a", "RGBA").pixels == bytes(range(8))
    with pytest.raises(messages.NotOurs):
        messages.decode_answer(200, codec.pack(sent), "a")


def test_what_the_server_has_to_see(part: Any) -> None:
    needed, rect = part("shared.seen").needed, part("shared.geometry").Rect
    canvas = rect(0, 0, 1000, 800)
    assert needed(rect(300, 300, 200, 200), None, canvas) == (275, 275, 250, 250)
    assert needed(rect(5, 300, 200, 200), None, canvas) == canvas
    assert needed(rect(300, 300, 200, 200), rect(100, 100, 50, 30), canvas) == (99, 89, 52, 52)


@pytest.mark.parametrize("subject", ["dialog", "faces", "server"])
def test_the_translation_is_whole(part: Any, subject: str) -> None:
    english, german = vars(getattr(part("texts"), subject)), vars(getattr(part("texts.de"), subject))
    texts = {name: text for name, text in english.items() if not name.startswith("_")}
    assert {name for name in german if not name.startswith("_")} == texts.keys()
    for name, text in texts.items():
        assert type(german[name]) is type(text), name
        if isfunction(text):
            assert list(signature(german[name]).parameters) == list(signature(text).parameters), name
        elif isinstance(text, dict):
            assert german[name].keys() == text.keys(), name
        else:
            assert len(text) < 12 or german[name] != text, f"{name} is still English"


def test_no_text_stands_outside_texts() -> None:
    for file in PLUGIN.rglob("*.py"):
        tree = ast.parse(file.read_text())
        apart = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        shown = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in apart]
        found = [value for value in shown if isinstance(value, str) and re.match(r"[A-Z]\w+ \w", value)]
        assert "texts" in file.parts or not found, (file.name, found)


def keeper(folder: Path, process: int, *command: str) -> "subprocess.Popen[str]":
    """Start the program that holds a server."""
    words = [sys.executable, str(folder / "keeper.py"), str(process), *command]
    started = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert started.stdin is not None
    started.stdin.write(json.dumps({"PATH": os.environ["PATH"], "HEARD": "yes"}))
    started.stdin.close()
    started.stdin = None
    return started


def test_a_server_is_held_as_long_as_gimp_runs(folder: Path, tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as gimp:
        ended = tmp_path / "ended"
        server = "import sys; sys.stdin.read(); open(sys.argv[1], 'w').close()"
        with keeper(folder, gimp.pid, sys.executable, "-c", server, str(ended)) as held:
            time.sleep(1.5)
            assert held.poll() is None
            assert not ended.exists()
            gimp.kill()
            gimp.wait()
            assert held.wait(20) == 0
            assert ended.exists()


def test_what_a_server_said_last_is_told(folder: Path) -> None:
    with keeper(folder, 1, "sh", "-c", "echo first >&2; echo no such weights $HEARD >&2; exit 3") as held:
        said, _ = held.communicate(timeout=20)
    assert held.returncode == 3
    assert said.splitlines()[-1] == "no such weights yes"
