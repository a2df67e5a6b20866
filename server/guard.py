"""Who may use the server: programs that know its token, never a web page."""

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from server import wire
from server.addresses import number_of
from server.config import ServerConfig
from server.errors import Refusal

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def guard(config: ServerConfig) -> Middleware:
    """A middleware that refuses everybody else.

    Browsers send Origin with every request that could do something. A page that lets its own name point to
    this computer would look like a same-origin one, but its name is in Host. And no page can read the token.
    """
    wanted = f"Bearer {config.token}".encode()
    names = config.remote.names if config.remote is not None else None

    @web.middleware
    async def only_programs_with_the_token(request: web.Request, handler: Handler) -> web.StreamResponse:
        if "Origin" in request.headers:
            raise Refusal(403, wire.Code.FORBIDDEN, "Web pages may not use this server, only programs such as Krita.")
        if not may_be_called(request.headers.get("Host", ""), names):
            raise Refusal(403, wire.Code.FORBIDDEN, "This server is only for programs on the same computer.")
        said = request.headers.get("Authorization", "").encode(errors="surrogateescape")
        if not hmac.compare_digest(said, wanted):
            raise Refusal(
                401,
                wire.Code.NO_TOKEN,
                "The program that asked does not know this server's token. Install the plugin again with "
                "`dfp-krita install`, then restart Krita.",
            )
        return await handler(request)

    return only_programs_with_the_token


def may_be_called(host: str, names: tuple[str, ...] | None) -> bool:
    """Whether the server goes by this Host; with `names` also by those, and by any number.

    A number cannot be pointed elsewhere, only a name can.
    """
    if is_loopback(host):
        return True
    if names is None:
        return False
    name = _name(host)
    return name in {given.lower() for given in names} or number_of(name) is not None


def is_loopback(host: str) -> bool:
    """Whether a host, with or without a port, names this computer itself: localhost, 127.x.x.x, [::1]."""
    name = _name(host)
    number = number_of(name)
    return name == "localhost" or (number is not None and number.is_loopback)


def _name(host: str) -> str:
    try:
        return urlsplit("//" + host).hostname or ""
    except ValueError:
        return ""
