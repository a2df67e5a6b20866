"""What the server did: for a person on stderr, for programs as JSON lines in a file that never grows large."""

import contextlib
import errno
import json
import logging
import os
import queue
import secrets
import select
import sys
import threading
from collections.abc import Sequence
from contextvars import ContextVar
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any

from aiohttp import web

from dfp_server.errors import ListenError
from dfp_server.middleware.answers import Handler
from dfp_server.transport.discovery import make_private

FILE_BYTES = 1024 * 1024
FILES_KEPT = 4
# Lines that may wait to be written.
ROOM = 1000
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
            "request": getattr(record, "request", ""),
            "message": record.getMessage(),
            **getattr(record, "facts", {}),
        }
        if record.exc_text:
            line["trace"] = record.exc_text
        return printable(json.dumps(line, ensure_ascii=False))


class Lines(logging.Formatter):
    """For a person: what others have put into a message cannot move the cursor, or look like lines of its own."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        return printable(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:
        return "\n".join(map(printable, super().formatException(ei).split("\n")))


def printable(text: str) -> str:
    """The text with what is no letter of any script written as JSON writes it."""
    return text if text.isprintable() else "".join(c if c.isprintable() else json.dumps(c)[1:-1] for c in text)


class Aside(logging.Handler):
    """Says on stderr what can be said at once.

    A program that started the server may never read what it says: the pipe between them fills, and whatever writes
    to it then waits for ever.
    """

    def __init__(self, handle: int):
        super().__init__()
        self._handle = handle

    def emit(self, record: logging.LogRecord) -> None:
        said = (self.format(record) + "\n").encode(errors="backslashreplace")
        if sys.platform == "win32":
            os.write(self._handle, said)
            return
        # Where there is room, there is room for so many bytes at least.
        with contextlib.suppress(OSError):  # nobody may be there any more
            for start in range(0, len(said), select.PIPE_BUF):
                if not select.select([], [self._handle], [], 0)[1]:
                    break
                os.write(self._handle, said[start : start + select.PIPE_BUF])


class WholeLines(RotatingFileHandler):
    """Writes whole lines to a file, or none of what there is no room for."""

    def emit(self, record: logging.LogRecord) -> None:
        if self.stream is None:
            self.stream = self._open()
        if self.shouldRollover(record):
            self.doRollover()
        line = (self.format(record) + "\n").encode(errors="backslashreplace")
        handle = self.stream.fileno()
        size = os.fstat(handle).st_size
        written = os.write(handle, line)
        if written < len(line):
            os.ftruncate(handle, size)
            raise OSError(errno.ENOSPC, "a part of the line was written")


class Behind(logging.Handler):
    """Hands records to a thread, which has all the time that a disk or a terminal takes.

    Whoever logs never waits: what there is no room for, or what cannot be written, is lost and counted, and the next
    line that can be written says how many there were.
    """

    def __init__(self, handlers: Sequence[logging.Handler], room: int = ROOM):
        super().__init__()
        self.lost = 0
        self._told = 0
        self._counting = threading.Lock()
        self._handlers = handlers
        self._records: queue.Queue[logging.LogRecord | None] = queue.Queue(room)
        self._thread = threading.Thread(target=self._write_all, name="log", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        record.request = request_id.get()
        try:
            # Its parts may be large, and may change.
            record.msg, record.args = record.getMessage(), None
            if record.exc_info:
                record.exc_text = Lines().formatException(record.exc_info)
                record.exc_info = None
            self._records.put_nowait(record)
        except Exception:
            self._lose()

    def finish(self, seconds: float) -> bool:
        """Write what is left; whether that was done in time."""
        with contextlib.suppress(queue.Full):
            self._records.put(None, timeout=seconds)
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _lose(self) -> None:
        with self._counting:
            self.lost += 1

    def _write_all(self) -> None:
        while (record := self._records.get()) is not None:
            lost = self.lost
            if self._write(record) and lost > self._told and self._write(_lost(lost - self._told)):
                self._told = lost

    def _write(self, record: logging.LogRecord) -> bool:
        """Whether all handlers have written the record."""
        done = True
        for handler in self._handlers:
            try:
                handler.emit(record)
            except Exception:
                done = False
        if not done:
            self._lose()
        return done


def _lost(count: int) -> logging.LogRecord:
    facts = {"facts": {"lost": count}}
    return logging.makeLogRecord(
        {"name": __name__, "levelno": logging.WARNING, "levelname": "WARNING", "msg": f"lines lost: {count}", **facts}
    )


def log_path() -> Path:
    """The usual file: in the user's folder for what programs remember."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home())
    else:
        base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "deepfacepencil" / "server.log"


def log_to(path: Path | None) -> Behind:
    """Log to stderr and, when given, to the file. Raises ListenError when it cannot be written."""
    handlers: list[logging.Handler] = []
    # Started without a terminal, on Windows, a program has no stderr.
    with contextlib.suppress(AttributeError, OSError):
        plain = Aside(sys.stderr.fileno())
        plain.setFormatter(Lines("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        handlers.append(plain)
    if path is not None:
        if path == log_path():
            make_private(path.parent)
        handlers.append(_file(path))
    behind = Behind(handlers)
    logging.basicConfig(level=logging.INFO, handlers=[behind])
    # What goes wrong in logging itself would be told on stderr, where nobody may read.
    logging.raiseExceptions = False
    return behind


def _file(path: Path) -> WholeLines:
    try:
        if path.is_fifo():
            # Opened, it would wait for a reader.
            raise OSError(errno.EINVAL, "It is a pipe")
        lines = WholeLines(path, maxBytes=FILE_BYTES, backupCount=FILES_KEPT, encoding="utf-8")
    except OSError as error:
        raise ListenError(f"The log {path} cannot be written: {error.strerror}. Give another --log.") from error
    lines.setFormatter(JsonLines())
    return lines


@web.middleware
async def numbered(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Give the request a number that its answer and every line of the log about it carry."""
    request_id.set(secrets.token_hex(6))
    return await handler(request)


async def with_number(_: web.Request, response: web.StreamResponse) -> None:
    """Let the answer, of which nothing has been written yet, say its request's number."""
    response.headers[HEADER] = request_id.get()
