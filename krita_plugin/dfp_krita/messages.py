"""The wire format's messages as bytes and back. Plain Python: no Qt, no Krita."""

import struct
from typing import Any, Dict, List, Sequence, Type, Union

from . import texts, wire  # pyright: ignore[reportAttributeAccessIssue]
from .vendor import msgpack  # pyright: ignore[reportMissingImports]

UNAUTHORISED = 401
SERVICE = "deepfacepencil"
EMPTY_BIN = b"\xc4\x00"
BIN32 = 0xC6
# What comes before the pixels of an answer is shorter than this.
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
        raise NotOurs(texts.SERVER_ODD) from error


def _unpack(body: Union[bytes, bytearray]) -> Any:
    """The map in a body. Large pixels are copied once; msgpack in pure Python would copy them three times."""
    fields: Dict[str, Any] = {}
    unpacker = msgpack.Unpacker(raw=False)
    unpacker.feed(body[:HEAD])
    left = unpacker.read_map_header()
    start = 0
    while left:
        key = unpacker.unpack()
        left -= 1
        at = start + unpacker.tell()
        if key == "pixels" and len(body) > HEAD and body[at] == BIN32:
            (length,) = struct.unpack_from(">I", body, at + 1)
            start = at + 5 + length
            fields[key] = bytes(memoryview(body)[at + 5 : start])
            unpacker = msgpack.Unpacker(raw=False)
            unpacker.feed(body[start:])
        else:
            fields[key] = unpacker.unpack()
    return fields


def decode_health(status: int, body: Union[bytes, bytearray]) -> Any:
    """What a face server says of itself; raises ServerSaidNo, or NotOurs for any other program."""
    if status == UNAUTHORISED:
        raise ServerSaidNo(texts.TOKEN_UNKNOWN)
    health = _decode(wire.Health, body)
    if health.service != SERVICE or health.version != wire.VERSION:
        raise NotOurs(texts.SERVER_ODD)
    return health


def decode_answer(status: int, body: Union[bytes, bytearray], wanted_id: str) -> Any:
    """The face; raises ServerSaidNo with the server's sentence, or NotOurs."""
    if status != 200:
        raise ServerSaidNo(_decode(wire.ErrorAnswer, body).message)
    answer = _decode(wire.GenerateAnswer, body)
    if answer.id != wanted_id or answer.mode != "BGRA":
        raise NotOurs(texts.SERVER_ODD)
    return answer
