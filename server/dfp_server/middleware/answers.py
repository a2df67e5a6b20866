"""Answers as HTTP: messages of server/dfp_server/wire.py, also for whatever may go wrong."""

import gc
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web

from dfp_server import wire
from dfp_server.errors import Refusal
from dfp_server.inference.admission import out_of_memory
from dfp_server.transport.codec import pack

log = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def message_response(message: wire.Message, status: int = 200) -> web.Response:
    """The message as an HTTP response."""
    return web.Response(status=status, body=pack(message), content_type=wire.CONTENT_TYPE)


@web.middleware
async def errors_as_messages(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every error with wire.ErrorAnswer; what nobody foresaw is logged and answered in general."""
    try:
        return await handler(request)
    except Refusal as refusal:
        facts = {"asked": refusal.id, "status": refusal.status, "code": refusal.code}
        log.info("%r: refused, %d %s", refusal.id, refusal.status, refusal, extra={"facts": facts})
        answer = Refusal(refusal.status, refusal.code, str(refusal), refusal.id, refusal.retry_after)
    except web.HTTPException as error:
        return http_error_response(request, error)
    except MemoryError:
        log.exception("%s %r did not fit into memory", request.method, request.path)
        answer = out_of_memory()
    except Exception:
        log.exception("%s %r failed", request.method, request.path)
        sentence = "The server could not draw this face, its log says why. Your layers are as they were."
        answer = Refusal(500, wire.Code.INTERNAL, sentence)
    # Not in the except blocks: an error holds on to everything that was being done, and futures and errors to each
    # other, so that the next request would find no memory either.
    if answer.code == wire.Code.OUT_OF_MEMORY:
        gc.collect()
    return refusal_response(answer)


def refusal_response(refusal: Refusal) -> web.Response:
    """The refusal as an HTTP response."""
    response = message_response(
        wire.ErrorAnswer(refusal.code, str(refusal), refusal.id),
        refusal.status,
    )
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def http_error_response(request: web.Request, error: web.HTTPException) -> web.Response:
    """An error that aiohttp raised itself, as wire.ErrorAnswer."""
    if error.status == 404:
        code, sentence = (
            wire.Code.NOT_FOUND,
            "There is nothing at this address. If the plugin for Krita asked, update it or the server.",
        )
    elif error.status == 405:
        code = wire.Code.WRONG_METHOD
        asked = f"{request.method!r:.20}"
        sentence = f"This address does not take {asked}. If the plugin for Krita asked, update it or the server."
    else:
        code, sentence = wire.Code.BAD_REQUEST, f"The server did not take the request: {error.reason:.200}."
    response = refusal_response(Refusal(error.status, code, sentence))
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response
