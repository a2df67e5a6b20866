"""A small network with random weights, and the real application around it."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import aiohttp
import pytest
import torch
from aiohttp.test_utils import TestServer
from server_helpers import PATIENCE_S, Serve, health_at

from dfp import weights as weights_file
from dfp.config import ModelConfig
from dfp.networks import MainGenerator, initialise
from server import wire
from server.app import init_app
from server.config import ServerConfig

SMALL = ModelConfig(
    size=64, width=8, max_width=16, downsamplings=2, blocks=1, classifier_widths=(4, 4, 8), attention_width=4
)


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A weights file of a network that draws in a few milliseconds, and nothing sensible."""
    torch.manual_seed(7)
    generator = MainGenerator(SMALL)
    initialise(generator)
    path = tmp_path_factory.mktemp("weights") / "small.safetensors"
    weights_file.save(path, generator, SMALL)
    return path


@pytest.fixture
def serve(aiohttp_server: Callable[..., Awaitable[TestServer]]) -> Serve:
    """serve(weights) starts the application at a free port and waits until loading is over."""

    async def start(weights: Path) -> TestServer:
        config = ServerConfig(device="cpu", weights=weights)
        started = await aiohttp_server(init_app(config))
        async with aiohttp.ClientSession() as session:
            deadline = time.monotonic() + PATIENCE_S
            while (await health_at(session, started)).state == wire.State.LOADING:
                assert time.monotonic() < deadline, "waited in vain until the model was loaded"
                await asyncio.sleep(0.02)
        return started

    return start


@pytest.fixture
async def live(serve: Serve, weights: Path) -> TestServer:
    """The application, ready."""
    return await serve(weights)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A client with keep-alive, as Krita is one."""
    async with aiohttp.ClientSession() as made:
        yield made
