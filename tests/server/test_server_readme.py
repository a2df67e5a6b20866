"""The examples of server/README.md, as they stand there, against a real server; and that its tables are whole."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from dfp_server import wire
from dfp_server.config import Limits
from dfp_server.inference.face_options import READERS
from PIL import Image
from server_helpers import body_of, face_lines, pixels_of, post, ready, request_of

README = (Path(__file__).resolve().parents[2] / "server" / "README.md").read_text(encoding="utf-8")
LAYER = face_lines(128, 128)
PROGRAMS = {"sh": ["bash", "-e", "-c"], "python": [sys.executable, "-c"], "js": ["node", "-e"]}


@pytest.fixture
def address(weights: Path) -> Iterator[str]:
    with ready("--weights", weights) as (_, found):
        yield found


@pytest.mark.skipif(sys.platform == "win32", reason="the examples look where Linux and macOS keep the file")
@pytest.mark.parametrize("language", list(PROGRAMS))
def test_the_example_draws_a_face(address: str, tmp_path: Path, language: str) -> None:
    needed = "curl" if language == "sh" else PROGRAMS[language][0]
    if shutil.which(needed) is None:
        pytest.skip(f"{needed} is not installed")
    (example,) = re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    Image.fromarray(LAYER).save(tmp_path / "sketch.png")
    done = subprocess.run(
        [*PROGRAMS[language], example], cwd=tmp_path, env={**os.environ}, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    request = request_of(LAYER, "RGBA", trust=0.5)
    status, message, _ = post(address, body_of(request))
    assert status == 200
    wanted = pixels_of(wire.GenerateAnswer.from_map(message))
    np.testing.assert_array_equal(np.asarray(Image.open(tmp_path / "face.png")), wanted[..., :3])


def test_every_field_option_code_and_limit_is_written_down() -> None:
    said = set(re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)))
    for message in (wire.GenerateRequest, wire.GenerateAnswer, wire.Health, wire.Discovery):
        assert {field.name for field in fields(message)} <= said
    assert {*READERS, *wire.PALETTE, *wire.LAYERS} <= said | set(re.findall(r"\w+", README))
    assert {value for name, value in vars(wire.Code).items() if name.isupper()} <= said
    assert {"--max-" + limit.name.replace("_", "-") for limit in fields(Limits)} <= said
