"""`dfp batch` over servers: what its client makes of servers that are busy, wrong, dead or back again."""

import asyncio
import io
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest
from aiohttp import web
from dfp_server.config import Limits
from PIL import Image
from server_helpers import Live, Serve, face_lines

from dfp import FaceGenerator
from dfp.batch.options import FaceOptions
from dfp.batch.servers.address import Address
from dfp.batch.servers.answer import Answer
from dfp.batch.servers.asking import Asked, colour_file, options_of, sketch_file
from dfp.batch.servers.fleet import Fleet, Servers
from dfp.errors import DfpError, SketchError
from dfp.sketch.palette import Palette

PATIENCE_S = 120.0


def file_of(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, kind)
    return file.getvalue()


SKETCH = file_of(face_lines(200, 200))


def token_file(folder: Path, live: Live, name: str = "token") -> Path:
    path = folder / name
    path.touch(0o600)
    path.write_text(live.token)
    return path


def asked_of(sketch: bytes = SKETCH, colours: bytes | None = None, heatmap: bool = False, **face: object) -> Asked:
    return Asked(sketch, colours, options_of(FaceOptions(**face), heatmap))  # pyright: ignore[reportArgumentType]


async def fleet_of(folder: Path, *lives: Live, say: Callable[[str], None] = lambda _: None) -> Fleet:
    tokens = [token_file(folder, live, f"token{number}") for number, live in enumerate(lives)]
    servers = Servers([live.make_url("") for live in lives], tokens)
    return await asyncio.to_thread(Fleet, servers, say)


async def faces_of(fleet: Fleet, *asked: Asked) -> list[Answer | BaseException]:
    futures = [asyncio.wrap_future(fleet.submit(one)) for one in asked]
    return await asyncio.wait_for(asyncio.gather(*futures, return_exceptions=True), PATIENCE_S)


async def refused(servers: Servers) -> str:
    with pytest.raises(DfpError) as told:
        await asyncio.to_thread(Fleet, servers, lambda _: None)
    sentence = str(told.value)
    assert sentence.endswith((".", "?"))
    assert "\n" not in sentence
    return sentence


@pytest.mark.parametrize(
    ("text", "url", "path"),
    [
        ("http://127.0.0.1:7878", "http://127.0.0.1:7878", ""),
        ("https://studio:7878/", "https://studio:7878", ""),
        ("http://[::1]:80", "http://[::1]:80", ""),
        ("unix:/run/a b.socket", "http://localhost", "/run/a b.socket"),
    ],
)
def test_addresses(text: str, url: str, path: str) -> None:
    address = Address.parse(text)
    assert (address.url, address.socket) == (url, path)


@pytest.mark.parametrize(
    "text", ["studio", "http://studio", "ftp://a:1", "http://a:b", "unix:a", "http://u:p@a:1", "http://a:1/x"]
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(DfpError, match=r"write|written"):
        Address.parse(text)


async def test_pictures_are_those_of_the_generator(serve: Serve, coloured_weights: Path, tmp_path: Path) -> None:
    live = await serve(coloured_weights)
    generator = FaceGenerator.load(coloured_weights, "cpu")
    with await fleet_of(tmp_path, live) as fleet:
        assert fleet.model == generator.checksum
        assert {"appearance", "regions"} <= fleet.able
        palette = Palette(hair=(10, 200, 30))
        [plain, more] = await faces_of(
            fleet, asked_of(), asked_of(heatmap=True, trust=0.5, seed=3, cut_out=True, faces=1, palette=palette)
        )
    wanted = generator.generate(face_lines(200, 200))
    assert isinstance(plain, Answer)
    np.testing.assert_array_equal(plain.picture(), wanted.placed())
    assert (plain.frame, plain.note, plain.faces, plain.heatmap) == (wanted.frame, wanted.doubt, 1, None)
    assert isinstance(more, Answer)
    assert more.picture().shape[2] == 4
    assert more.attention().shape == (generator.config.size, generator.config.size, 3)


def test_what_a_server_reads_is_sent_as_it_is() -> None:
    layer = face_lines(64, 64)
    assert sketch_file(SKETCH, 1) == (SKETCH, False)
    tiff = file_of(layer, "TIFF")
    sent, paged = sketch_file(tiff, 1)
    assert not paged
    np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(sent))), layer)
    assert colour_file(file_of(layer, "TIFF"))[:4] == b"\x89PNG"
    pages = io.BytesIO()
    gray = [Image.fromarray(np.full((20, 20), value, np.uint8)) for value in (9, 99)]
    gray[0].save(pages, "PNG", save_all=True, append_images=gray[1:])
    sent, paged = sketch_file(pages.getvalue(), 1)
    assert paged
    assert np.asarray(Image.open(io.BytesIO(sent)))[0, 0] == 9
    sent, paged = sketch_file(pages.getvalue(), 2)
    assert not paged
    assert np.asarray(Image.open(io.BytesIO(sent)))[0, 0] == 99


