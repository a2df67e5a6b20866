"""Rectangles in whole pixels. Plain Python: no Qt, no Krita."""

from typing import NamedTuple


class Place(NamedTuple):
    """Where something lies in a picture."""

    left: int
    top: int
    width: int
    height: int

    @property
    def empty(self) -> bool:
        """Whether there is nothing inside."""
        return self.width <= 0 or self.height <= 0

    @property
    def longer(self) -> int:
        """The longer side."""
        return max(self.width, self.height)

    def squared(self) -> "Place":
        """A square around the same centre that holds this place, with a pixel to spare for any rounding."""
        side = self.longer
        left, top = self.left - (side - self.width) // 2, self.top - (side - self.height) // 2
        return Place(left, top, side, side).grown(1)

    def inside(self, other: "Place") -> "Place":
        """What both have in common."""
        left = max(self.left, other.left)
        top = max(self.top, other.top)
        right = min(self.left + self.width, other.left + other.width)
        bottom = min(self.top + self.height, other.top + other.height)
        return Place(left, top, max(0, right - left), max(0, bottom - top))

    def grown(self, by: int) -> "Place":
        """The same place with `by` pixels more on every side."""
        return Place(self.left - by, self.top - by, self.width + 2 * by, self.height + 2 * by)

    def seen_from(self, other: "Place") -> "Place":
        """The same place with `other`'s corner as the origin."""
        return Place(self.left - other.left, self.top - other.top, self.width, self.height)
