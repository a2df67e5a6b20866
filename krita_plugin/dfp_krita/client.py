"""Talks to a face server without ever blocking Krita: every call returns at once and reports by a signal."""

from enum import Enum
from typing import Any, NamedTuple, Optional

from . import wire  # pyright: ignore[reportAttributeAccessIssue]
from .messages import NotOurs, decode_health, encode
from .qt import QtCore, QtNetwork

PROBE_MS = 1000
GENERATE_MS = 120_000
MAX_HEALTH = 64 * 1024


class Problem(Enum):
    """Why a call brought no bytes."""

    NONE = "none"
    ABORTED = "aborted"
    TIMEOUT = "timeout"
    UNREACHABLE = "unreachable"
    TOO_LONG = "too long"


class Reply(NamedTuple):
    """How a call ended: an HTTP status with a body, or a problem."""

    problem: Problem
    status: int = 0
    body: bytes = b""


class Call(QtCore.QObject):
    """One request on its way; `finished` comes exactly once, also after `abort`."""

    finished = QtCore.pyqtSignal(object)

    def __init__(self, reply: Any, timeout_ms: int, max_body: int, parent: Any) -> None:
        super().__init__(parent)
        self._reply = reply
        self._max_body = max_body
        self._problem = Problem.NONE
        self._timer = QtCore.QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(lambda: self._end(Problem.TIMEOUT))
        self._timer.start(timeout_ms)
        reply.downloadProgress.connect(self._watch_size)
        reply.finished.connect(self._collect)

    def abort(self) -> None:
        """Give up; the painter does not want the answer any more."""
        self._end(Problem.ABORTED)

    def _end(self, problem: Problem) -> None:
        # Qt reports a time-out and an abort alike, so the reason is kept here.
        if self._problem is Problem.NONE:
            self._problem = problem
            self._reply.abort()

    def _watch_size(self, received: int, _total: int) -> None:
        if received > self._max_body:
            self._end(Problem.TOO_LONG)

    def _collect(self) -> None:
        self._timer.stop()
        status = self._reply.attribute(QtNetwork.QNetworkRequest.Attribute.HttpStatusCodeAttribute)
        complete = self._reply.error() == QtNetwork.QNetworkReply.NetworkError.NoError or bool(status)
        if self._problem is Problem.NONE and (not complete or self._cut_off()):
            self._problem = Problem.UNREACHABLE
        if self._problem is Problem.NONE:
            reply = Reply(Problem.NONE, int(status or 0), bytes(self._reply.readAll()))
        else:
            reply = Reply(self._problem)
        self._reply.deleteLater()
        self.deleteLater()
        self.finished.emit(reply)

    def _cut_off(self) -> bool:
        """Whether the connection broke after the headers had come."""
        return self._reply.error() == QtNetwork.QNetworkReply.NetworkError.RemoteHostClosedError


class Client(QtCore.QObject):
    """The two calls of the wire format."""

    def __init__(self, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        self._manager = QtNetwork.QNetworkAccessManager(self)
        # A proxy set for the web must not get the painter's pictures, nor could it reach this computer.
        self._manager.setProxy(QtNetwork.QNetworkProxy(QtNetwork.QNetworkProxy.ProxyType.NoProxy))

    def health(self, url: str) -> Call:
        """Ask who is there; `health_of` reads the reply."""
        return Call(self._manager.get(self._request(url + "/v1/health")), PROBE_MS, MAX_HEALTH, self)

    def generate(self, url: str, message: Any) -> Call:
        """Send a GenerateRequest."""
        body = QtCore.QByteArray(encode(message))
        reply = self._manager.post(self._request(url + "/v1/generate"), body)
        return Call(reply, GENERATE_MS, wire.MAX_BODY, self)

    def _request(self, url: str) -> Any:
        request = QtNetwork.QNetworkRequest(QtCore.QUrl(url))
        request.setHeader(QtNetwork.QNetworkRequest.KnownHeaders.ContentTypeHeader, wire.CONTENT_TYPE)
        request.setAttribute(
            QtNetwork.QNetworkRequest.Attribute.RedirectPolicyAttribute,
            QtNetwork.QNetworkRequest.RedirectPolicy.ManualRedirectPolicy,
        )
        return request


def health_of(reply: Reply) -> Optional[Any]:
    """The Health in a reply, or None when nobody or somebody else answered."""
    if reply.problem is not Problem.NONE or reply.status != 200:
        return None
    try:
        return decode_health(reply.body)
    except NotOurs:
        return None
