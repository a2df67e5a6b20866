"""How far each line was relaxed, and the colours that show it. Plain Python: no Qt, no Krita."""

from typing import Any, List

# The colours of the map from exact to relaxed (viridis), with even steps between them.
COLORS = (0x440154, 0x46327E, 0x365C8D, 0x277F8E, 0x1FA187, 0x4AC16D, 0xA0DA39, 0xFDE725)


def relaxation(attention: bytes, shape: Any, step: int) -> bytes:
    """How far each place was relaxed, 0 to 255, of every `step`th row and column: the mean branch, widest last."""
    branches, rows, columns = shape
    reach = [255 * branch // max(1, branches - 1) for branch in range(branches)]
    values = bytearray()
    for row in range(0, rows, step):
        maps = [attention[(b * rows + row) * columns : (b * rows + row + 1) * columns : step] for b in range(branches)]
        for weights in zip(*maps):
            values.append(sum(r * w for r, w in zip(reach, weights)) // max(1, sum(weights)))
    return bytes(values)


def color_table() -> List[int]:
    """256 colours as Qt writes them, from exact to relaxed."""
    table = []
    for number in range(256):
        at, part = divmod(number * (len(COLORS) - 1), 255)
        low, high = COLORS[at], COLORS[min(at + 1, len(COLORS) - 1)]
        mixed = [((low >> s & 255) * (255 - part) + (high >> s & 255) * part) // 255 for s in (16, 8, 0)]
        table.append(0xFF000000 | mixed[0] << 16 | mixed[1] << 8 | mixed[2])
    return table
