"""The web application: its addresses, what lies around them, and what starts and ends with it."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from dfp_server import routes, wire
from dfp_server.config import ServerConfig
from dfp_server.inference.engine import ENGINE, Engine
from dfp_server.middleware.answers import errors_as_messages
from dfp_server.middleware.auth import authenticated
from dfp_server.middleware.connection_limits import marking_requests
from dfp_server.middleware.logs import numbered, with_number
from dfp_server.middleware.metrics import METRICS, Metrics, counted


def init_app(config: ServerConfig) -> web.Application:
    """The application; it starts to load the model when it starts itself, and answers meanwhile.

    Run it with handler_cancellation=True: a request whose client has gone is then not drawn any more.
    """
    app = web.Application(middlewares=[marking_requests, numbered, counted, errors_as_messages, authenticated(config)])
    app[ENGINE] = engine = Engine(config)
    app[METRICS] = Metrics(engine)
    app.on_response_prepare.append(with_number)
    app.on_shutdown.append(stop_drawing)
    app.cleanup_ctx.append(engine_running)
    app.router.add_get("/v1/health", routes.health)
    app.router.add_get("/v1/metrics", routes.metrics)
    app.router.add_post("/v1/generate", routes.generate)
    app.router.add_post(wire.FACE_PATH, routes.face)
    return app


async def engine_running(app: web.Application) -> AsyncIterator[None]:
    """Load the model beside the running server, and let its thread end with the server."""
    loading = asyncio.create_task(app[ENGINE].load())
    yield
    loading.cancel()
    app[ENGINE].close()


async def stop_drawing(app: web.Application) -> None:
    """The server was told to end: answer everybody who still waits."""
    await app[ENGINE].stop()
