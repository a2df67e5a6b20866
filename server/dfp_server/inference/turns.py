"""Whose turn it is, so that one program that asks a lot never keeps another one waiting for all of it."""

from collections.abc import Sequence
from typing import Protocol, TypeVar

# How many are remembered; who has not come for so long is as good as new.
REMEMBERED = 1024


class Guest(Protocol):
    """One who waits: `address` and `client` say on whose behalf."""

    @property
    def address(self) -> str: ...

    @property
    def client(self) -> str: ...


G = TypeVar("G", bound=Guest)


class Turns:
    """First the computer that was served longest ago, then the program on it, then who came first."""

    def __init__(self) -> None:
        self._count = 0
        self._served: dict[tuple[str, ...], int] = {}

    def next(self, waiting: Sequence[G]) -> G:
        """The one, of at least one, whose turn it is; this counts as being served."""
        chosen = min(waiting, key=lambda guest: [self._served.get(key, 0) for key in _keys(guest)])
        self._count += 1
        for key in _keys(chosen):
            # The last that was served is the last that is forgotten.
            self._served.pop(key, None)
            self._served[key] = self._count
        while len(self._served) > REMEMBERED:
            del self._served[next(iter(self._served))]
        return chosen


def _keys(guest: Guest) -> tuple[tuple[str, ...], ...]:
    return (guest.address,), (guest.address, guest.client)
