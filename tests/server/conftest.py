"""A small network with random weights, and the real application around it."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import torch
from dfp_server import wire
from dfp_server.config import ServerConfig
from dfp_server.run import serving
from dfp_server.transport.listen import open_listener
from server_helpers import PATIENCE_S, Live, Serve, health_at

from dfp.model import weights as weights_file
from dfp.model.config import ModelConfig
from dfp.model.networks import MainGenerator, initialise

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


@pytest.fixture(autouse=True)
def private_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Servers of one test neither find nor hinder those of the developer or of another test."""
    for name in ("XDG_RUNTIME_DIR", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """serve(weights) starts the server at a port, a free one unless it is said, and waits until loading is over."""
    async with contextlib.AsyncExitStack() as started:

        async def start(weights: Path, at: int = 0, **fields: Any) -> Live:
            config = ServerConfig(port=at, device="cpu", weights=weights, **fields)
            listener = open_listener(config)
            app = await started.enter_async_context(serving(config, listener))
            host, port = listener.getsockname()[:2]
            live = Live(host, port, app, config.token)
            async with aiohttp.ClientSession() as session:
                deadline = time.monotonic() + PATIENCE_S
                while (await health_at(session, live)).state == wire.State.LOADING:
                    assert time.monotonic() < deadline, "waited in vain until the model was loaded"
                    await asyncio.sleep(0.02)
            return live

        yield start


@pytest.fixture
async def live(serve: Serve, weights: Path) -> Live:
    """The application, ready."""
    return await serve(weights)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """A client with keep-alive, as Krita is one."""
    async with aiohttp.ClientSession() as made:
        yield made
