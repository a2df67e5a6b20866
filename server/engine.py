"""The model in a thread of its own: it is loaded there, and draws there one picture after the other."""

import asyncio
import logging
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING

from server import wire
from server.errors import LoadError, Refusal

if TYPE_CHECKING:
    from server.faces import Faces

log = logging.getLogger(__name__)


class Engine:
    """Loads the model in the background and answers requests with it."""

    def __init__(self, weights: Path | None, device: str):
        self._weights = weights
        self._device = device
        # One thread: pictures drawn side by side would only take the cores from each other.
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="model")
        self._faces: Faces | None = None
        self._failure = ""

    async def load(self) -> None:
        """Load the model; until this is done the state is loading, then ready or failed."""
        began = time.perf_counter()
        loop = asyncio.get_running_loop()
        try:
            self._faces = await loop.run_in_executor(self._thread, _open, self._weights, self._device)
        except LoadError as error:
            self._failure = str(error)
        except Exception:
            log.exception("loading the model failed")
            self._failure = "The server could not load its model. Start `dfp-server` in a terminal to see why."
        if self._faces is None:
            log.error("%s", self._failure)
        else:
            seconds = time.perf_counter() - began
            log.info("model %s ready on %s after %.1f s", self._faces.model, self._faces.device, seconds)

    def health(self) -> wire.Health:
        """How it stands with the model, at once."""
        state = wire.State.FAILED if self._failure else wire.State.LOADING
        model = device = ""
        if self._faces is not None:
            state, model, device = wire.State.READY, self._faces.model, self._faces.device
        return wire.Health(state, model, device, _server_version(), self._failure)

    def require_ready(self) -> "Faces":
        """The loaded model; raises Refusal (503) while it is loading or when it failed."""
        if self._faces is not None:
            return self._faces
        if self._failure:
            raise Refusal(503, wire.Code.FAILED, self._failure)
        raise Refusal(503, wire.Code.LOADING, "The server is still loading its model. Try again in a moment.")

    async def answer(self, body: bytes | bytearray) -> bytes:
        """The packed answer to a packed GenerateRequest whose last byte came just now; raises Refusal.

        A caller that is cancelled while its request waits takes the request out of the queue.
        """
        faces = self.require_ready()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, faces.answer, body, time.perf_counter())

    def close(self) -> None:
        """End the thread, after what it is doing right now."""
        self._thread.shutdown(cancel_futures=True)


def _open(weights: Path | None, device: str) -> "Faces":
    # Imports torch: not before the server listens, and not in the thread that answers health.
    from server.faces import Faces

    return Faces.open(weights, device)


def _server_version() -> str:
    try:
        return version("deepfacepencil-krita")
    except PackageNotFoundError:
        return "not installed"
