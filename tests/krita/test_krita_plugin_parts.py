"""The parts of the plugin that need neither Krita nor Qt, as they are installed: with their own msgpack."""

import ast
import asyncio
import contextlib
import importlib
import socket
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from dfp_server import wire

OLDEST_PYTHON = (3, 8)


def request_map(**changes: Any) -> dict[str, Any]:
    asked = {"id": "a", "width": 2, "height": 1, "mode": "BGRA", "pixels": bytes(8)}
    return {**asked, **changes}


def test_all_of_it_is_python_3_8(folder: Path) -> None:
    files = list(folder.rglob("*.py"))
    assert len(files) > 15
    for file in files:
        ast.parse(file.read_text(), str(file), feature_version=OLDEST_PYTHON)


def test_nothing_but_qt_py_imports_pyqt(folder: Path) -> None:
    for file in folder.rglob("*.py"):
        if file.name != "qt.py":
            assert "PyQt" not in file.read_text(), file.name


def test_msgpack_is_pure_python(part: Any) -> None:
    vendored = part("vendor.msgpack")
    assert vendored.Unpacker.__module__.endswith("vendor.msgpack.fallback")


def test_request_is_what_the_server_reads(part: Any) -> None:
    """Packed by the plugin's msgpack, read by the server's."""
    codec = importlib.import_module("dfp_server.transport.codec")
    asked = part("wire").GenerateRequest(**request_map(frame=(-1, 2, 30, 30), pixels=b""))
    read = codec.unpack_request(b"".join(part("shared.messages").encode(asked, [bytes(3), bytes(5)])))
    assert isinstance(read, wire.GenerateRequest)
    assert (read.id, read.width, read.height, read.mode) == ("a", 2, 1, "BGRA")
    assert read.pixels == bytes(8)
    assert tuple(read.frame or ()) == (-1, 2, 30, 30)


def test_answer_of_the_server_is_read(part: Any) -> None:
    codec = importlib.import_module("dfp_server.transport.codec")
    sent = wire.GenerateAnswer("a", -3, 4, 2, 1, "BGRA", bytes(range(8)), "sum", {"model": 1.5})
    face = part("shared.messages").decode_answer(200, codec.pack(sent), "a")
    assert (face.left, face.top, face.width, face.height) == (-3, 4, 2, 1)
    assert face.pixels == bytes(range(8))


def face_of(side: int, **more: Any) -> wire.GenerateAnswer:
    """An answer with a square face, whose pixels tell whether any of them is in the wrong place."""
    pixels = bytes(at * 31 % 251 for at in range(4 * side * side))
    return wire.GenerateAnswer("a", 1, 2, side, side, "BGRA", pixels, "sum", {"model": 1.5}, **more)


def test_a_face_of_every_size_is_read(part: Any) -> None:
    """msgpack writes the length of 255 bytes, of 65,535 and of more in three ways."""
    codec, messages = importlib.import_module("dfp_server.transport.codec"), part("shared.messages")
    for side in range(1, 301):
        sent = face_of(side)
        face = messages.decode_answer(200, codec.pack(sent), "a")
        assert (face.pixels == sent.pixels, face.timings) == (True, {"model": 1.5}), side


@pytest.mark.parametrize("side", [1, 7, 8, 31, 32, 90, 127, 128, 300])
@pytest.mark.parametrize("places", [1, 16, 40, 128])
def test_attention_of_every_size_is_read(part: Any, side: int, places: int) -> None:
    codec, messages = importlib.import_module("dfp_server.transport.codec"), part("shared.messages")
    attention = bytes(at * 7 % 256 for at in range(3 * places * places))
    sent = face_of(side, attention=attention, attention_shape=(3, places, places))
    face = messages.decode_answer(200, codec.pack(sent), "a")
    assert (face.pixels, face.attention) == (sent.pixels, attention)


def test_fields_are_read_in_any_order_and_of_any_length(part: Any) -> None:
    """Also when something long comes before the pixels, as in a long sentence of an error."""
    messages, msgpack = part("shared.messages"), part("vendor.msgpack")
    fields = face_of(90).to_map()
    fields["model"] = "m" * 9000
    for order in (list(fields), sorted(fields), sorted(fields, reverse=True)):
        face = messages.decode_answer(200, msgpack.packb({name: fields[name] for name in order}), "a")
        assert face.pixels == fields["pixels"]
    long = "Draw more. " * 900
    with pytest.raises(messages.ServerSaidNo, match="Draw more"):
        messages.decode_answer(422, msgpack.packb(wire.ErrorAnswer("bad-sketch", long).to_map()), "a")


