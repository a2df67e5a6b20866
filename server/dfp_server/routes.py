"""What each address of the web application does."""

from aiohttp import web

from dfp_server import wire
from dfp_server.errors import Refusal
from dfp_server.inference.engine import ENGINE
from dfp_server.inference.face_options import request_from
from dfp_server.middleware.answers import message_response
from dfp_server.middleware.logs import request_id
from dfp_server.middleware.metrics import METRICS
from dfp_server.transport.writing import written


async def health(request: web.Request) -> web.Response:
    """GET /v1/health -> wire.Health."""
    return message_response(request.app[ENGINE].health())


async def metrics(request: web.Request) -> web.Response:
    """GET /v1/metrics -> Prometheus's text format."""
    body, content_type = request.app[METRICS].text()
    return web.Response(body=body, headers={"Content-Type": content_type})


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
    _require_uncompressed(request)
    async with engine.answering(request, request_id.get()) as answer:
        request.app[METRICS].drawn(answer.batch, answer.ms)
        return await written(request, answer.pieces, answer.content_type, engine.limits.download_s)


async def face(request: web.Request) -> web.StreamResponse:
    """POST /v1/face, a PNG, JPEG or WebP picture, options in the query -> a PNG, what is said of it in the head."""
    engine = request.app[ENGINE]
    engine.require_ready()
    asked = request_from(request.query.items(), request_id.get())
    _require_uncompressed(request)
    async with engine.answering_file(request, asked) as answer:
        request.app[METRICS].drawn(answer.batch, answer.ms)
        return await written(request, answer.pieces, answer.content_type, engine.limits.download_s, answer.headers)


def _require_uncompressed(request: web.Request) -> None:
    """Raise Refusal for a compressed message: a small one may become a huge one, and pixels travel as they are."""
    encoding = request.headers.get("Content-Encoding", "identity")
    if encoding.lower() != "identity":
        raise Refusal(
            415,
            wire.Code.BAD_CONTENT_TYPE,
            f"The message is compressed ({encoding!r:.40}), but this server reads only messages as they are.",
        )
