"""The web application: two routes, and a message of server/wire.py for whatever may go wrong."""

import asyncio
import ipaddress
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web

from server import wire
from server.codec import pack
from server.config import ServerConfig
from server.engine import Engine
from server.errors import Refusal

log = logging.getLogger(__name__)

ENGINE = web.AppKey("engine", Engine)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

RETRY_AFTER_S = "1"


def init_app(config: ServerConfig) -> web.Application:
    """The application; it starts to load the model when it starts itself, and answers meanwhile.

    Run it with handler_cancellation=True: a request whose client has gone is then not drawn any more.
    """
    app = web.Application(middlewares=[errors_as_messages, only_programs_of_this_computer])
    app[ENGINE] = Engine(config.weights, config.device)
    app.cleanup_ctx.append(engine_running)
    app.router.add_get("/v1/health", health)
    app.router.add_post("/v1/generate", generate)
    return app


async def engine_running(app: web.Application) -> AsyncIterator[None]:
    """Load the model beside the running server, and let its thread end with the server."""
    loading = asyncio.create_task(app[ENGINE].load())
    yield
    loading.cancel()
    app[ENGINE].close()


async def health(request: web.Request) -> web.Response:
    """GET /v1/health -> wire.Health."""
    return message_response(request.app[ENGINE].health())


async def generate(request: web.Request) -> web.Response:
    """POST /v1/generate, wire.GenerateRequest -> wire.GenerateAnswer."""
    engine = request.app[ENGINE]
    engine.require_ready()
    if request.content_type != wire.CONTENT_TYPE:
        raise Refusal(
            415,
            wire.Code.BAD_CONTENT_TYPE,
            f"The message is {request.content_type}, but this server reads only {wire.CONTENT_TYPE}.",
        )
    answer = await engine.answer(await read_body(request))
    return web.Response(body=answer, content_type=wire.CONTENT_TYPE)


async def read_body(request: web.Request) -> bytearray:
    """The whole body; raises Refusal (413) as soon as it is above wire.MAX_BODY."""
    too_large = Refusal(
        413,
        wire.Code.TOO_LARGE,
        f"The layer is too large, {wire.MAX_SIDE} x {wire.MAX_SIDE} pixels is the most. Use a smaller one.",
    )
    if (request.content_length or 0) > wire.MAX_BODY:
        raise too_large
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > wire.MAX_BODY:
            raise too_large
    return body


def message_response(message: wire.Message, status: int = 200) -> web.Response:
    """The message as an HTTP response."""
    return web.Response(status=status, body=pack(message), content_type=wire.CONTENT_TYPE)


@web.middleware
async def errors_as_messages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error with wire.ErrorAnswer; what nobody foresaw is logged and answered in general."""
    try:
        return await handler(request)
    except Refusal as refusal:
        log.info("%r: refused, %d %s", refusal.id, refusal.status, refusal)
        return refusal_response(refusal)
    except web.HTTPException as error:
        return http_error_response(request, error)
    except Exception:
        log.exception("%s %r failed", request.method, request.path)
        return refusal_response(
            Refusal(
                500,
                wire.Code.INTERNAL,
                "The server could not draw this face, its log says why. Your layers are as they were.",
            )
        )


def refusal_response(refusal: Refusal) -> web.Response:
    """The refusal as an HTTP response."""
    response = message_response(
        wire.ErrorAnswer(refusal.code, str(refusal), refusal.id),
        refusal.status,
    )
    if refusal.code == wire.Code.LOADING:
        response.headers["Retry-After"] = RETRY_AFTER_S
    return response


def http_error_response(request: web.Request, error: web.HTTPException) -> web.Response:
    """An error that aiohttp raised itself, as wire.ErrorAnswer."""
    if error.status == 404:
        code, sentence = (
            wire.Code.NOT_FOUND,
            "There is nothing at this address. Update the plugin or the server.",
        )
    elif error.status == 405:
        code = wire.Code.WRONG_METHOD
        sentence = f"This address does not take {request.method}. Update the plugin or the server."
    else:
        code, sentence = wire.Code.BAD_REQUEST, f"The server did not take the request: {error.reason}."
    response = refusal_response(Refusal(error.status, code, sentence))
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


@web.middleware
async def only_programs_of_this_computer(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse what a web page in the painter's browser sends.

    Browsers send Origin with every request that could do something. A page that lets its own name point to
    this computer would look like a same-origin one, but its name is in Host.
    """
    if "Origin" in request.headers:
        raise Refusal(403, wire.Code.FORBIDDEN, "Web pages may not use this server, only programs such as Krita.")
    if not is_loopback(request.headers.get("Host", "")):
        raise Refusal(403, wire.Code.FORBIDDEN, "This server is only for programs on the same computer.")
    return await handler(request)


def is_loopback(host: str) -> bool:
    """Whether a host, with or without a port, names this computer itself: localhost, 127.x.x.x, [::1]."""
    try:
        name = urlsplit("//" + host).hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
