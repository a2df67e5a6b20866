"""Answers on their way out: piece by piece, as fast as they are taken, and no longer than a time."""

import asyncio
import logging
from collections.abc import Mapping

from aiohttp import web

from dfp_server.transport.codec import Pieces

log = logging.getLogger(__name__)

# What waits in front of a connection is no more than this, however large the answer is.
CHUNK = 256 * 1024


async def written(
    request: web.Request, pieces: Pieces, content_type: str, limit_s: float, headers: Mapping[str, str] | None = None
) -> web.StreamResponse:
    """Answer with the pieces of a body. A client that has not taken them all in time is cut off.

    When this returns, all but a chunk has left the program, or nobody takes it any more.
    """
    response = web.StreamResponse(headers=headers)
    response.content_type = content_type
    response.content_length = sum(len(piece) for piece in pieces)
    try:
        await asyncio.wait_for(_write(request, response, pieces), limit_s)
    except ConnectionError:
        pass  # the client has left
    except Exception as error:
        # What has begun cannot be answered with an error any more.
        if not response.prepared:
            raise
        if not isinstance(error, asyncio.TimeoutError):
            log.exception("an answer broke off")
        if request.transport is not None:
            request.transport.abort()
    return response


async def _write(request: web.Request, response: web.StreamResponse, pieces: Pieces) -> None:
    await response.prepare(request)
    for piece in pieces:
        rest = memoryview(piece)
        while rest:
            await response.write(rest[:CHUNK])
            rest = rest[CHUNK:]
    await response.write_eof()
