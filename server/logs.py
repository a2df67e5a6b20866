"""What the server did: for a person on stderr, for programs as JSON lines in a file that never grows large."""

import json
import logging
import os
import secrets
import select
import sys
from contextvars import ContextVar
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from aiohttp import web

from server.answers import Handler
from server.errors import ListenError
from server.presence import make_private

FILE_BYTES = 1024 * 1024
FILES_KEPT = 4
HEADER = "X-Request-Id"

# Every request is served by a task of its own, which has its own value.
request_id: ContextVar[str] = ContextVar("request_id", default="")


class JsonLines(logging.Formatter):
    """One JSON object a line; a record's `facts` are fields of it."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "time": self.formatTime(record, "%Y-%m-%dT%H:%M:%S") + f".{record.msecs:03.0f}",
            "level": record.levelname,
            "from": record.name,
            "request": request_id.get(),
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_info:
            line["trace"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


class Aside(logging.StreamHandler[TextIO]):
    """Says on stderr what can be said at once.

    A program that started the server may never read what it says: the pipe between them fills, and whatever writes
    to it then waits for ever.
    """

    def emit(self, record: logging.LogRecord) -> None:
        if sys.platform == "win32":
            super().emit(record)
            return
        try:
            said = (self.format(record) + "\n").encode(errors="backslashreplace")
            # Where there is room, there is room for so many bytes at least.
            for start in range(0, len(said), select.PIPE_BUF):
                if not select.select([], [self.stream], [], 0)[1]:
                    break
                os.write(self.stream.fileno(), said[start : start + select.PIPE_BUF])
        except OSError:
            pass  # nobody is there any more
        except Exception:
            self.handleError(record)


def log_path() -> Path:
    """The usual file: in the user's folder for what programs remember."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home())
    else:
        base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "deepfacepencil" / "server.log"


def log_to(path: Path | None) -> None:
    """Log to stderr and, when given, to the file. Raises ListenError when it cannot be written."""
    plain = Aside(sys.stderr)
    plain.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    handlers: list[logging.Handler] = [plain]
    if path is not None:
        if path == log_path():
            make_private(path.parent)
        try:
            lines = RotatingFileHandler(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
        except OSError as error:
            raise ListenError(f"The log {path} cannot be written: {error.strerror}. Give another --log.") from error
        lines.setFormatter(JsonLines())
        handlers.append(lines)
    logging.basicConfig(level=logging.INFO, handlers=handlers)


@web.middleware
async def numbered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request a number that its answer and every line of the log about it carry."""
    request_id.set(secrets.token_hex(6))
    return await handler(request)


async def with_number(_: web.Request, response: web.StreamResponse) -> None:
    """Let the answer, of which nothing has been written yet, say its request's number."""
    response.headers[HEADER] = request_id.get()
