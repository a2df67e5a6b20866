"""The listening socket, opened before anything slow starts, so that a taken port is told at once."""

import errno
import os
import socket
import stat
import sys
from pathlib import Path

from dfp_server.config import ServerConfig
from dfp_server.errors import ListenError

BACKLOG = 128

# What says that a computer has no addresses of the kind, or not this one.
NO_SUCH_ADDRESS = (errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT)


def open_listener(config: ServerConfig) -> socket.socket:
    """A listening socket at config.socket, or at config.host and config.port. Raises ListenError."""
    if config.socket is not None:
        return listen_unix(config.socket)
    return listen_tcp(config.host, config.port)


def address(listener: socket.socket, tls: bool = False) -> str:
    """Where the socket listens, as clients write it: http://127.0.0.1:7878, https://... or unix:/path."""
    name = listener.getsockname()
    if isinstance(name, str):
        return f"unix:{os.path.abspath(name)}"
    host, port = name[:2]
    scheme = "https" if tls else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"


def listen_tcp(host: str, port: int) -> socket.socket:
    """Listen at the address; port 0 takes a free one. Raises ListenError."""
    if host.lower() != "localhost":
        return _listen_at(host, port)
    # Not at both: with port 0 they would be two different ports.
    try:
        return _listen_at("127.0.0.1", port)
    except ListenError as error:
        if not isinstance(error.__cause__, OSError) or error.__cause__.errno not in NO_SUCH_ADDRESS:
            raise
    return _listen_at("::1", port)


def _listen_at(host: str, port: int) -> socket.socket:
    try:
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise ListenError(_tcp_sentence(host, port, error)) from error
    try:
        # On Windows the option of this name would let two servers share the port; elsewhere a server
        # could not start again right after it ended without it.
        if sys.platform != "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ListenError(_tcp_sentence(host, port, error)) from error
    return listener


def _tcp_sentence(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"Port {port} is taken by another program, maybe by a DeepFacePencil server that runs already. "
            "End that program, or start with another --port (0 takes a free one)."
        )
    if error.errno == errno.EACCES:
        return f"The system does not let you use port {port}. Start with another --port (0 takes a free one)."
    return f"The server cannot listen at {host}, port {port}: {error.strerror}. Try another --host or --port."


def listen_unix(path: Path) -> socket.socket:
    """Listen at a Unix socket that only this user can use; takes the place of a dead server's socket.

    Raises ListenError.
    """
    if not hasattr(socket, "AF_UNIX"):
        raise ListenError("This system has no Unix sockets. Start with --port instead of --socket.")
    _clear(path)
    listener = socket.socket(socket.AF_UNIX)
    # With chmod after bind, others could connect in between.
    umask = os.umask(0o177)
    try:
        listener.bind(str(path))
        listener.listen(BACKLOG)
    except OSError as error:
        listener.close()
        raise ListenError(
            f"The server cannot make the socket {path}: {error.strerror or error}. Give another --socket."
        ) from error
    finally:
        os.umask(umask)
    return listener


def _clear(path: Path) -> None:
    """Remove the socket of a server that is dead; raises ListenError when the path is in use."""
    try:
        mode = path.lstat().st_mode
    except OSError:
        return
    if not stat.S_ISSOCK(mode):
        raise ListenError(f"There is a file at {path} which is not a socket. Give another --socket.")
    with socket.socket(socket.AF_UNIX) as probe:
        try:
            probe.connect(str(path))
        except ConnectionRefusedError:
            path.unlink(missing_ok=True)
            return
        except OSError as error:
            raise ListenError(f"The socket {path} cannot be used: {error.strerror}. Give another one.") from error
    raise ListenError(f"Another server listens at {path} already. End that one, or give another --socket.")
