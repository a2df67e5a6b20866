"""What a message may be made of."""

import contextlib
import tracemalloc
from typing import Any

import msgpack
import pytest
from dfp_server.errors import Refusal
from dfp_server.transport.codec import unpack_request
from dfp_server.transport.message_limits import MAX_DEPTH, MAX_PARTS, MessageLimitError, check_limits
from hypothesis import given, settings
from hypothesis import strategies as st
from server_helpers import body_of, face_lines, request_of

FULL = request_of(
    face_lines(64, 64),
    "RGBA",
    frame=(-1, 0, 300, 70_000 - 65_000),
    trust=0.5,
    trust_mask=bytes(300),
    trust_mask_size=(20, 15),
    attention=True,
)

leaves = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats() | st.binary()
leaves |= st.text() | st.integers(0, 300).map("x".__mul__) | st.integers(0, 70_000).map(bytes)
leaves |= st.builds(msgpack.ExtType, st.integers(0, 127), st.integers(0, 300).map(bytes))
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=20) | st.dictionaries(st.text(), inner))


def depth_and_parts(value: Any) -> tuple[int, int]:
    """How many levels a value has that has been unpacked, and of how many parts it is, itself included."""
    if isinstance(value, dict):
        value = [part for item in value.items() for part in item]
    if not isinstance(value, list) or not value:
        return 0, 1
    inside = [depth_and_parts(part) for part in value]
    return 1 + max(depth for depth, _ in inside), 1 + sum(parts for _, parts in inside)


@settings(max_examples=300, deadline=None, database=None)
@given(values)
def test_every_message_is_measured_right(value: Any) -> None:
    depth, parts = depth_and_parts(value)
    if depth <= MAX_DEPTH and parts <= MAX_PARTS:
        check_limits(msgpack.packb(value) or b"")
    else:
        with pytest.raises(MessageLimitError):
            check_limits(msgpack.packb(value) or b"")


@settings(max_examples=300, deadline=None, database=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_measured_to_an_end(body: bytes) -> None:
    with contextlib.suppress(MessageLimitError):
        check_limits(body)


def test_the_fullest_request_passes() -> None:
    assert unpack_request(body_of(FULL)).trust_mask_size == (20, 15)


@pytest.mark.parametrize("leaf", [b"\xa2ab", b"\x90", b"\xca\x00\x00\x00\x00"], ids=["texts", "lists", "numbers"])
def test_millions_of_small_parts_take_no_memory(leaf: bytes) -> None:
    """Each list as long as lists may be, as deep as msgpack itself allows."""
    inner = leaf
    while len(inner) < 4_000_000:
        inner = b"\xdc\x00\x10" + inner * 16
    body = b"\x81\xa5frame" + inner
    tracemalloc.start()
    try:
        with pytest.raises(Refusal, match="parts") as caught:
            unpack_request(body)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert caught.value.status == 400
    assert most < 100_000
