"""Malformed requests by the thousand, and a server that is killed while it works.

Longer: pytest tests/server/test_server_abuse.py --fuzz-cases 100000 --kills 100
"""

import contextlib
import http.client
import re
import socket
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import msgpack
import pytest
from dfp_server import wire
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from server_helpers import (
    auth,
    body_of,
    connection,
    face_lines,
    post,
    ready,
    request_of,
    running,
    until,
    where,
)

GOOD = request_of(face_lines(32, 32), "RGBA", id="layer 1", frame=(0, 0, 32, 32), client="krita", channel="1")
BODY = body_of(GOOD)
# Bytes before the pixels' own, where a change does something.
HEAD = BODY.index(b"pixels") + 12
LIMIT_S = 30.0
UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]
ARGUMENTS = ("--port", 0, "--device", "cpu", "--runtime", "torch")


def changed(edits: list[tuple[int, int]]) -> bytes:
    """The good request with bytes replaced."""
    body = bytearray(BODY)
    for place, value in edits:
        body[place] = value
    return bytes(body)


def packed(value: Any) -> bytes:
    return msgpack.packb(value) or b""


places = st.integers(0, HEAD) | st.integers(len(BODY) - 120, len(BODY) - 1)
leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.text() | st.binary()
values = st.recursive(leaves, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)
names = st.sampled_from(sorted(GOOD.to_map())) | st.text(max_size=8)
lengths = st.sampled_from([b"\xc6", b"\xdb", b"\xdd", b"\xdf", b"\xc9"])
nests = st.sampled_from([b"\x91", b"\x81\xa0", b"\xdc\x00\x01", b"\x81\xa2id"])

malformed = st.one_of(
    st.binary(max_size=300),
    st.lists(st.tuples(places, st.integers(0, 255)), min_size=1, max_size=6).map(changed),
    st.integers(0, len(BODY) - 1).map(lambda end: BODY[:end]),
    st.binary(min_size=1, max_size=40).map(lambda more: BODY + more),
    st.dictionaries(names, values, max_size=5).map(lambda fields: packed({**GOOD.to_map(), **fields})),
    values.map(packed),
    st.tuples(lengths, st.integers(0, 2**32 - 1), st.binary(max_size=50)).map(
        lambda told: told[0] + told[1].to_bytes(4, "big") + told[2]
    ),
    st.tuples(nests, st.integers(1, 20_000)).map(lambda nest: nest[0] * nest[1]),
)

wrong_heads: st.SearchStrategy[Callable[[bytes], bytes]] = st.one_of(
    st.binary(min_size=1, max_size=200).map(lambda junk: lambda _: junk),
    st.integers(0, 300).map(lambda end: lambda head: head[:end]),
    st.tuples(st.integers(0, 150), st.integers(0, 255)).map(
        lambda edit: lambda head: head[: edit[0]] + bytes([edit[1]]) + head[edit[0] + 1 :] + b"\r\n"
    ),
    # A length that is a lie, of both kinds, or none.
    st.sampled_from(["-1", "1e3", "99999999999999999999", "0", "7", str(len(BODY) + 9), str(len(BODY) - 9)]).map(
        lambda length: lambda head: head + f"Content-Length: {length}\r\n\r\n".encode() + BODY
    ),
    st.sampled_from([b"0\r\n\r\n", b"ffffffffffffffff\r\n", b"5\r\nab", b"-1\r\n", b"zz\r\n"]).map(
        lambda chunk: lambda head: head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk
    ),
    st.sampled_from([b"gzip", b"deflate", b"br", b"zstd", b"identity"]).map(
        lambda coding: (
            lambda head: head + b"Content-Encoding: " + coding + b"\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00"
        )
    ),
    st.integers(1, 2000).map(lambda count: lambda head: head + b"X: y\r\n" * count + b"\r\n"),
)


class Drip(threading.Thread):
    """A program that sends a request a byte at a time, never to its end, and comes again when it is cut off."""

    def __init__(self, address: str, whole: int):
        super().__init__(daemon=True)
        self._address = address
        request = head() + f"Content-Length: {len(BODY)}\r\n\r\n".encode() + BODY[:-1]
        self._pieces = [request[:whole], *(bytes([byte]) for byte in request[whole:])]
        self._over = threading.Event()
        self.cut_off = 0
        self.start()

    def run(self) -> None:
        while not self._over.is_set():
            with contextlib.suppress(ConnectionError), connected(self._address) as client:
                for piece in self._pieces:
                    client.sendall(piece)
                    self._over.wait(0.1)
            self.cut_off += 1

    def stop(self) -> None:
        self._over.set()
        self.join(LIMIT_S)
        assert not self.is_alive()


