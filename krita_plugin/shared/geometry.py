"""Rectangles in whole pixels."""

from typing import Iterator, NamedTuple


class Rect(NamedTuple):
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

    def squared(self) -> "Rect":
        """A square around the same centre that holds this place, with a pixel to spare for any rounding."""
        side = self.longer
        left, top = self.left - (side - self.width) // 2, self.top - (side - self.height) // 2
        return Rect(left, top, side, side).grown(1)

    def inside(self, other: "Rect") -> "Rect":
        """What both have in common."""
        left = max(self.left, other.left)
        top = max(self.top, other.top)
        right = min(self.left + self.width, other.left + other.width)
        bottom = min(self.top + self.height, other.top + other.height)
        return Rect(left, top, max(0, right - left), max(0, bottom - top))

    def grown(self, by: int) -> "Rect":
        """The same place with `by` pixels more on every side."""
        return Rect(self.left - by, self.top - by, self.width + 2 * by, self.height + 2 * by)

    def seen_from(self, other: "Rect") -> "Rect":
        """The same place with `other`'s corner as the origin."""
        return Rect(self.left - other.left, self.top - other.top, self.width, self.height)

    def moved(self, right: int, down: int) -> "Rect":
        """The same place somewhere else."""
        return self._replace(left=self.left + right, top=self.top + down)

    def reduced(self, factor: int) -> "Rect":
        """The same place where so many pixels are one; what is left at the right and below is one as well."""
        return Rect(self.left // factor, self.top // factor, -(-self.width // factor), -(-self.height // factor))

    def bands(self, pixels: int, step: int = 1) -> Iterator["Rect"]:
        """The place from top to bottom in pieces of at most so many pixels, or of `step` rows, always whole steps."""
        rows = max(1, pixels // max(1, self.width * step)) * step
        for top in range(0, self.height, rows):
            yield Rect(self.left, self.top + top, self.width, min(rows, self.height - top))
