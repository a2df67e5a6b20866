"""The wire format's messages as bytes and back."""

import struct
from typing import Any, Dict, List, Optional, Sequence, Tuple, Type, Union

from .. import wire  # pyright: ignore[reportAttributeAccessIssue]
from ..vendor import msgpack  # pyright: ignore[reportMissingImports]
from . import texts

UNAUTHORISED = 401
SERVICE = "deepfacepencil"
EMPTY_BIN = b"\xc4\x00"
BIN32 = 0xC6
# msgpack writes the length of binary data in one, two or four bytes, as short as it can.
LENGTHS = {0xC4: struct.Struct(">B"), 0xC5: struct.Struct(">H"), BIN32: struct.Struct(">I")}
# What comes before, between and after an answer's binary fields is seldom longer than this.
HEAD = 4096


class ServerSaidNo(Exception):
    """The server answered with an error; the text is its sentence for the painter."""


class NotOurs(Exception):
    """Whoever answered is not a face server, or one of another version."""


def encode(request: Any, pixels: Sequence[bytes]) -> List[bytes]:
    """A GenerateRequest as the body of an HTTP request, in pieces to be sent one after the other.

    `pixels`, in place of the request's own, stay the pieces they are, because every copy of a large sketch is felt.
    """
    fields = request.to_map()
    del fields["pixels"]
    fields["pixels"] = b""
    head = msgpack.packb(fields, use_bin_type=True)
    return [head[: -len(EMPTY_BIN)] + struct.pack(">BI", BIN32, sum(map(len, pixels))), *pixels]


def _decode(kind: Type[Any], body: Union[bytes, bytearray]) -> Any:
    try:
        return kind.from_map(_unpack(body))
    except Exception as error:  # msgpack raises many kinds on bytes that are not msgpack
        raise NotOurs(texts.server.ODD) from error


def _unpack(body: Union[bytes, bytearray]) -> Any:
    """The map in a body. What is binary is copied once; msgpack in pure Python would copy it three times."""
    try:
        return _unpack_around_binaries(body)
    except msgpack.OutOfData:
        # Something that is not binary reaches beyond the head.
        return msgpack.unpackb(bytes(body), raw=False)


def _unpack_around_binaries(body: Union[bytes, bytearray]) -> Dict[str, Any]:
    fields: Dict[str, Any] = {}
    unpacker = msgpack.Unpacker(raw=False)
    unpacker.feed(body[:HEAD])
    start = 0
    for _ in range(unpacker.read_map_header()):
        key = unpacker.unpack()
        binary = _binary_at(body, start + unpacker.tell())
        if binary is None:
            fields[key] = unpacker.unpack()
            continue
        first, start = binary
        fields[key] = bytes(memoryview(body)[first:start])
        unpacker = msgpack.Unpacker(raw=False)
        unpacker.feed(body[start : start + HEAD])
    return fields


def _binary_at(body: Union[bytes, bytearray], at: int) -> Optional[Tuple[int, int]]:
    """Where the binary data that begins at `at` has its bytes, first and behind the last; None for anything else."""
    length = LENGTHS.get(body[at]) if at < len(body) else None
    if length is None or at + 1 + length.size > len(body):
        return None
    first = at + 1 + length.size
    end = first + length.unpack_from(body, at + 1)[0]
    return (first, end) if end <= len(body) else None


def decode_health(status: int, body: Union[bytes, bytearray]) -> Any:
    """What a face server says of itself; raises ServerSaidNo, or NotOurs for any other program."""
    if status == UNAUTHORISED:
        raise ServerSaidNo(texts.server.TOKEN_UNKNOWN)
    health = _decode(wire.Health, body)
    if health.service != SERVICE or health.version != wire.VERSION:
        raise NotOurs(texts.server.ODD)
    return health


def decode_answer(status: int, body: Union[bytes, bytearray], wanted_id: str, mode: str = "BGRA") -> Any:
    """The face, in the mode that was asked for; raises ServerSaidNo with the server's sentence, or NotOurs."""
    answer = _decode_unless_refused(wire.GenerateAnswer, status, body)
    if answer.id != wanted_id or answer.mode != mode:
        raise NotOurs(texts.server.ODD)
    return answer


def decode_variants(status: int, body: Union[bytes, bytearray], wanted_id: str) -> Any:
    """Several people; raises as `decode_answer` does."""
    answer = _decode_unless_refused(wire.VariantsAnswer, status, body)
    if answer.id != wanted_id or any(person.mode != "RGB" for person in answer.people):
        raise NotOurs(texts.server.ODD)
    return answer


def answer_to_bytes(answer: Any) -> bytes:
    """A GenerateAnswer as it can be kept in a file."""
    return msgpack.packb(answer.to_map(), use_bin_type=True)


def answer_from_bytes(kept: bytes) -> Any:
    """The inverse; raises NotOurs when it is none that is known here."""
    return _decode(wire.GenerateAnswer, kept)


def _decode_unless_refused(kind: Type[Any], status: int, body: Union[bytes, bytearray]) -> Any:
    if status != 200:
        raise ServerSaidNo(_decode(wire.ErrorAnswer, body).message)
    return _decode(kind, body)
