"""How deep a message is and of how many parts it is made, read off its bytes before anything is made of them.

A request has a few dozen parts, one of a later plugin maybe a few hundred. Unpacked, one of millions of small ones
would take twenty times its size in memory.
"""

MAX_DEPTH = 8
MAX_PARTS = 2048

# Of msgpack's types above the small ones: bytes of the length that is told, bytes besides, parts for each told.
TYPES = {
    **dict.fromkeys((0xC0, 0xC1, 0xC2, 0xC3), (0, 0, 0)),  # nil, never used, false, true
    **{0xC4: (1, 0, 0), 0xC5: (2, 0, 0), 0xC6: (4, 0, 0)},  # binary
    **{0xC7: (1, 1, 0), 0xC8: (2, 1, 0), 0xC9: (4, 1, 0)},  # extensions
    **{0xCA: (0, 4, 0), 0xCB: (0, 8, 0)},  # numbers with a point
    **{0xCC: (0, 1, 0), 0xCD: (0, 2, 0), 0xCE: (0, 4, 0), 0xCF: (0, 8, 0)},  # whole numbers
    **{0xD0: (0, 1, 0), 0xD1: (0, 2, 0), 0xD2: (0, 4, 0), 0xD3: (0, 8, 0)},
    **{0xD4: (0, 2, 0), 0xD5: (0, 3, 0), 0xD6: (0, 5, 0), 0xD7: (0, 9, 0), 0xD8: (0, 17, 0)},
    **{0xD9: (1, 0, 0), 0xDA: (2, 0, 0), 0xDB: (4, 0, 0)},  # texts
    **{0xDC: (2, 0, 1), 0xDD: (4, 0, 1)},  # lists
    **{0xDE: (2, 0, 2), 0xDF: (4, 0, 2)},  # maps: a key and a value
}


class MessageLimitError(ValueError):
    """A message is deeper, or has more parts, than any that is expected."""


def check_limits(body: bytes | bytearray) -> None:
    """Raise MessageLimitError when the msgpack message in `body` is too deep or has too many parts.

    Looks at MAX_PARTS places at most, however long the message is; one that is cut off passes.
    """
    at, waiting, parts = 0, [1], 0
    while waiting and at < len(body):
        if not waiting[-1]:
            waiting.pop()
            continue
        waiting[-1] -= 1
        parts += 1
        at, inside = _part(body, at)
        if inside:
            waiting.append(inside)
        if len(waiting) > MAX_DEPTH + 1 or parts > MAX_PARTS:
            raise MessageLimitError(f"it is deeper than {MAX_DEPTH} levels or has more than {MAX_PARTS} parts")


def _part(body: bytes | bytearray, at: int) -> tuple[int, int]:
    """Where the part that starts at `at` ends, without those inside it, and how many these are."""
    kind = body[at]
    if kind < 0x80 or kind >= 0xE0:  # small numbers
        return at + 1, 0
    if kind < 0xA0:  # maps and lists of up to 15
        return at + 1, (kind & 15) * (2 if kind < 0x90 else 1)
    if kind < 0xC0:  # texts of up to 31 bytes
        return at + 1 + (kind & 31), 0
    width, besides, parts_each = TYPES[kind]
    after = at + 1 + width
    told = int.from_bytes(body[at + 1 : after], "big")
    return (after, told * parts_each) if parts_each else (after + told + besides, 0)
