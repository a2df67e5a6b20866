"""Between bytes and the messages of dfp_server.wire."""

import struct
from collections.abc import Sequence
from typing import Any

import msgpack

from dfp_server import wire
from dfp_server.errors import Refusal
from dfp_server.transport.message_limits import MessageLimitError, check_limits

# Whoever sent it may be any program, which would not know what to install.
ADVICE = (
    "If it came from the plugin for Krita, install that again with `dfp-krita install`, then start Krita and the "
    "server anew."
)

# Far more than any field of today holds: what a newer plugin adds is passed over, not refused. In UTF-8.
MAX_TEXT = 16 * 1024
MAX_ITEMS = 256

BIN32 = 0xC6

# A packed message, to be sent one piece after the other: what is large is never copied into the rest.
Pieces = Sequence[bytes | memoryview]


def pack(message: wire.Message) -> bytes:
    """The message as msgpack."""
    return msgpack.Packer().pack(message.to_map())


def pack_around(message: wire.Message, field: str, binary: memoryview) -> Pieces:
    """The message as msgpack, in pieces, with `binary` in place of what its `field` holds.

    Its length always takes four bytes: plugins of before understand no other.
    """
    packer = msgpack.Packer(autoreset=False)
    fields = message.to_map()
    packer.pack_map_header(len(fields))
    pieces: list[bytes | memoryview] = []
    for name, value in fields.items():
        packer.pack(name)
        if name == field:
            pieces += [packer.bytes() + struct.pack(">BI", BIN32, binary.nbytes), binary]
            packer.reset()
        else:
            packer.pack(value)
    return [*pieces, packer.bytes()]


def unpack_around(pieces: Pieces) -> tuple[dict[str, Any], memoryview]:
    """The fields that `pack_around` has packed, the binary one empty, and what it holds, not copied."""
    before, binary, after = pieces
    head = bytes(before)[: -struct.calcsize(">BI")] + msgpack.Packer().pack(b"") + bytes(after)
    return msgpack.unpackb(head, max_bin_len=len(head)), memoryview(binary)


def unpack_request(body: bytes | bytearray) -> wire.GenerateRequest:
    """Read and check a request. Raises Refusal (400), with the request's id as far as it can be read."""
    fields = _unpack(body)
    try:
        return wire.GenerateRequest.from_map(fields)
    except wire.VersionError as error:
        code, reason = wire.Code.UNKNOWN_VERSION, error
    except wire.WireError as error:
        code, reason = wire.Code.BAD_MESSAGE, error
    raise Refusal(400, code, f"The server does not understand the message: {reason}. {ADVICE}", _id(fields))


def _unpack(body: bytes | bytearray) -> Any:
    try:
        check_limits(body)
        return msgpack.unpackb(
            body,
            use_list=False,
            max_str_len=MAX_TEXT,
            max_bin_len=wire.MAX_BODY,
            max_array_len=MAX_ITEMS,
            max_map_len=MAX_ITEMS,
            max_ext_len=0,
        )
    except MessageLimitError as error:
        raise Refusal(
            400, wire.Code.BAD_MESSAGE, f"The server could not read the message, {error}. {ADVICE}"
        ) from error
    except (ValueError, msgpack.UnpackException) as error:
        # msgpack has no error of its own for what is only longer than it was told to take.
        too_long = " exceeds max_" in str(error)
        why = "a part of it is longer than any that is expected" if too_long else "it is no msgpack or was cut off"
        raise Refusal(400, wire.Code.BAD_MESSAGE, f"The server could not read the message, {why}. {ADVICE}") from error


def _id(fields: Any) -> str:
    id = fields.get("id") if isinstance(fields, dict) else None
    return id[: wire.MAX_ID] if isinstance(id, str) else ""
