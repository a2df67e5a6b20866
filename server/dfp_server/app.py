"""The web application and what its addresses do."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import web

from dfp_server import wire
from dfp_server.config import ServerConfig
from dfp_server.errors import Refusal
from dfp_server.inference.engine import Engine
from dfp_server.middleware.answers import Handler, errors_as_messages, message_response
from dfp_server.middleware.auth import authenticated
from dfp_server.middleware.connection_limits import marking_requests
from dfp_server.middleware.logs import numbered, with_number
from dfp_server.transport.writing import written

ENGINE = web.AppKey("engine", Engine)


def init_app(config: ServerConfig) -> web.Application:
    """The application; it starts to load the model when it starts itself, and answers meanwhile.

    Run it with handler_cancellation=True: a request whose client has gone is then not drawn any more.
    """
    app = web.Application(middlewares=[marking_requests, numbered, counted, errors_as_messages, authenticated(config)])
    app[ENGINE] = Engine(config)
    app.on_response_prepare.append(with_number)
    app.on_shutdown.append(stop_drawing)
    app.cleanup_ctx.append(engine_running)
    app.router.add_get("/v1/health", health)
    app.router.add_get("/v1/metrics", metrics)
    app.router.add_post("/v1/generate", generate)
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


async def health(request: web.Request) -> web.Response:
    """GET /v1/health -> wire.Health."""
    return message_response(request.app[ENGINE].health())


async def metrics(request: web.Request) -> web.Response:
    """GET /v1/metrics -> Prometheus's text format."""
    body, content_type = request.app[ENGINE].metrics.text()
    return web.Response(body=body, headers={"Content-Type": content_type})


@web.middleware
async def counted(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Count every answer by address and status."""
    response = await handler(request)
    resource = request.match_info.route.resource
    # Other addresses are whatever somebody thinks of: each would be a counter of its own.
    path = resource.canonical if resource is not None else "other"
    request.app[ENGINE].metrics.answered(path, response.status)
    return response


async def generate(request: web.Request) -> web.StreamResponse:
    """POST /v1/generate, wire.GenerateRequest -> wire.GenerateAnswer."""
    engine = request.app[ENGINE]
    engine.require_ready()
    if request.content_type != wire.CONTENT_TYPE:
        raise Refusal(
            415,
            wire.Code.BAD_CONTENT_TYPE,
            f"The message is {request.content_type!r:.60}, but this server reads only {wire.CONTENT_TYPE}.",
        )
    # Compressed, a small message may become a huge one; the pixels travel as they are.
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise Refusal(
            415,
            wire.Code.BAD_CONTENT_TYPE,
            f"The message is compressed ({encoding!r:.40}), but this server reads only messages as they are.",
        )
    async with engine.answering(request) as pieces:
        return await written(request, pieces, engine.limits.download_s)
