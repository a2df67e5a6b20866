"""Talks to a face server without ever blocking Krita: every call returns at once and reports by a signal.

Each call has a short-lived thread. Qt's own network access would hand an upload over in pieces of 16 KiB, each
by way of the window's event loop: a large sketch then takes seconds while the painter paints.
"""

import contextlib
import threading
import uuid
from enum import Enum
from typing import Any, Callable, NamedTuple, Sequence, Tuple

from krita_plugin.shared.exchange import Answer, BrokenExchange, Exchange
from krita_plugin.shared.messages import (
    NotOurs,
    ServerSaidNo,
    decode_answer,
    decode_health,
    decode_variants,
    encode,
)

from .. import wire  # pyright: ignore[reportAttributeAccessIssue]
from ..document.geometry import Rect
from ..document.resizing import enlarged
from ..qt import QtCore

PROBE_MS = 1000
GENERATE_MS = 120_000
MAX_HEALTH = 64 * 1024


class Problem(Enum):
    """Why a call brought nothing."""

    NONE = "none"
    ABORTED = "aborted"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    REFUSED = "refused"


class Reply(NamedTuple):
    """How a call ended: with a wire message, or with a problem and perhaps a sentence about it."""

    problem: Problem
    message: Any = None
    sentence: str = ""


class Call(QtCore.QObject):
    """One request on its way; `finished` comes exactly once, in the window's thread, also after `abort`."""

    finished = QtCore.pyqtSignal(object)
    _came = QtCore.pyqtSignal(object)

    def __init__(self, exchange: Exchange, timeout_ms: int, parent: Any) -> None:
        super().__init__(parent)
        self._exchange = exchange
        self._problem = Problem.NONE
        self._came.connect(self._collect)
        self._timer = QtCore.QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(lambda: self._give_up(Problem.TIMEOUT))
        self._timer.start(timeout_ms)

    def start(self, body: Callable[[], Sequence[bytes]], read: Callable[[Answer], Any]) -> None:
        """Begin. `body` makes what is sent and `read` what is reported, both in the call's thread."""

        def work() -> None:
            reply = _reply(self._exchange, body, read)
            # Krita may have closed meanwhile, and then nobody waits any more.
            with contextlib.suppress(RuntimeError):
                self._came.emit(reply)

        threading.Thread(target=work, name="face server call", daemon=True).start()

    def abort(self) -> None:
        """Give up; the painter does not want the answer any more."""
        self._give_up(Problem.ABORTED)

    def _give_up(self, problem: Problem) -> None:
        if self._problem is Problem.NONE:
            self._problem = problem
            self._exchange.abort()

    def _collect(self, reply: Reply) -> None:
        self._timer.stop()
        self.deleteLater()
        self.finished.emit(reply if self._problem is Problem.NONE else Reply(self._problem))


def _reply(exchange: Exchange, body: Callable[[], Sequence[bytes]], read: Callable[[Answer], Any]) -> Reply:
    try:
        return Reply(Problem.NONE, read(exchange.run(body())))
    except BrokenExchange:
        return Reply(Problem.UNREACHABLE)
    except (ServerSaidNo, NotOurs) as error:
        return Reply(Problem.REFUSED, None, str(error))


class Client(QtCore.QObject):
    """The two calls of the wire format. `certificate` is the file of an https server's, see Exchange.

    `name` tells this Krita from every other program at the server. `drawn` tells of every answer to a CapturedSketch:
    the sketch and the GenerateAnswer. `capabilities` are those of the server that was found ready last.
    """

    drawn = QtCore.pyqtSignal(object, object)
    certificate = ""
    capabilities: Tuple[str, ...] = ()

    def __init__(self, parent: Any) -> None:
        super().__init__(parent)
        self.name = uuid.uuid4().hex

    def can(self, ability: str) -> bool:
        """Whether the server knows something that not every server or its weights know, see Health.capabilities."""
        return ability in self.capabilities

    def health(self, url: str) -> Call:
        """Ask who is there. The message is a Health; any other program is a problem."""
        call = Call(self._exchange(url + "/v1/health", PROBE_MS, MAX_HEALTH), PROBE_MS, self)
        call.start(tuple, lambda answer: decode_health(answer.status, answer.body))
        return call

    def generate(self, url: str, request: Any, pixels: Sequence[bytes], reduced: int = 1) -> Call:
        """Send a GenerateRequest with its pixels in pieces.

        The message is a GenerateAnswer, so much larger again, or, when it asks for variants, a VariantsAnswer.
        """
        call = Call(self._exchange(url + "/v1/generate", GENERATE_MS, wire.MAX_ANSWER), GENERATE_MS, self)
        sent = Rect(0, 0, request.width, request.height)

        def read(answer: Answer) -> Any:
            if request.variants:
                return decode_variants(answer.status, answer.body, request.id)
            return enlarged(decode_answer(answer.status, answer.body, request.id), reduced, sent)

        call.start(lambda: encode(request, pixels), read)
        return call

    def _exchange(self, url: str, timeout_ms: int, max_body: int) -> Exchange:
        return Exchange(url, timeout_ms / 1000, max_body, self.certificate)
