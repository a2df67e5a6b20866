"""Between bytes and the messages of server/wire.py."""

from typing import Any

import msgpack

from server import wire
from server.errors import Refusal
from server.shape import ShapeError, check_shape

ADVICE = "Install the plugin again with `dfp-krita install`, then start Krita and the server anew."

# An id may be long in UTF-8; no other text, list or map of a request is longer than this.
MAX_TEXT = 4 * wire.MAX_ID
MAX_ITEMS = 16


def pack(message: wire.Message) -> bytes:
    """The message as msgpack."""
    return msgpack.Packer().pack(message.to_map())


def unpack_request(body: bytes | bytearray) -> wire.GenerateRequest:
    """Read and check a request. Raises Refusal (400), with the request's id as far as it can be read."""
    fields = _unpack(body)
    try:
        return wire.GenerateRequest.from_map(fields)
    except wire.VersionError as error:
        code, reason = wire.Code.UNKNOWN_VERSION, error
    except wire.WireError as error:
        code, reason = wire.Code.BAD_MESSAGE, error
    raise Refusal(400, code, f"The plugin and the server do not understand each other: {reason}. {ADVICE}", _id(fields))


def _unpack(body: bytes | bytearray) -> Any:
    try:
        check_shape(body)
        return msgpack.unpackb(
            body,
            use_list=False,
            max_str_len=MAX_TEXT,
            max_bin_len=wire.MAX_BODY,
            max_array_len=MAX_ITEMS,
            max_map_len=MAX_ITEMS,
            max_ext_len=0,
        )
    except ShapeError as error:
        raise Refusal(
            400, wire.Code.BAD_MESSAGE, f"The server could not read the message, {error}. {ADVICE}"
        ) from error
    except (ValueError, msgpack.UnpackException) as error:
        raise Refusal(
            400,
            wire.Code.BAD_MESSAGE,
            f"The server could not read the message, it is no msgpack or was cut off. {ADVICE}",
        ) from error


def _id(fields: Any) -> str:
    id = fields.get("id") if isinstance(fields, dict) else None
    return id[: wire.MAX_ID] if isinstance(id, str) else ""
