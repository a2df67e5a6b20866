"""The command `dfp-server`."""

import argparse
import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from aiohttp import web

from server import wire
from server.app import init_app
from server.config import ServerConfig
from server.errors import ListenError
from server.listen import address, open_listener

# A picture takes seconds at most, even on a busy computer.
SHUTDOWN_S = 10.0

# A layer is megabytes: with aiohttp's 64 KiB, reading would pause after every piece.
READ_BUFFER = 1024 * 1024


def main(arguments: list[str] | None = None) -> int:
    """Run the server until SIGTERM or SIGINT; returns the exit code, 1 when it cannot listen."""
    # Before torch starts: beside a busy Krita its waiting threads would spin and make it ten times slower.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    options = parser().parse_args(arguments)
    config = ServerConfig(options.host, options.port, options.socket, options.device, options.weights)
    logging.basicConfig(level=logging.INFO, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        listener = open_listener(config)
    except ListenError as error:
        print(error, file=sys.stderr)
        return 1
    try:
        asyncio.run(serve(config, listener, options.exit_with_stdin))
    finally:
        if config.socket is not None:
            config.socket.unlink(missing_ok=True)
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser("dfp-server", description="Turns sketches into faces for the Krita plugin.")
    made.add_argument("--host", default="127.0.0.1", help="loopback address to listen at (default: %(default)s)")
    made.add_argument(
        "--port",
        type=port,
        default=wire.DEFAULT_PORT,
        help="0 takes a free one and says which (default: %(default)s)",
    )
    made.add_argument("--socket", type=Path, metavar="PATH", help="listen at a Unix socket instead of a port")
    made.add_argument(
        "--device", choices=["auto", "cpu", "cuda"], default="auto", help="what draws (default: %(default)s)"
    )
    made.add_argument("--weights", type=Path, metavar="FILE", help="other weights than the bundled ones")
    made.add_argument(
        "--exit-with-stdin",
        action="store_true",
        help="end when the standard input closes, so as not to outlive the program that started the server",
    )
    return made


def port(text: str) -> int:
    """A port number; raises argparse.ArgumentTypeError."""
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to 65535")
    return int(text)


async def serve(config: ServerConfig, listener: socket.socket, exit_with_stdin: bool) -> None:
    """Serve at the listening socket until told to stop; what is being drawn then is still answered."""
    stop = asyncio.Event()
    stop_on_signals(asyncio.get_running_loop(), stop.set)
    if exit_with_stdin:
        stop_with_stdin(asyncio.get_running_loop(), stop.set)
    runner = web.AppRunner(
        init_app(config),
        access_log=None,
        handler_cancellation=True,
        shutdown_timeout=SHUTDOWN_S,
        read_bufsize=READ_BUFFER,
    )
    try:
        await runner.setup()
        where = address(listener)
        await web.SockSite(runner, listener).start()
        # The plugin reads this line.
        print(f"DeepFacePencil server listening on {where}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()


def stop_on_signals(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Call `stop` in the loop at SIGTERM and SIGINT; loop.add_signal_handler does not exist on Windows."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop))


def stop_with_stdin(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Call `stop` in the loop when the standard input ends."""

    def wait() -> None:
        with contextlib.suppress(OSError):
            # Not sys.stdin: its lock, held by a thread that waits, would crash the interpreter's end.
            while os.read(0, 4096):
                pass
        # The loop may have ended by itself before.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(stop)

    threading.Thread(target=wait, name="stdin", daemon=True).start()
