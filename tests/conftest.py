"""What several test folders share: a small model and drawings made on the spot."""

import os
import signal

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch starts, as the programs do

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from dfp import weights, weights_header
from dfp.config import ModelConfig
from dfp.networks import MainGenerator, initialise
from dfp.trunk import Silent, Style

SMALL = ModelConfig(
    size=64, width=8, max_width=16, downsamplings=3, blocks=4, classifier_widths=(4, 8, 8), attention_width=4
)

# The same with all that is ours: colours, trust beside the attention, regions at half the side.
COLOURED = replace(SMALL, stride=2, codes=8, skips=True, details=(1, 0, 0), regions=True)
# Six colours each: skin, hair, lips, eyes, background, clothes.
PALETTES = np.array(
    [
        [(210, 160, 130), (90, 60, 40), (190, 90, 90), (110, 90, 70), (150, 150, 150), (60, 70, 90)],
        [(90, 60, 45), (15, 12, 10), (110, 60, 60), (40, 30, 20), (230, 220, 210), (200, 40, 40)],
        [(240, 205, 190), (200, 160, 90), (220, 130, 130), (90, 120, 160), (40, 60, 40), (240, 240, 235)],
        [(165, 105, 79), (120, 30, 20), (150, 60, 70), (60, 100, 60), (100, 140, 190), (20, 20, 20)],
    ],
    np.uint8,
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the tests are that abuse the server; see tests/server/test_server_abuse.py."""
    parser.addoption("--fuzz-cases", type=int, default=1000, help="malformed requests to send")
    parser.addoption("--kills", type=int, default=3, help="times to kill the server while it works")
    parser.addoption("--load-seconds", type=float, default=8, help="how long 64 clients ask")


def draw_face(side: int, thickness: int = 2, ink: int = 0, paper: int = 255) -> np.ndarray:
    """A face of ellipses and lines that fills most of a side x side gray picture."""
    picture = np.full((side, side), paper, np.uint8)

    def ellipse(x: float, y: float, a: float, b: float, start: int = 0, end: int = 360) -> None:
        centre, axes = (round(x * side), round(y * side)), (round(a * side), round(b * side))
        cv2.ellipse(picture, centre, axes, 0, start, end, ink, thickness, cv2.LINE_AA)

    ellipse(0.5, 0.52, 0.27, 0.36)
    ellipse(0.5, 0.42, 0.36, 0.38, 170, 370)
    for x in (0.39, 0.61):
        ellipse(x, 0.48, 0.06, 0.025)
        ellipse(x, 0.43, 0.08, 0.03, 190, 350)
    ellipse(0.5, 0.6, 0.04, 0.02, 0, 180)
    ellipse(0.5, 0.72, 0.1, 0.03)
    return picture


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
    torch.nn.init.normal_(generator.trunk.regions.weight, std=0.3)
    path = tmp_path_factory.mktemp("weights") / "coloured.safetensors"
    weights.save(path, generator, COLOURED, {weights_header.PALETTES: weights_header.packed_palettes(PALETTES)})
    return path


@pytest.fixture
def face_sketch() -> np.ndarray:
    """A gray 256 x 256 drawing of a face."""
    return draw_face(256)
