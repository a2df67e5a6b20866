"""Who may use the server: programs that know its token, never a web page."""

import hmac
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware

from dfp_server import wire
from dfp_server.config import ServerConfig
from dfp_server.errors import Refusal
from dfp_server.transport.addresses import number_of

NO_TOKEN = (
    "The program that asked does not say this server's token. The plugin for Krita finds it by itself: install that "
    "again with `dfp-krita install`, then restart Krita. Other programs find it where server/README.md says."
)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def authenticated(config: ServerConfig) -> Middleware:
    """A middleware that refuses everybody else.

    Browsers send Origin with every request that could do something. A page that lets its own name point to
    this computer would look like a same-origin one, but its name is in Host. And no page can read the token.
    """
    wanted = config.token.encode()
    names = config.remote.names if config.remote is not None else None

    @web.middleware
    async def only_programs_with_the_token(request: web.Request, handler: Handler) -> web.StreamResponse:
        if "Origin" in request.headers:
            raise Refusal(403, wire.Code.FORBIDDEN, "Web pages may not use this server, only programs such as Krita.")
        host = request.headers.get("Host", "")
        # No page reaches a Unix socket, whatever name its program gives it.
        if config.socket is None and not may_be_called(host, names):
            raise Refusal(403, wire.Code.FORBIDDEN, _wrong_name(host, names is not None))
        if not hmac.compare_digest(_token(request.headers.get("Authorization", "")), wanted):
            raise Refusal(401, wire.Code.NO_TOKEN, NO_TOKEN)
        return await handler(request)

    return only_programs_with_the_token


def _token(said: str) -> bytes:
    """What an Authorization field says as a token; nothing when it says another kind of thing."""
    scheme, _, token = said.strip().partition(" ")
    return token.strip().encode(errors="surrogateescape") if scheme.lower() == "bearer" else b""


def _wrong_name(host: str, remote: bool) -> str:
    more = ", or start it with --name and that name" if remote else ""
    return f"This server does not go by the name {host!r:.60}. Ask at 127.0.0.1 or localhost{more}."


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