def connected(address: str) -> socket.socket:
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname or "", parts.port or 0), LIMIT_S)


def headers() -> dict[str, str]:
    return {**auth(), "Content-Type": wire.CONTENT_TYPE}


def head() -> bytes:
    """The first lines of a request, all but its length."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers().items())
    return f"POST /v1/generate HTTP/1.1\r\nHost: localhost\r\n{lines}".encode()


def refused_or_drawn(status: int, body: bytes) -> None:
    """Fail unless this is an answer that a request may get, however malformed."""
    message = msgpack.unpackb(body)
    if status == 200:
        wire.GenerateAnswer.from_map(message)
    else:
        assert status in (400, 413, 422, 503), (status, message)
        assert wire.ErrorAnswer.from_map(message).message.endswith(".")


def test_malformed_messages(weights: Path, request: pytest.FixtureRequest) -> None:
    cases = request.config.option.fuzz_cases
    asked = 0
    with ready("--weights", weights, "--max-upload-s", 2) as (process, address):
        http_ = connection(address)
        said = headers()

        @settings(max_examples=cases, deadline=None, database=None, suppress_health_check=UNHURRIED)
        @given(malformed)
        def answered(body: bytes) -> None:
            nonlocal asked
            asked += 1
            http_.request("POST", "/v1/generate", body, said)
            response = http_.getresponse()
            refused_or_drawn(response.status, response.read())
            if asked % 100 == 0:
                assert post(address, BODY)[0] == 200

        # In the head, and in the body.
        drips = [Drip(address, whole) for whole in (10, 300) * 3]
        answered()
        until(lambda: all(drip.cut_off for drip in drips), "all that drip were cut off")
        for drip in drips:
            drip.stop()
        assert post(address, BODY)[0] == 200
        assert process.poll() is None
    assert asked >= cases


def test_malformed_http(weights: Path, request: pytest.FixtureRequest) -> None:
    """Far fewer: each takes a connection of its own, and many end only when the server's patience does."""
    cases = max(50, request.config.option.fuzz_cases // 20)
    with ready("--weights", weights, "--max-upload-s", 0.5) as (process, address):
        good = head()
        asked = 0

        @settings(max_examples=cases, deadline=None, database=None, suppress_health_check=UNHURRIED)
        @given(wrong_heads, st.booleans())
        def answered(wrong: Callable[[bytes], bytes], leaves: bool) -> None:
            nonlocal asked
            asked += 1
            with connected(address) as client:
                with contextlib.suppress(ConnectionError):
                    client.sendall(wrong(good))
                    if leaves:
                        client.shutdown(socket.SHUT_WR)
                for status in statuses_of(client):
                    assert status < 500 or status == 503
            if asked % 10 == 0:
                assert post(address, BODY)[0] == 200

        answered()
        assert post(address, BODY)[0] == 200
        assert process.poll() is None
    assert asked >= cases


def statuses_of(client: socket.socket) -> list[int]:
    """The status of every answer until the server ends the connection, or has no more to say."""
    received = b""
    client.settimeout(2)
    with contextlib.suppress(ConnectionError, TimeoutError):
        while more := client.recv(65536):
            received += more
    return [int(status) for status in re.findall(rb"HTTP/1\.[01] (\d{3})", received)]


class Asker:
    """A client that asks without end, whatever happens."""

    def __init__(self) -> None:
        self.address = ""
        self.answered = self.broken = 0
        self.odd: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def stop(self) -> None:
        self._over.set()
        self._thread.join(2 * LIMIT_S)
        assert not self._thread.is_alive(), "a request did not end"

    def _ask(self) -> None:
        while not self._over.is_set():
            began = time.monotonic()
            try:
                status, _, _ = post(self.address, BODY)
                self.answered += status == 200
                if status not in (200, 401, 503):
                    self.odd.append(f"status {status}")
            except (OSError, http.client.HTTPException, AssertionError):
                # Nobody there, cut off, or nothing published.
                self.broken += 1
                time.sleep(0.05)
            if time.monotonic() - began > LIMIT_S:
                self.odd.append("too long")


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is Unix's")
def test_a_server_that_is_killed_again_and_again(weights: Path, request: pytest.FixtureRequest) -> None:
    asker = Asker()
    try:
        for kill in range(request.config.option.kills):
            with running(*ARGUMENTS, "--weights", weights) as process:
                asker.address = where(process)
                before, deadline = asker.answered, time.monotonic() + 2 * LIMIT_S
                while asker.answered < before + 2:
                    assert time.monotonic() < deadline, f"no answers after {kill} kills"
                    time.sleep(0.003)
    finally:
        asker.stop()
    assert asker.odd == []
    assert asker.broken > 0
