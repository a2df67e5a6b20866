"""The server from its listening socket to its end."""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator

from aiohttp import web

from server.app import init_app
from server.config import Remote, ServerConfig
from server.doors import Doors
from server.errors import ListenError

# A picture takes seconds at most, even on a busy computer.
SHUTDOWN_S = 10.0

# A layer is megabytes: with aiohttp's 64 KiB, reading would pause after every piece.
READ_BUFFER = 1024 * 1024

# Connections that nothing comes over any more; each would take one of those that are allowed.
KEEP_ALIVE_S = 75.0


@contextlib.asynccontextmanager
async def serving(config: ServerConfig, listener: socket.socket) -> AsyncIterator[web.Application]:
    """Serve at the listening socket; at the end what is being drawn is still answered. Raises ListenError."""
    tls = tls_context(config.remote) if config.remote is not None else None
    app = init_app(config)
    runner = web.AppRunner(
        app,
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=SHUTDOWN_S,
        read_bufsize=READ_BUFFER,
        keepalive_timeout=KEEP_ALIVE_S,
    )
    listening: asyncio.Server | None = None
    try:
        await runner.setup()
        assert runner.server is not None
        doors = Doors(config.limits, runner.server)
        patience = config.limits.upload_s if tls is not None else None
        listening = await asyncio.get_running_loop().create_server(
            doors, sock=listener, ssl=tls, ssl_handshake_timeout=patience
        )
        yield app
    finally:
        if listening is not None:
            listening.close()
        await runner.cleanup()


def tls_context(remote: Remote) -> ssl.SSLContext:
    """TLS 1.2 and newer with the certificate and key; raises ListenError."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        # The empty password makes OpenSSL fail on a locked key instead of asking in the terminal.
        context.load_cert_chain(remote.certificate, remote.key, password="")
    except (OSError, ValueError) as error:
        raise ListenError(
            f"The certificate {remote.certificate} and the key {remote.key} cannot be used together. "
            "Give two PEM files that belong to each other, the key without a password."
        ) from error
    return context
