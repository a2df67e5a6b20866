"""Takes the transparent rim off a picture. Plain Python: no Qt, no Krita.

Krita tells of a layer only where it has anything, and by how large that is a face is known again.
"""

from dataclasses import replace
from typing import Any


def trimmed(answer: Any) -> Any:
    """A GenerateAnswer without the rows and columns around a turned face in which nothing is. May run in any thread."""
    if not answer.turn:
        return answer
    alpha, width, height = answer.pixels[3::4], answer.width, answer.height
    rows = [row for row in range(height) if any(alpha[row * width : (row + 1) * width])]
    columns = [column for column in range(width) if any(alpha[column::width])]
    if not rows or (len(rows), len(columns)) == (height, width):
        return answer
    left, top, wide, high = columns[0], rows[0], columns[-1] + 1 - columns[0], rows[-1] + 1 - rows[0]
    starts = (4 * (row * width + left) for row in range(top, top + high))
    pixels = b"".join(answer.pixels[start : start + 4 * wide] for start in starts)
    return replace(answer, left=answer.left + left, top=answer.top + top, width=wide, height=high, pixels=pixels)
