"""What a run will take, in words: how many faces, how long, how much of the disk."""

import time
from dataclasses import dataclass
from pathlib import Path

UNITS = "kB", "MB", "GB", "TB"
# Faces, and seconds since the first of them, by which a rate is known.
ENOUGH, LONG_ENOUGH = 8, 5.0
WORTH_SAYING = 30.0  # seconds


@dataclass(frozen=True)
class Estimate:
    """sketches: all of the folder. todo: those whose face is missing or no longer theirs. need: bytes that their faces
    take, free: bytes that the disk of the folder of faces has. seconds: what they take; None when that is not known.
    files: how many files the sketches are layers of; 0 where each is a file of its own. copied: bytes of `need` that
    are no faces', but those of files that get some. times: how many times the bytes of its PNG file a face takes."""

    sketches: int
    todo: int
    need: int
    free: int
    seconds: float | None = None
    files: int = 0
    copied: int = 0
    times: float = 1.0

    def __str__(self) -> str:
        """A sentence with all of it."""
        known = self.sketches - self.todo
        sketches = f"{self.sketches:,} {'sketch' if self.sketches == 1 else 'sketches'}"
        if self.files:
            sketches += " in 1 file" if self.files == 1 else f" in {self.files:,} files"
        if not self.todo:
            return f"{sketches}, up to date."
        rest = f", {known:,} of them up to date" if known else ""
        faces = "1 face" if self.todo == 1 else f"{self.todo:,} faces"
        time = "" if self.seconds is None else f" {about(self.seconds)},"
        return f"{sketches}{rest}: {faces} to draw,{time} about {size(self.need)} of the {size(self.free)} free."

    @property
    def fits(self) -> bool:
        """Whether the disk has room for the faces."""
        return self.need <= self.free

    def shortage(self, out: Path) -> str:
        """The sentence for a disk that has no room for them."""
        return (
            f"The faces need about {size(self.need)}, and the disk of {out} has {size(self.free)} left: free some "
            "space. What fits is made, and the same command goes on from there."
        )


class Pace:
    """How long a run still takes, by its first faces; a sentence once."""

    def __init__(self, todo: int):
        self._left, self._made = todo, 0
        self._first: float | None = None
        self._said = False

    def made(self) -> str:
        """To be told of every face; the sentence when it is time for it and it is worth saying, else empty."""
        now = time.monotonic()
        self._left -= 1
        if self._first is None:
            self._first = now  # and what went before it was a beginning
            return ""
        self._made += 1
        past = now - self._first
        if self._said or self._made < ENOUGH or past < LONG_ENOUGH:
            return ""
        self._said = True
        seconds = self._left * past / self._made
        return f"{about(seconds)} for the {self._left:,} left.".capitalize() if seconds > WORTH_SAYING else ""


def about(seconds: float) -> str:
    """A time as people say it: about 12 minutes."""
    if seconds < 10:
        return "a few seconds"
    if seconds < 55:
        return f"about {round(seconds / 10) * 10} seconds"
    if seconds < 90:
        return "about a minute"
    if seconds < 90 * 60:
        return f"about {round(seconds / 60)} minutes"
    if seconds < 36 * 3600:
        return f"about {round(seconds / 1800) / 2:g} hours"
    return f"about {round(seconds / 86400)} days"


def size(count: float) -> str:
    """Bytes as people say them: 310 MB."""
    count /= 1000
    steps = 0
    while count >= 999.5 and steps < len(UNITS) - 1:
        count /= 1000
        steps += 1
    return f"{count:.1f} {UNITS[steps]}" if 0.05 < count < 9.95 else f"{count:.0f} {UNITS[steps]}"
