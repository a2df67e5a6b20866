"""Answers that nobody takes: what they hold of memory, for how long, and who is kept waiting by them."""

import contextlib
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgpack
import numpy as np
import pytest
from dfp_server import wire
from dfp_server.inference.timings import Timings
from dfp_server.inference.worker import Worker
from server_helpers import (
    Program,
    auth,
    body_of,
    face_lines,
    in_mode,
    metric,
    post,
    ready,
    request_of,
    until,
)

from dfp import FaceGenerator

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")

MEMORY = 50_000_000
SMALL = body_of(request_of(face_lines(64, 64), "RGBA", client="another"))
# 4 KB, and the face of 256 MiB that a frame around it asks for.
STROKE = np.full((64, 64), 255, np.uint8)
STROKE[30:34] = 0
HUGE = body_of(request_of(STROKE, "L", frame=(-4000, -4000, 8192, 8192)))
# A face as large as its sketch, of 4 MiB.
FULL = body_of(request_of(in_mode(face_lines(1024, 1024), "L"), "L", frame=(0, 0, 1024, 1024)))


def peak_of(process: Program) -> int:
    """The most bytes of memory that it has held since `forget_peak`."""
    lines = Path(f"/proc/{process.pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))


def forget_peak(process: Program) -> None:
    """Begin to look at the peak anew."""
    Path(f"/proc/{process.pid}/clear_refs").write_text("5")


@contextlib.contextmanager
def asked_and_not_read(address: str, body: bytes, count: int) -> Iterator[list[socket.socket]]:
    """So many programs that send a request each and take nothing of its answer."""
    parts = urlsplit(address)
    said = "".join(f"{name}: {text}\r\n" for name, text in auth().items())
    head = f"POST /v1/generate HTTP/1.1\r\nHost: localhost\r\n{said}Content-Type: {wire.CONTENT_TYPE}\r\n"
    with contextlib.ExitStack() as stack:
        clients = []
        for _ in range(count):
            client = stack.enter_context(socket.socket())
            client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            client.settimeout(20)
            client.connect((parts.hostname, parts.port))
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            clients.append(client)
        yield clients


def longest_of(address: str, asked: int) -> float:
    """Seconds that the slowest of so many small live requests of another program took; each must be answered."""
    took = []
    for _ in range(asked):
        began = time.monotonic()
        assert post(address, SMALL)[0] == 200
        took.append(time.monotonic() - began)
    return max(took)


@pytest.mark.parametrize("body", [HUGE, FULL], ids=["mostly outside", "as large as the sketch"])
def test_memory_stays_within_its_limit_while_nobody_takes_the_answers(body: bytes) -> None:
    # With the bundled weights: a smaller network does not see what is so small in its frame.
    with ready("--max-memory", MEMORY) as (process, address):
        # Whatever the model, and preparing and placing one such sketch, need for themselves.
        forget_peak(process)
        assert post(address, body)[0] == post(address, SMALL)[0] == 200
        model = peak_of(process)
        with asked_and_not_read(address, body, 12):
            longest = longest_of(address, 20)
            time.sleep(1)
            taken = peak_of(process) - model
    print(f"{taken / 2**20:.0f} MiB above the model's {model / 2**20:.0f}, a live request took {1000 * longest:.0f} ms")
    assert taken < MEMORY


def test_the_part_inside_is_answered_when_most_of_a_frame_lies_outside(weights: Path) -> None:
    with ready("--weights", weights) as (_, address):
        for frame, place in (
            ((-500, -500, 1024, 1024), (0, 0, 64, 64)),
            ((-40, 20, 100, 100), (0, 20, 60, 44)),
            ((-10, 0, 64, 64), (-10, 0, 64, 64)),
            ((0, 0, 90, 90), (0, 0, 90, 90)),
            ((0, 0, 92, 92), (0, 0, 64, 64)),
        ):
            sketch = in_mode(face_lines(64, 64), "L")
            status, message, _ = post(address, body_of(request_of(sketch, "L", frame=frame)))
            assert status == 200, message
            assert (message["left"], message["top"], message["width"], message["height"]) == place
            assert len(message["pixels"]) == place[2] * place[3] * 4


def test_a_frame_that_was_found_is_answered_whole_however_closely_the_sketch_is_cut(weights: Path) -> None:
    with ready("--weights", weights) as (_, address):
        drawn = np.full((60, 260), 255, np.uint8)
        drawn[:6], drawn[-6:], drawn[:, :6], drawn[:, -6:] = 0, 0, 0, 0
        status, message, _ = post(address, body_of(request_of(np.pad(drawn, 12, constant_values=255)[..., None], "L")))
        assert status == 200, message
        assert message["width"] == message["height"]
        assert 2 * drawn.size < message["width"] * message["height"]
        assert min(message["left"], message["top"]) < 0


def test_what_waits_for_room_is_answered_when_there_is_some(weights: Path) -> None:
    """All are read in the end, one after the other, each whole."""
    with (
        ready("--weights", weights, "--max-memory", MEMORY) as (_, address),
        asked_and_not_read(address, FULL, 12) as clients,
    ):
        time.sleep(1)
        sizes = []

        def read(client: socket.socket) -> None:
            sizes.append(len(answer_of(client).pixels))

        threads = [threading.Thread(target=read, args=(client,)) for client in clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
    assert sizes == [4 * 1024**2] * 12


def test_who_takes_a_drop_now_and_then_is_cut_off(weights: Path) -> None:
    """The time is for all of an answer: whoever reads a little must not hold it for ever."""
    with ready("--weights", weights, "--max-download-s", 1) as (_, address):
        with asked_and_not_read(address, FULL, 1) as [client]:
            began = time.monotonic()
            read = 0
            with contextlib.suppress(ConnectionError):
                while more := client.recv(4096):
                    read += len(more)
                    time.sleep(0.01)
            assert read < 4 * 1024**2
        print(f"cut off after {time.monotonic() - began:.1f} s")
        until(lambda: held_by(address) == 0, "nothing was held any more")


def held_by(address: str) -> float:
    """The bytes that the server counts."""
    return metric(address, "dfp_held_bytes")


def test_what_is_held_is_counted_until_it_is_written(weights: Path) -> None:
    with ready("--weights", weights) as (_, address):
        assert post(address, SMALL)[0] == 200
        assert held_by(address) == 0
        with asked_and_not_read(address, FULL, 3) as clients:
            until(
                lambda: 12 * 1024**2 < held_by(address) < 13 * 1024**2,
                "three answers were held, and only they",
            )
            clients[0].close()
            until(lambda: held_by(address) < 9 * 1024**2, "one who left holds nothing")
            answer_of(clients[1])
            until(lambda: held_by(address) < 5 * 1024**2, "one who was answered holds nothing")
        until(lambda: held_by(address) == 0, "nobody holds anything")


def answer_of(client: socket.socket) -> wire.GenerateAnswer:
    """Read the answer on a connection to its end."""
    received = bytearray()
    while b"\r\n\r\n" not in received:
        received += client.recv(65536)
    head, _, rest = bytes(received).partition(b"\r\n\r\n")
    assert b" 200 " in head, head
    length = int(head.lower().split(b"content-length:")[1].split()[0])
    received = bytearray(rest)
    while len(received) < length:
        more = client.recv(2**20)
        assert more
        received += more
    return wire.GenerateAnswer.from_map(msgpack.unpackb(bytes(received)))


@pytest.mark.parametrize("side", [32, 64, 127, 128, 200])
def test_pixels_have_the_length_that_every_plugin_reads(weights: Path, side: int) -> None:
    """Those of before read lengths of four bytes only."""
    worker = Worker(FaceGenerator.load(weights, "cpu", "torch"))
    sketch = np.full((side, side, 4), 255, np.uint8)
    sketch[side // 4, side // 4 : side // 2, :3] = 0
    request = request_of(sketch, "BGRA", frame=(0, 0, side, side))
    timings = Timings(time.perf_counter())
    [answer] = worker.answers([(request, worker.prepare(request, timings), timings)]) or []
    assert not isinstance(answer, Exception)
    body = b"".join(answer)
    at = body.index(b"\xa6pixels") + 7
    assert body[at] == 0xC6
    assert len(wire.GenerateAnswer.from_map(msgpack.unpackb(body)).pixels) == 4 * side**2
