"""A plugin and a server that are not of the same age: within version 1 what one does not know is passed over."""

import importlib
import sys
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import aiohttp
import msgpack
import pytest
from dfp_server import wire
from dfp_server.transport import codec
from server_helpers import Live, ask, body_of, face_for, face_lines, health_at, request_of

from krita_plugin.assemble import assemble

GOOD = request_of(face_lines(64, 64), "RGBA", id="layer 1")
ANSWER = wire.GenerateAnswer("layer 1", -3, 5, 2, 1, "BGRA", bytes(8), "sum", {"total": 1.5})
LATER: dict[str, Any] = {
    "nothing": None,
    "flag": True,
    "age": 2**63,
    "strength": -0.25,
    "story": "x" * 5000,
    "picture": bytes(70_000),
    "swatches": [[i, i, i] for i in range(60)],
    "colours": {"skin": [1, 2, 3], "by place": [{"at": [i, i], "colour": [0, 0, 0]} for i in range(50)]},
}


@pytest.fixture(scope="module")
def messages(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The plugin's own reader, as it is installed."""
    folder = tmp_path_factory.mktemp("plugin") / "newer_dfp"
    assemble(folder)
    package = ModuleType("newer_dfp")
    package.__path__ = [str(folder)]
    sys.modules["newer_dfp"] = package
    yield importlib.import_module("newer_dfp.shared.messages")
    for name in [name for name in sys.modules if name.startswith("newer_dfp")]:
        del sys.modules[name]


@pytest.mark.parametrize("later", [*({key: value} for key, value in LATER.items()), LATER], ids=lambda f: "+".join(f))
async def test_a_request_with_fields_of_a_newer_plugin(
    live: Live, session: aiohttp.ClientSession, later: dict[str, Any]
) -> None:
    body = msgpack.packb({**later, **GOOD.to_map(), **later}) or b""
    status, message = await ask(session, live, body)
    assert (status, message["id"]) == (200, "layer 1")
    assert message["pixels"] == (await face_for(session, live, GOOD)).pixels


@pytest.mark.parametrize("count", [1, 40, 200])
def test_a_request_with_many_more_fields(count: int) -> None:
    more = {f"field {i}": i for i in range(count)}
    assert codec.unpack_request(msgpack.packb({**GOOD.to_map(), **more}) or b"") == GOOD


async def test_what_is_too_long_is_not_called_damaged(live: Live, session: aiohttp.ClientSession) -> None:
    for value in ("x" * (codec.MAX_TEXT + 1), [0] * (codec.MAX_ITEMS + 1)):
        status, message = await ask(session, live, body_of(GOOD, more=value))
        assert (status, message["code"]) == (400, wire.Code.BAD_MESSAGE)
        assert "longer than any that is expected" in message["message"]


async def test_a_known_field_is_still_checked_among_unknown_ones(live: Live, session: aiohttp.ClientSession) -> None:
    status, message = await ask(session, live, body_of(GOOD, **LATER, trust="much"))
    assert (status, message["code"]) == (400, wire.Code.BAD_MESSAGE)
    assert "trust" in message["message"]


async def test_health_lists_what_the_server_can_do(live: Live, session: aiohttp.ClientSession) -> None:
    can = (await health_at(session, live)).capabilities
    assert {"frame", "attention", "trust", "trust_mask", "batch", "client", "channel"} <= set(can)
    assert not {"id", "pixels", "version", "palette of a later version"} & set(can)


def test_the_plugin_passes_over_what_a_newer_server_says(messages: Any) -> None:
    small = {name: value for name, value in LATER.items() if name not in ("story", "picture")}
    for fields in ({**small, **ANSWER.to_map()}, {**ANSWER.to_map(), **small}):
        answer = messages.decode_answer(200, msgpack.packb(fields), "layer 1")
        assert (answer.left, answer.top, answer.pixels) == (-3, 5, bytes(8))
    health = wire.Health(wire.State.READY, "0123", "cpu", "1.0", capabilities=("trust", "teleport")).to_map()
    assert "teleport" in messages.decode_health(200, msgpack.packb({**health, **small})).capabilities
    error = wire.ErrorAnswer(wire.Code.BAD_SKETCH, "Draw more.").to_map()
    with pytest.raises(messages.ServerSaidNo, match=r"^Draw more\.$"):
        messages.decode_answer(422, msgpack.packb({**error, **small}), "layer 1")


def test_the_plugin_reads_an_older_server(messages: Any) -> None:
    health = wire.Health(wire.State.READY, "0123", "cpu", "1.0").to_map()
    del health["capabilities"]
    assert messages.decode_health(200, msgpack.packb(health)).capabilities == ()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"message": 5}, "message"),
        ({"state": None}, "state"),
        ({"capabilities": "trust"}, "capabilities"),
        ({"capabilities": [1]}, "capabilities"),
        ({"capabilities": ["x"] * (wire.MAX_CAPABILITIES + 1)}, "capabilities"),
    ],
    ids=str,
)
def test_a_health_with_a_wrong_field(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(wire.WireError, match=told):
        wire.Health.from_map({**wire.Health("ready", "", "", "").to_map(), **changed})