def test_a_face_that_is_cut_off_is_refused(part: Any) -> None:
    codec, messages = importlib.import_module("dfp_server.transport.codec"), part("shared.messages")
    for side in (5, 20, 60, 140):
        whole = codec.pack(face_of(side))
        for length in (len(whole) - 1, len(whole) // 2, 40):
            with pytest.raises(messages.NotOurs):
                messages.decode_answer(200, whole[:length], "a")


def test_errors_of_the_server_are_passed_on(part: Any) -> None:
    codec, messages = importlib.import_module("dfp_server.transport.codec"), part("shared.messages")
    body = codec.pack(wire.ErrorAnswer("bad_sketch", "Draw more."))
    with pytest.raises(messages.ServerSaidNo, match=r"^Draw more\.$"):
        messages.decode_answer(422, body, "a")


@pytest.mark.parametrize(
    ("status", "change"),
    [(200, {"id": "other"}), (200, {"mode": "RGBA"}), (200, {"pixels": b"short"}), (200, {"width": 0})],
)
def test_odd_answers_are_refused(part: Any, status: int, change: dict[str, Any]) -> None:
    messages, msgpack = part("shared.messages"), part("vendor.msgpack")
    answer = {**request_map(), "left": 0, "top": 0, "model": "", "timings": {}, **change}
    with pytest.raises(messages.NotOurs):
        messages.decode_answer(status, msgpack.packb(answer), "a")


@pytest.mark.parametrize("body", [b"", b"<html>Hello</html>", b"\xff" * 100, b"\xdf\xff\xff\xff\xff"])
@pytest.mark.parametrize("status", [200, 404, 500])
def test_other_programs_are_told_apart(part: Any, body: bytes, status: int) -> None:
    messages = part("shared.messages")
    with pytest.raises(messages.NotOurs):
        messages.decode_health(200, body)
    with pytest.raises(messages.NotOurs):
        messages.decode_answer(status, body, "a")


@pytest.mark.parametrize("change", [{"service": "other"}, {"version": 2}])
def test_health_of_another_kind_or_version(part: Any, change: dict[str, Any]) -> None:
    messages, msgpack = part("shared.messages"), part("vendor.msgpack")
    said = {"state": "ready", "model": "", "device": "cpu", "server_version": "9"}
    assert messages.decode_health(200, msgpack.packb({**said, "service": "deepfacepencil"})).state == "ready"
    with pytest.raises(messages.NotOurs):
        messages.decode_health(200, msgpack.packb({**said, **change}))


def test_places(part: Any) -> None:
    place = part("document.geometry").Rect
    assert place(0, 0, 10, 10).inside(place(5, -5, 10, 10)) == (5, 0, 5, 5)
    assert place(0, 0, 3, 3).inside(place(5, 5, 3, 3)).empty
    assert place(5, 6, 2, 2).grown(3) == (2, 3, 8, 8)
    assert place(5, 6, 2, 2).seen_from(place(1, 10, 9, 9)) == (4, -4, 2, 2)
    assert place(5, 6, 2, 2).moved(-1, 3) == (4, 9, 2, 2)
    assert list(place(3, 4, 10, 5).bands(20)) == [(3, 4, 10, 2), (3, 6, 10, 2), (3, 8, 10, 1)]
    assert list(place(0, 0, 10, 2).bands(5)) == [(0, 0, 10, 1), (0, 1, 10, 1)]
    assert list(place(0, 0, 0, 0).bands(5)) == []
    assert list(place(0, 0, 10, 7).bands(65, 3)) == [(0, 0, 10, 6), (0, 6, 10, 1)]
    assert list(place(0, 0, 10, 4).bands(5, 3)) == [(0, 0, 10, 3), (0, 3, 10, 1)]
    assert place(5, 6, 9, 8).reduced(2) == (2, 3, 5, 4)


LAYERS = {"a": (100, 80, 50, 40), "b": (150, 60, 30, 90), "paper": (0, 0, 400, 300)}
CHANGES = {
    "nothing": ((400, 300), lambda x, y: (x, y)),
    "cropped": ((300, 250), lambda x, y: (x - 40, y - 20)),
    "more room": ((500, 400), lambda x, y: (x + 30, y + 60)),
    "scaled": ((800, 600), lambda x, y: (2 * x, 2 * y)),
    "squeezed": ((200, 300), lambda x, y: (x / 2, y)),
    "mirrored": ((400, 300), lambda x, y: (400 - x, y)),
    "upside down": ((400, 300), lambda x, y: (x, 300 - y)),
    "turned right": ((300, 400), lambda x, y: (300 - y, x)),
    "turned left": ((300, 400), lambda x, y: (y, 400 - x)),
    "turned over": ((400, 300), lambda x, y: (400 - x, 300 - y)),
    "cropped, then scaled": ((600, 500), lambda x, y: (2 * (x - 40), 2 * (y - 20))),
    "turned, then cropped": ((250, 350), lambda x, y: (300 - y - 20, x - 30)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_what_was_done_to_a_picture_is_told_by_its_layers(part: Any, change: str) -> None:
    """Also when something was drawn on one of them meanwhile; a layer that fills the picture tells nothing."""
    transforms, place = part("document.transforms"), part("document.geometry").Rect
    canvas, to = CHANGES[change]

    def moved(bounds: tuple[int, ...]) -> Any:
        corners = [to(bounds[0], bounds[1]), to(bounds[0] + bounds[2], bounds[1] + bounds[3])]
        (left, right), (top, bottom) = (sorted(side) for side in zip(*corners, strict=True))
        return place(round(left), round(top), round(right - left), round(bottom - top))

    then = transforms.Anchors((400, 300), {id: transforms.Layer(0, 0, place(*bounds)) for id, bounds in LAYERS.items()})
    shift = to(0, 0) if change in ("cropped", "more room") else (0, 0)
    now = {id: transforms.Layer(*shift, moved(bounds)) for id, bounds in LAYERS.items()}
    now["paper"] = transforms.Layer(*shift, place(0, 0, *canvas))
    transform = transforms.likely_transforms(then, transforms.Anchors(canvas, now))[0]
    assert transform.apply(place(120, 90, 60, 50)) == moved((120, 90, 60, 50))
    drawn = {**now, "new": transforms.Layer(0, 0, place(1, 1, 5, 5)), "b": now["b"]._replace(bounds=place(3, 3, 90, 9))}
    transform = transforms.likely_transforms(then, transforms.Anchors(canvas, drawn))[0]
    if "turned" not in change and "mirrored" not in change:
        assert transform.apply(place(120, 90, 60, 50)) == moved((120, 90, 60, 50))


DRAWN_ON = [
    *(
        (change, grown)
        for change in ("nothing", "cropped", "more room", "scaled")
        for grown in ((100, 80, 90, 40), (60, 40, 140, 120))
    ),
    ("nothing", (80, 64, 100, 80)),
]


@pytest.mark.parametrize(("change", "grown"), DRAWN_ON, ids=str)
def test_a_sketch_that_was_drawn_on_is_no_scaled_picture(
    part: Any, change: str, grown: tuple[int, int, int, int]
) -> None:
    """Though it is the only layer that could tell: a locked frame, or a face of the history, must not follow it."""
    transforms, place = part("document.transforms"), part("document.geometry").Rect
    canvas, to = CHANGES[change]
    shift = to(0, 0) if change in ("cropped", "more room") else (0, 0)

    def moved(left: int, top: int, width: int, height: int) -> Any:
        (x, y), (right, bottom) = to(left, top), to(left + width, top + height)
        return place(x, y, right - x, bottom - y)

    then = {"paper": transforms.Layer(0, 0, place(0, 0, 400, 300)), "a": transforms.Layer(0, 0, place(100, 80, 50, 40))}
    now = {"paper": transforms.Layer(*shift, place(0, 0, *canvas)), "a": transforms.Layer(*shift, moved(*grown))}
    likely = transforms.likely_transforms(transforms.Anchors((400, 300), then), transforms.Anchors(canvas, now))
    assert likely[0].apply(place(120, 90, 60, 50)) == moved(120, 90, 60, 50)


def test_an_address_that_is_none_is_nobody(part: Any) -> None:
    exchange = part("shared.exchange")
    for address in ("https://[::bad:99999", "http://host:port", "http://[", "https://a:99999999", "unix:"):
        with pytest.raises(exchange.BrokenExchange):
            exchange.Exchange(exchange.url_with_token(address, "t") + "/v1/health", 1.0, 100).run()


def test_names_in_sentences_are_short(part: Any) -> None:
    texts = part("texts")
    long = "x" * 300
    told = (texts.faces.kept(long), texts.history.applied(long), texts.batch.menu_line("group", long, 3))
    told += (texts.batch.keyframe_name(long, 3), texts.batch.failed(long, "No."), texts.history.restored(long))
    assert max(map(len, told)) < 120
    assert texts.batch.failed("two\nlines", "No.") == "two lines: No."
    assert texts.faces.kept("Anna").count("Anna") == 1


@pytest.mark.parametrize("chosen", [(0, 0, 10, 4), (7, -3, 5, 8), (-9, 2, 3, 4), (1, 1, 7, 7), (2, 2, 1, 1)])
def test_a_square_holds_what_the_server_makes_square(part: Any, chosen: tuple[int, int, int, int]) -> None:
    """The server grows a selection to a square; the pixels of that square have to be sent."""
    frames = importlib.import_module("dfp.sketch.frame")
    place = part("document.geometry").Rect
    made = frames.square(*chosen)
    frame = place(made.left, made.top, made.width, made.height)
    assert frame.inside(place(*chosen).squared()) == frame


class Stranger:
    """Another program on a port: says the bytes it is given to whoever connects, then closes or keeps silent."""

    def __init__(self, says: bytes, silent: bool = False) -> None:
        self.says, self.silent = says, silent
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}/v1/health"
        self.held: list[socket.socket] = []
        threading.Thread(target=self.answer, daemon=True).start()

    def answer(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                caller, _ = self.listener.accept()
                caller.sendall(self.says)
                self.held.append(caller)
                if not self.silent:
                    caller.shutdown(socket.SHUT_WR)

    def close(self) -> None:
        for one in [self.listener, *self.held]:
            one.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/msgpack\r\n"


@pytest.mark.parametrize(
    "says",
    [
        b"",
        b"220 mail.example ESMTP\r\n",
        b"\xff" * 5000,
        HEAD + b"Content-Length: 50\r\n\r\nonly this",
        HEAD + b"\r\n" + b"x" * 200_000,
        HEAD + b"Content-Length: 999999999\r\n\r\n",
    ],
)
def test_strangers_break_an_exchange(part: Any, says: bytes) -> None:
    exchange = part("shared.exchange")
    stranger = Stranger(says)
    with pytest.raises(exchange.BrokenExchange):
        exchange.Exchange(stranger.url, 2.0, 64 * 1024).run()
    stranger.close()


def test_nobody_there(part: Any) -> None:
    exchange = part("shared.exchange")
    stranger = Stranger(b"")
    stranger.close()
    with pytest.raises(exchange.BrokenExchange):
        exchange.Exchange(stranger.url, 2.0, 1000).run()


def test_a_silent_stranger_is_left_after_the_timeout(part: Any) -> None:
    exchange = part("shared.exchange")
    stranger = Stranger(b"", silent=True)
    with pytest.raises(exchange.BrokenExchange):
        exchange.Exchange(stranger.url, 0.2, 1000).run()
    stranger.close()


def test_abort_ends_a_waiting_exchange_at_once(part: Any) -> None:
    exchange = part("shared.exchange")
    stranger = Stranger(HEAD, silent=True)
    waiting = exchange.Exchange(stranger.url, 60.0, 1000)
    ended: list[str] = []

    def wait() -> None:
        try:
            waiting.run()
        except exchange.BrokenExchange as error:
            ended.append(str(error))

    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.3)
    assert not ended
    waiting.abort()
    thread.join(5)
    assert ended
    stranger.close()


async def test_exchange_with_aiohttp(part: Any, aiohttp_server: Any) -> None:
    """A large picture both ways through the web framework that the server is made of."""
    codec = importlib.import_module("dfp_server.transport.codec")
    pixels = bytes(range(256)) * 4096 * 4

    async def turn(request: web.Request) -> web.Response:
        asked = codec.unpack_request(await request.read())
        answer = wire.GenerateAnswer(asked.id, 1, 2, 1024, 1024, "BGRA", asked.pixels[::-1], "", {})
        return web.Response(body=codec.pack(answer), content_type=request.content_type)

    app = web.Application(client_max_size=1 << 26)
    app.router.add_post("/v1/generate", turn)
    server = await aiohttp_server(app)
    asked = part("wire").GenerateRequest(**request_map(width=1024, height=1024, pixels=b""))
    waiting = part("shared.exchange").Exchange(str(server.make_url("/v1/generate")), 20.0, 1 << 26)
    answer = await asyncio.to_thread(waiting.run, part("shared.messages").encode(asked, [pixels[:999], pixels[999:]]))
    face = part("shared.messages").decode_answer(answer.status, answer.body, "a")
    assert face.pixels == pixels[::-1]
