"""The command line of `dfp-server`."""

import argparse
import contextlib
import math
import stat
import sys
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

from dfp_server import wire
from dfp_server.config import Limits, Remote, ServerConfig, new_token
from dfp_server.errors import ListenError
from dfp_server.middleware.auth import is_loopback
from dfp_server.middleware.logs import log_path
from dfp_server.version import server_version

MIN_TOKEN = 16
MAX_TOKEN = 1024

LIMITS = {
    "body": "bytes of one request",
    "pixels": "pixels of one sketch",
    "memory": "bytes of all requests and answers that are here",
    "queue": "requests that wait to be drawn",
    "per_client": "requests of one client that are here",
    "connections": "connections at a time",
    "per_address": "connections of one other computer",
    "upload_s": "seconds for a request to come whole",
    "request_s": "seconds from then to its answer",
    "download_s": "seconds for an answer to be taken",
}

REMOTE_NEEDS = (
    "The server listens only to programs on the same computer, not at {host}. Leave --host out; or, to let other "
    "computers in, give --allow-remote together with --token-file, --tls-cert and --tls-key."
)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        "dfp-server",
        description="Turns sketches into faces for the Krita plugin.",
        epilog="`dfp-server bench` measures how fast that is here; see `dfp-server bench --help`.",
    )
    made.add_argument("--version", action="version", version=f"dfp-server {server_version()}")
    made.add_argument("--host", default="localhost", help="address to listen at (default: %(default)s)")
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
    made.add_argument(
        "--runtime",
        choices=["auto", "torch", "openvino"],
        default="auto",
        help="what calculates; auto is the fastest that is installed (default: %(default)s)",
    )
    made.add_argument("--weights", type=Path, metavar="FILE", help="other weights than the bundled ones")
    made.add_argument(
        "--exit-with-stdin",
        action="store_true",
        help="end when the standard input closes, so as not to outlive the program that started the server",
    )
    made.add_argument(
        "--log",
        type=Path,
        default=log_path(),
        metavar="FILE",
        help="what is done, in JSON lines (default: %(default)s)",
    )
    made.add_argument("--micro-batch", type=positive(int), metavar="N", help="batch requests drawn at once")
    _add_limits(made.add_argument_group("limits"))
    _add_remote(made.add_argument_group("for other computers"))
    return made


def _add_limits(group: argparse._ArgumentGroup) -> None:
    for limit in fields(Limits):
        group.add_argument(
            "--max-" + limit.name.replace("_", "-"),
            type=positive(type(limit.default)),
            default=limit.default,
            metavar="N",
            help=LIMITS[limit.name] + " (default: %(default)s)",
        )


def _add_remote(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--allow-remote", action="store_true", help="listen at a --host that others reach")
    group.add_argument("--token-file", type=Path, metavar="FILE", help="what they have to say to be let in")
    group.add_argument("--tls-cert", type=Path, metavar="FILE", help="certificate chain, PEM")
    group.add_argument("--tls-key", type=Path, metavar="FILE", help="its private key, PEM, without a password")
    group.add_argument("--name", action="append", default=[], help="a host name that they reach the server by")


def port(text: str) -> int:
    """A port number; raises argparse.ArgumentTypeError."""
    if not text.isascii() or not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 0 to 65535")
    return int(text)


def positive(kind: type) -> Callable[[str], float]:
    """A reader of positive numbers of the kind, int or float; it raises argparse.ArgumentTypeError."""

    def read(text: str) -> float:
        with contextlib.suppress(ValueError):
            number = kind(text)
            if 0 < number < math.inf:
                return number
        raise argparse.ArgumentTypeError(f"{text} is not a {'whole ' if kind is int else ''}number above 0")

    return read


def config_of(options: argparse.Namespace) -> ServerConfig:
    """The configuration that the options mean; raises ListenError when they let others in without protection."""
    remote, token = None, new_token()
    if not options.allow_remote and (given := _only_for_remote(options)):
        raise ListenError(
            f"{given} is only for servers that let other computers in. Give --allow-remote, too, or leave it out."
        )
    if options.allow_remote:
        remote, token = _remote(options)
    elif options.socket is None and not is_loopback(f"[{options.host}]" if ":" in options.host else options.host):
        raise ListenError(REMOTE_NEEDS.format(host=options.host))
    return ServerConfig(
        host=options.host,
        port=options.port,
        socket=options.socket,
        device=options.device,
        runtime=options.runtime,
        weights=options.weights,
        token=token,
        remote=remote,
        limits=Limits(**{limit.name: getattr(options, "max_" + limit.name) for limit in fields(Limits)}),
        micro_batch=options.micro_batch,
        log=options.log,
    )


def _only_for_remote(options: argparse.Namespace) -> str:
    """Which option was given that says something only beside --allow-remote; "" when none was."""
    given = {
        "--token-file": options.token_file,
        "--tls-cert": options.tls_cert,
        "--tls-key": options.tls_key,
        "--name": options.name,
    }
    return next((name for name, value in given.items() if value), "")


def _remote(options: argparse.Namespace) -> tuple[Remote, str]:
    if options.socket is not None:
        raise ListenError("Other computers cannot reach a Unix socket. Leave out --socket or --allow-remote.")
    needed = {"--token-file": options.token_file, "--tls-cert": options.tls_cert, "--tls-key": options.tls_key}
    missing = [name for name, given in needed.items() if given is None]
    if missing:
        raise ListenError(
            f"With --allow-remote everybody on the network could try the server, so it also needs {', '.join(missing)}."
        )
    # Its group may be one that is there for keys.
    _require_private(options.tls_key, "key", 0o007)
    return Remote(options.tls_cert, options.tls_key, tuple(options.name)), read_token(options.token_file)


def _require_private(path: Path, what: str, others: int) -> None:
    """Raise ListenError unless path is a file without any of the permissions `others`."""
    try:
        status = path.stat()
    except OSError as error:
        raise ListenError(f"The {what} {path} cannot be read: {error.strerror}. Give another one.") from error
    # Reading from anything else may take for ever.
    if not stat.S_ISREG(status.st_mode):
        raise ListenError(f"The {what} {path} is not a file. Give one that is.")
    if sys.platform != "win32" and status.st_mode & others:
        raise ListenError(f"Others on this computer can use the {what} {path}. Make it yours alone: chmod 600 {path}")


def read_token(path: Path) -> str:
    """The token in the file; raises ListenError when there is none that protects, or others can read it."""
    _require_private(path, "token file", 0o077)
    try:
        with path.open(encoding="ascii") as file:
            token = file.read(MAX_TOKEN + 1).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ListenError(f"The token file {path} cannot be read. Give a file of plain letters and digits.") from error
    if len(token) > MAX_TOKEN:
        raise ListenError(f"The token in {path} is longer than {MAX_TOKEN} letters. Give a file with the token alone.")
    if len(token) < MIN_TOKEN or not token.isprintable() or " " in token:
        raise ListenError(
            f"The token in {path} must be one word of at least {MIN_TOKEN} letters. "
            "Make one with: python -c 'import secrets; print(secrets.token_urlsafe())'"
        )
    return token
