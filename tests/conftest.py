"""What several test folders share: a small model and drawings made on the spot."""

import os
import signal

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch starts, as the programs do

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from face_drawing import PALETTES, draw_face

from dfp.cli.main import main
from dfp.model import weights, weights_header
from dfp.model.classes import FaceClass
from dfp.model.config import ModelConfig
from dfp.model.networks import MainGenerator, initialise
from dfp.model.trunk import Silent, Style

SMALL = ModelConfig(
    size=64, width=8, max_width=16, downsamplings=3, blocks=4, classifier_widths=(4, 8, 8), attention_width=4
)

# The same with all that is ours: colours, trust beside the attention, regions at half the side.
COLOURED = replace(SMALL, stride=2, codes=8, skips=True, details=(1, 0, 0), regions=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the tests are that abuse the server; see tests/server/test_server_abuse.py."""
    parser.addoption("--fuzz-cases", type=int, default=1000, help="malformed requests to send")
    parser.addoption("--kills", type=int, default=3, help="times to kill the server while it works")
    parser.addoption("--load-seconds", type=float, default=8, help="how long 64 clients ask")


@pytest.fixture(scope="session", autouse=True)
def cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Converted models are kept from test to test, but not among the developer's own."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session", autouse=True)
def ctrl_c_is_heard() -> None:
    """A shell that starts the tests in the background has them, and all that they start, ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session")
def small_config() -> ModelConfig:
    """A configuration that runs in milliseconds."""
    return SMALL


@pytest.fixture(scope="session")
def small_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights file of the real format with random numbers."""
    torch.manual_seed(0)
    generator = MainGenerator(SMALL)
    initialise(generator)
    path = tmp_path_factory.mktemp("weights") / "small.safetensors"
    weights.save(path, generator, SMALL)
    return path


@pytest.fixture(scope="session")
def coloured_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """As `small_weights`, of a network that knows colours and regions and has learnt to heed them."""
    torch.manual_seed(0)
    generator = MainGenerator(COLOURED)
    initialise(generator)
    for part in generator.modules():
        if isinstance(part, Silent):
            torch.nn.init.normal_(part.weight, std=0.1)
        if isinstance(part, Style):
            torch.nn.init.normal_(part.change.weight, std=0.3)
    assert generator.trunk.regions is not None
    last = generator.trunk.regions.fine[-1]
    assert isinstance(last, torch.nn.Conv2d)
    assert last.bias is not None
    torch.nn.init.normal_(last.weight, std=0.3)
    with torch.no_grad():
        last.bias[FaceClass.BACKGROUND] = 2  # so that some of a face's picture is
    path = tmp_path_factory.mktemp("weights") / "coloured.safetensors"
    weights.save(path, generator, COLOURED, {weights_header.PALETTES: weights_header.packed_palettes(PALETTES)})
    return path


@pytest.fixture
def run(coloured_weights: Path) -> Callable[..., int]:
    """A command of `dfp` with weights that know colours and regions, or others; gives the exit code."""

    def call(command: str, *arguments: object, weights: Path = coloured_weights) -> int:
        return main([command, *map(str, arguments), "--weights", str(weights), "--device", "cpu", "--runtime", "torch"])

    return call


@pytest.fixture
def face_sketch() -> np.ndarray:
    """A gray 256 x 256 drawing of a face."""
    return draw_face(256)
