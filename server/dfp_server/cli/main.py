"""The command `dfp-server`."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

from dfp_server import wire
from dfp_server.cli.options import config_of, parser
from dfp_server.config import ServerConfig
from dfp_server.errors import ListenError
from dfp_server.inference.engine import ENGINE
from dfp_server.middleware.logs import Behind, log_to
from dfp_server.middleware.metrics import METRICS
from dfp_server.run import serving
from dfp_server.transport.discovery import Place, only_server
from dfp_server.transport.home import settle
from dfp_server.transport.listen import address, open_listener

# So long the log may take for what is left when the server ends.
LAST_LINES_S = 2.0


def main(arguments: list[str] | None = None) -> int:
    """Run the server until SIGTERM or SIGINT; returns the exit code, 1 when it cannot listen or one runs already.

    When the first argument is bench, run the benchmark.
    """
    from dfp.threads import settle_threads

    settle_threads()
    arguments = sys.argv[1:] if arguments is None else arguments
    if arguments[:1] == ["bench"]:
        from dfp_server.bench import main as bench

        return bench.main(arguments[1:])
    try:
        settle()
        options = parser().parse_args(arguments)
        config = config_of(options)
        behind = log_to(config.log)
        with only_server(Path(wire.discovery_path(config.remote is not None))) as place, _removed(config.socket):
            still_loading = asyncio.run(serve(config, open_listener(config), place, options.exit_with_stdin, behind))
    except ListenError as error:
        print(error, file=sys.stderr)
        return 1
    if not behind.finish(LAST_LINES_S) or still_loading:
        # It may take long yet, nobody waits for it any more, and nothing else ends a thread.
        os._exit(0)
    return 0


@contextlib.contextmanager
def _removed(path: Path | None) -> Iterator[None]:
    """Take the Unix socket away at the end, unless it is one that could not be opened because others use it."""
    yield
    if path is not None:
        path.unlink(missing_ok=True)


async def serve(
    config: ServerConfig, listener: socket.socket, place: Place, exit_with_stdin: bool, behind: Behind
) -> bool:
    """Serve at the listening socket until told to stop; whether the model is being loaded still. Raises ListenError."""
    stop = asyncio.Event()
    stop_on_signals(asyncio.get_running_loop(), stop.set)
    if exit_with_stdin:
        stop_with_stdin(asyncio.get_running_loop(), stop.set)
    where = address(listener, tls=config.remote is not None)
    async with serving(config, listener) as app:
        app[METRICS].watch_log(behind)
        place.publish(where, config.token)
        # The plugin reads this line. A stdout that takes nothing, a full disk maybe, keeps nobody from being served.
        with contextlib.suppress(OSError):
            os.write(sys.stdout.fileno(), f"DeepFacePencil server listening on {where}\n".encode())
        await stop.wait()
        place.withdraw()
    return app[ENGINE].loading


def stop_on_signals(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Call `stop` in the loop at the first SIGTERM or SIGINT; a second of the kind ends the program where it is."""

    # loop.add_signal_handler does not exist on Windows.
    def heard(number: int, _: object) -> None:
        signal.signal(number, signal.SIG_DFL)
        loop.call_soon_threadsafe(stop)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, heard)


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
