"""The wire format by itself: what both sides check."""

import ast
import sys
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from dfp_server import wire

ANSWER: dict[str, Any] = {
    "id": "layer 1",
    "left": -3,
    "top": 5,
    "width": 2,
    "height": 1,
    "mode": "BGRA",
    "pixels": bytes(8),
    "model": "0123456789abcdef",
    "timings": {"total": 1.5},
}


def test_it_is_python_3_8_and_only_the_standard_library() -> None:
    assert wire.__file__ is not None
    parts = {path.stem: path for path in Path(wire.__file__).parent.glob("*.py")}
    for path in parts.values():
        for node in ast.walk(ast.parse(path.read_text(), feature_version=(3, 8))):
            if isinstance(node, ast.Import):
                assert {alias.name for alias in node.names} <= sys.stdlib_module_names
            if isinstance(node, ast.ImportFrom):
                assert node.module in (parts if node.level == 1 else sys.stdlib_module_names)


@pytest.mark.parametrize(
    "message",
    [
        wire.GenerateRequest("a", 2, 1, "L", b"ab", frame=(-1, 0, 8192, 1), attention=True),
        wire.GenerateRequest("a", 2, 1, "L", b"ab", trust=-0.5, trust_mask=b"abcdef", trust_mask_size=(3, 2)),
        wire.GenerateAnswer(**ANSWER, attention=bytes(8), attention_shape=(2, 2, 2)),
        wire.ErrorAnswer(wire.Code.BAD_SKETCH, "Draw something.", "a"),
        wire.Health(wire.State.READY, "0123", "cpu", "1.0"),
    ],
    ids=lambda message: type(message).__name__,
)
def test_a_message_comes_back_from_its_map(message: wire.Message) -> None:
    assert type(message).from_map(message.to_map()) == message


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"pixels": bytes(7)}, "8"),
        ({"width": 8193}, "width"),
        ({"left": 10**6}, "left"),
        ({"top": 0.5}, "top"),
        ({"attention": bytes(8)}, "attention_shape"),
        ({"attention": bytes(8), "attention_shape": (2, 2, 3)}, "attention"),
        ({"attention": bytes(8), "attention_shape": (2, -2, -2)}, "attention_shape"),
        ({"timings": [1]}, "timings"),
        ({"timings": {"total": "1"}}, "timings"),
        ({"timings": {"total": float("nan")}}, "timings"),
        ({"model": None}, "model"),
    ],
    ids=str,
)
def test_an_answer_with_a_wrong_field(changed: dict[str, Any], told: str) -> None:
    with pytest.raises(wire.WireError, match=told):
        wire.GenerateAnswer.from_map({**ANSWER, **changed})


@pytest.mark.parametrize(
    "changed",
    [
        {"trust": 1.5},
        {"trust": float("nan")},
        {"trust": True},
        {"trust": "1"},
        {"trust_mask": b"abcdef"},
        {"trust_mask_size": (3, 2)},
        {"trust_mask": b"abcde", "trust_mask_size": (3, 2)},
        {"trust_mask": bytes(257), "trust_mask_size": (257, 1)},
        {"trust_mask": b"", "trust_mask_size": (0, 5)},
        {"trust_mask": "abcdef", "trust_mask_size": (3, 2)},
    ],
    ids=str,
)
def test_a_request_with_wrong_trust(changed: dict[str, Any]) -> None:
    with pytest.raises(wire.WireError, match="trust"):
        wire.GenerateRequest.from_map({"id": "a", "width": 2, "height": 1, "mode": "L", "pixels": b"ab", **changed})


def test_another_version_is_told_before_its_other_fields() -> None:
    with pytest.raises(wire.VersionError, match="version 2"):
        wire.Health.from_map({"version": 2, "mood": "fine"})


def test_the_largest_body_holds_the_largest_layer() -> None:
    assert wire.MAX_SIDE**2 * max(wire.CHANNELS.values()) < wire.MAX_BODY
    assert wire.MAX_BODY <= wire.MAX_ANSWER
    assert wire.MAX_LAYERS_SIDE**2 * 4 * (1 + len(wire.LAYERS)) < wire.MAX_ANSWER


def test_what_is_binary_is_forgotten_as_if_it_had_been_left_out() -> None:
    told = wire.GenerateRequest("a", 2, 1, "L", b"ab", trust_mask=b"abcdef", trust_mask_size=(3, 2), seed=5)
    assert told.without_binaries() == wire.GenerateRequest("a", 2, 1, "L", b"", trust_mask_size=(3, 2), seed=5)


def test_every_field_says_what_it_may_hold() -> None:
    for message in (wire.GenerateRequest, wire.GenerateAnswer, wire.ErrorAnswer, wire.Health, wire.Discovery):
        unchecked = {field.name for field in fields(message) if "kind" not in field.metadata}
        assert unchecked <= {"version", "attention_shape", "regions_shape", "layer_places", "heatmap_shape"}
