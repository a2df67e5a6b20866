"""Answers as HTTP: the messages of dfp_server.wire, also for whatever may go wrong."""

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
    """Answer every error with wire.ErrorAnswer, at wire.FACE_PATH in JSON; what nobody foresaw is logged and answered
    in general."""
    allowed: str | None = None
    try:
        return await handler(request)
    except Refusal as refusal:
        facts = {"asked": refusal.id, "status": refusal.status, "code": refusal.code}
        log.info("%r: refused, %d %s", refusal.id, refusal.status, refusal, extra={"facts": facts})
        answer = Refusal(refusal.status, refusal.code, str(refusal), refusal.id, refusal.retry_after)
    except web.HTTPException as error:
        answer, allowed = _http_error(request, error), error.headers.get("Allow")
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
    response = refusal_response(answer, as_json=request.path == wire.FACE_PATH)
    if allowed is not None:
        response.headers["Allow"] = allowed
    return response


def refusal_response(refusal: Refusal, as_json: bool = False) -> web.Response:
    """The refusal as an HTTP response, wire.ErrorAnswer or the same in JSON."""
    if as_json:
        facts = {"error": str(refusal), "code": refusal.code, "version": wire.VERSION}
        response = web.json_response(facts, status=refusal.status)
    else:
        response = message_response(wire.ErrorAnswer(refusal.code, str(refusal), refusal.id), refusal.status)
    if refusal.retry_after is not None:
        response.headers["Retry-After"] = str(refusal.retry_after)
    if refusal.status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def _http_error(request: web.Request, error: web.HTTPException) -> Refusal:
    """What an error that aiohttp raised itself is as a refusal."""
    advice = "If the plugin for Krita asked, update it or the server."
    if error.status == 404:
        return Refusal(404, wire.Code.NOT_FOUND, f"There is nothing at this address. {advice}")
    if error.status == 405:
        asked = f"{request.method!r:.20}"
        return Refusal(405, wire.Code.WRONG_METHOD, f"This address does not take {asked}. {advice}")
    sentence = f"The server did not take the request: {error.reason:.200}."
    return Refusal(error.status, wire.Code.BAD_REQUEST, sentence)
