"""The server from its listening socket to its end."""

import asyncio
import contextlib
import logging
import socket
import ssl
import sys
from collections.abc import AsyncIterator
from dataclasses import replace

from aiohttp import web

from dfp_server.app import init_app
from dfp_server.config import Limits, Remote, ServerConfig
from dfp_server.errors import ListenError
from dfp_server.middleware.connection_limits import ConnectionLimiter
from dfp_server.middleware.metrics import METRICS

if sys.platform != "win32":
    import resource

log = logging.getLogger(__name__)

# Besides connections: libraries, the log, and what asyncio accepts at once before it can be counted.
OTHER_FILES = 200

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
    limiter: ConnectionLimiter | None = None
    limits = _as_the_system_allows(config.limits)
    try:
        await runner.setup()
        assert runner.server is not None
        limiter = ConnectionLimiter(limits, runner.server, tls)
        app[METRICS].watch(limiter)
        # Without its tls: by then it would be too late to count a connection.
        listening = await asyncio.get_running_loop().create_server(limiter, sock=listener)
        yield app
    finally:
        if listening is not None:
            listening.close()
        if limiter is not None:
            limiter.stop()
        await runner.cleanup()


def _as_the_system_allows(limits: Limits) -> Limits:
    """The limits with no more connections than the process may have open. Raises ListenError.

    Beyond that asyncio would take no more for a while, whoever asks, and fill the log with it.
    """
    if sys.platform == "win32":
        return limits
    wanted = limits.connections + OTHER_FILES
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
    if allowed <= OTHER_FILES:
        raise ListenError(f"This system lets the server open only {most} files. Allow more with `ulimit -n 1024`.")
    if now != resource.RLIM_INFINITY and now < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, most))
    if allowed < wanted:
        log.warning("the system allows %d connections, not %d", allowed - OTHER_FILES, limits.connections)
    return replace(limits, connections=allowed - OTHER_FILES)


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
