"""The model, from loading to the end, and the way of a request through it."""

import asyncio
import contextlib
import logging
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from dfp_server import wire
from dfp_server.config import Limits, ServerConfig
from dfp_server.errors import LoadError, Refusal
from dfp_server.inference.admission import BYTES_A_PIXEL, Admission, Held, busy, too_late
from dfp_server.inference.fair_thread import FairThread
from dfp_server.inference.scheduler import Scheduler
from dfp_server.inference.timings import Timings
from dfp_server.transport.addresses import address_of
from dfp_server.transport.codec import Pieces, unpack_request
from dfp_server.version import server_version

if TYPE_CHECKING:
    from dfp_server.inference.picture_files import FaceFile
    from dfp_server.inference.worker import Worker

log = logging.getLogger(__name__)

# Bytes that are read in less time than it takes to hand them to a thread and back.
SMALL_BODY = 2 * 1024 * 1024

# A graphics card draws several pictures in hardly more time than one; a processor gains little, and a live
# request would have to wait for all of them.
MICRO_BATCH = {"cpu": 2, "cuda": 8}

# While a picture file is read, Pillow has its pixels beside those of the request; while one is written, the answer's
# are there a second time, and the file may be as large.
READING, WRITING = 2, 3


@dataclass(frozen=True)
class Answer:
    """What a request is answered with; `ms` are its timings, milliseconds by step, `batch` whether it was one,
    `headers` what its head says beside the usual."""

    pieces: Pieces
    batch: bool
    ms: dict[str, float]
    content_type: str = wire.CONTENT_TYPE
    headers: dict[str, str] = field(default_factory=dict)