async def test_a_sketch_that_cannot_be_used_says_why_and_the_others_go_on(live: Live, tmp_path: Path) -> None:
    empty = file_of(np.full((64, 64), 255, np.uint8))
    with await fleet_of(tmp_path, live) as fleet:
        bad, torn, good = await faces_of(fleet, asked_of(empty), asked_of(SKETCH[:300]), asked_of())
    assert isinstance(bad, SketchError)
    assert "empty" in str(bad)
    assert isinstance(torn, SketchError)
    assert isinstance(good, Answer)


async def test_a_busy_server_is_waited_for(serve: Serve, weights: Path, tmp_path: Path) -> None:
    one = await serve(weights, limits=Limits(per_client=1))
    other = await serve(weights, limits=Limits(queue=2))
    said: list[str] = []
    with await fleet_of(tmp_path, one, other, say=said.append) as fleet:
        answers = await faces_of(fleet, *[asked_of()] * 16)
        assert all(isinstance(answer, Answer) for answer in answers)
        assert sum(fleet.drawn().values()) == 16
        assert all(fleet.drawn().values())
    assert said == []


async def test_one_sentence_for_each_thing_that_is_wrong(
    serve: Serve, live: Live, coloured_weights: Path, tmp_path: Path
) -> None:
    url, right = live.make_url(""), token_file(tmp_path, live)
    wrong = tmp_path / "wrong"
    wrong.touch(0o600)
    wrong.write_text("another-servers-token")
    assert "has another token" in await refused(Servers([url], [wrong]))
    assert "No token for" in await refused(Servers([url]))
    assert "token files for 1 servers" in await refused(Servers([url], [right, wrong]))
    other = await serve(coloured_weights)
    tokens = [right, token_file(tmp_path, other, "other")]
    assert "has other weights than the first" in await refused(Servers([url, other.make_url("")], tokens))
    assert "does not speak TLS" in await refused(Servers([url.replace("http", "https")], [right]))
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}"
        assert f"{nobody} cannot be reached: Connection refused." == await refused(Servers([nobody], [right]))
    assert "No such file" in await refused(Servers([f"unix:{tmp_path}/none"], [right]))
    right.chmod(0o644)
    assert "chmod 600" in await refused(Servers([url], [right]))


@pytest.fixture
async def strange() -> AsyncIterator[
    Callable[[Callable[[web.Request], Awaitable[web.StreamResponse]]], Awaitable[str]]
]:
    """Start another program at a free port; gives its address."""
    runners = []

    async def start(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> str:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", handler)
        runner = web.AppRunner(app)
        await runner.setup()
        runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        return f"http://127.0.0.1:{runner.addresses[0][1]}"

    yield start
    for runner in runners:
        await runner.cleanup()


async def test_another_program_at_the_address(strange: Callable, live: Live, tmp_path: Path) -> None:
    async def page(_: web.Request) -> web.Response:
        return web.Response(text="It works!", content_type="text/html")

    address = await strange(page)
    assert "does not answer as" in await refused(Servers([address], [token_file(tmp_path, live)]))


async def test_a_server_that_is_away_at_first_is_used_when_it_comes(
    serve: Serve, live: Live, weights: Path, tmp_path: Path
) -> None:
    said: list[str] = []
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
    tokens = [token_file(tmp_path, live), tmp_path / "late"]
    tokens[1].touch(0o600)
    tokens[1].write_text("a-token-of-a-later-server")
    servers = Servers([live.make_url(""), f"http://127.0.0.1:{port}"], tokens)
    with await asyncio.to_thread(Fleet, servers, said.append) as fleet:
        assert all(isinstance(answer, Answer) for answer in await faces_of(fleet, asked_of()))
        assert len(said) == 1
        assert "cannot be reached" in said[0]
        await serve(weights, at=port, token="a-token-of-a-later-server")
        while not said[-1].endswith("is there again."):
            await asyncio.sleep(0.05)
        await faces_of(fleet, *[asked_of()] * 12)
        assert all(fleet.drawn().values())