class Engine:
    """Loads the model in the background and answers requests with it."""

    def __init__(self, config: ServerConfig):
        self._config = config
        self._admission = Admission(config.limits)
        self._worker: Worker | None = None
        self._scheduler: Scheduler | None = None
        self._failure = ""
        # Of its own: the loop does not end before its own threads do, and loading may take long.
        self._loader = ThreadPoolExecutor(max_workers=1, thread_name_prefix="load")
        # One thread, begun with the server: where memory is short no new one can be had.
        self._unpacker = ThreadPoolExecutor(max_workers=1, thread_name_prefix="unpack")
        self._unpacker.submit(int)
        # Of its own, too: a file can be small and take long.
        self._files = FairThread("files")

    async def load(self) -> None:
        """Load the model; until this is done the state is loading, then ready or failed."""
        began = time.perf_counter()
        try:
            self._worker = await asyncio.get_running_loop().run_in_executor(self._loader, _open, self._config)
        except LoadError as error:
            self._failure = str(error)
        except Exception:
            log.exception("loading the model failed")
            self._failure = "The server could not load its model. Start `dfp-server` in a terminal to see why."
        if self._worker is None:
            log.error("%s", self._failure)
            return
        self._scheduler = Scheduler(self._worker, self._config.limits.queue, _together(self._config, self._worker))
        self._admission.freed = self._scheduler.go_on
        seconds = time.perf_counter() - began
        log.info("model %s ready on %s after %.1f s", self._worker.model, self._worker.device, seconds)

    def health(self) -> wire.Health:
        """How it stands with the model, at once."""
        state = wire.State.FAILED if self._failure else wire.State.LOADING
        model = device = ""
        able: tuple[str, ...] = ()
        if self._worker is not None and self._scheduler is not None:
            state = wire.State.BUSY if self._scheduler.busy else wire.State.READY
            model, device, able = self._worker.model, self._worker.device, self._worker.able
        can = wire.request_options(able)
        return wire.Health(state, model, device, server_version(), self._failure, capabilities=can)

    def require_ready(self) -> Scheduler:
        """Where requests go; raises Refusal (503) while the model is loading, when it failed, or too much waits."""
        if self._scheduler is not None:
            self._scheduler.require_room()
            return self._scheduler
        if self._failure:
            raise Refusal(503, wire.Code.FAILED, self._failure)
        raise Refusal(
            503, wire.Code.LOADING, "The server is still loading its model. Try again in a moment.", retry_after=1
        )

    @contextlib.asynccontextmanager
    async def answering(self, request: web.Request, number: str) -> AsyncIterator[Answer]:
        """The packed GenerateAnswer to an HTTP request that carries a GenerateRequest. Raises Refusal.

        `number` is what logs know the request by. The answer's memory counts until the end of the block: until then it
        is to be written. When the client goes, and with it the caller, the request is taken out again.
        """
        scheduler = self.require_ready()
        with self._admission.holding() as held:
            body = await self._admission.read(request, held)
            timings = Timings(time.perf_counter(), number)
            asked = await self._unpack(body)
            del body
            timings.lap("decode")
            self._admission.require_pixels(asked.width * asked.height, asked.id)
            with self._admission.visit(asked.client or str(request.transport), asked.id):
                batch, address = asked.batch, address_of(request.transport)
                answer = scheduler.answer(asked, timings, self._config.limits.request_s, address, held)
                # Its pixels are to be forgotten as soon as it is prepared.
                del asked
                yield Answer(await answer, batch, timings.ms)

    @contextlib.asynccontextmanager
    async def answering_file(self, request: web.Request, asked: wire.GenerateRequest) -> AsyncIterator[Answer]:
        """A PNG of the face to an HTTP request that carries a picture file, or a form with one and its colours, and
        asks for `asked`. Raises Refusal.

        As `answering` does; logs know the request by the id of `asked`.
        """
        self.require_ready()
        if self._files.waiting >= self._config.limits.queue:
            raise busy(asked.id)
        limit_s = self._config.limits.request_s
        with self._admission.holding(WRITING) as held:
            body = await self._admission.read(request, held)
            timings = Timings(time.perf_counter(), asked.id)
            with self._admission.visit(asked.client or str(request.transport), asked.id):
                kind = request.headers.get("Content-Type", "")
                drawing = self._file_of(body, kind, asked, timings, address_of(request.transport), held)
                del body
                try:
                    file = await asyncio.wait_for(drawing, limit_s)
                except asyncio.TimeoutError as error:
                    raise too_late(limit_s, asked.id) from error
                yield Answer([file.body], asked.batch, timings.ms, file.content_type, file.headers)

    async def _file_of(
        self, body: bytearray, kind: str, asked: wire.GenerateRequest, timings: Timings, address: str, held: Held
    ) -> "FaceFile":
        # Imports much, all of which the model has needed before.
        from dfp_server.inference import picture_files

        size = len(body)
        held.grow(2 * size)
        async with self._files.turn(address, asked.client) as run:
            files = await run(picture_files.opened, body, kind, asked.id)
            del body
            for pixels in files.pixels:
                self._admission.require_pixels(pixels, asked.id)
            held.grow(size + READING * BYTES_A_PIXEL * sum(files.pixels))
            whole = await run(picture_files.filled, asked, files)
            del files
        timings.lap("decode")
        answer = self.require_ready().answer(whole, timings, self._config.limits.request_s, address, held)
        # Its pixels are to be forgotten as soon as it is prepared.
        del whole
        pieces = await answer
        async with self._files.turn(address, asked.client) as run:
            file = await run(picture_files.file_of, pieces, asked.cut_out)
        del pieces
        timings.lap("encode")
        timings.stop()
        held.times = 1
        held.settle(len(file.body))
        return file

    async def _unpack(self, body: bytearray) -> wire.GenerateRequest:
        if len(body) <= SMALL_BODY:
            return unpack_request(body)
        return await asyncio.get_running_loop().run_in_executor(self._unpacker, unpack_request, body)

    @property
    def limits(self) -> Limits:
        """How much is taken."""
        return self._config.limits

    @property
    def loading(self) -> bool:
        """Whether the model is being loaded still."""
        return self._scheduler is None and not self._failure

    @property
    def waiting(self) -> int:
        """How many requests wait for the model."""
        return self._scheduler.waiting if self._scheduler is not None else 0

    @property
    def held_bytes(self) -> int:
        """The bytes of all requests and answers that are here."""
        return self._admission.bytes

    async def stop(self) -> None:
        """Finish what is being drawn, refuse what waits or is still coming."""
        self._admission.stop()
        if self._scheduler is not None:
            await self._scheduler.stop()

    def close(self) -> None:
        """End the threads, after what they are doing right now; loading is not waited for."""
        self._loader.shutdown(wait=False)
        self._unpacker.shutdown(cancel_futures=True)
        self._files.close()
        if self._scheduler is not None:
            self._scheduler.close()


ENGINE = web.AppKey("engine", Engine)


def _open(config: ServerConfig) -> "Worker":
    # Imports much: not before the server listens, and not in the thread that answers health.
    from dfp_server.inference.worker import Worker

    worker = Worker.open(config.weights, config.device, config.runtime)
    worker.warm(_together(config, worker))
    return worker


def _together(config: ServerConfig, worker: "Worker") -> int:
    """How many batch requests are drawn at once at most."""
    return config.micro_batch or MICRO_BATCH[worker.device]
