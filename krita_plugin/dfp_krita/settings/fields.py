"""Settings as fields of a frozen dataclass: each says its default and what it takes. Plain Python: no Qt, no Krita."""

from dataclasses import field, fields
from typing import Any, Callable, Dict, Tuple, Type, TypeVar

T = TypeVar("T")
Accept = Callable[[Any], Any]
ACCEPT = "accept"


def setting(default: T, accept: Accept) -> T:
    """A field. `accept` returns a noted value as this setting has it, or raises ValueError when it cannot be one."""
    return field(default=default, metadata={ACCEPT: accept})


def known_fields(kind: Type[Any], noted: Any) -> Dict[str, Any]:
    """Of a noted map what a dataclass of settings knows and takes; the rest counts as never set."""
    known = {}
    for one in fields(kind):
        try:
            known[one.name] = one.metadata[ACCEPT](noted[one.name])
        except (KeyError, TypeError, ValueError):
            continue
    return known


def limited(least: int, most: int) -> Accept:
    """A whole number; one beyond the limits becomes the limit."""

    def accept(noted: Any) -> int:
        if not isinstance(noted, int) or isinstance(noted, bool):
            raise ValueError("no whole number")
        return min(max(noted, least), most)

    return accept


def whole(least: int, most: int) -> Accept:
    """A whole number within limits."""

    def accept(noted: Any) -> int:
        if not isinstance(noted, int) or isinstance(noted, bool) or not least <= noted <= most:
            raise ValueError("no whole number within the limits")
        return noted

    return accept


def between(least: float, most: float) -> Accept:
    """A number within limits."""

    def accept(noted: Any) -> float:
        if not isinstance(noted, (int, float)) or isinstance(noted, bool) or not least <= noted <= most:
            raise ValueError("no number within the limits")
        return float(noted)

    return accept


def flag(noted: Any) -> bool:
    """On or off."""
    if not isinstance(noted, bool):
        raise ValueError("neither on nor off")
    return noted


def names(noted: Any) -> Tuple[str, ...]:
    """Some names, each once."""
    if not isinstance(noted, (list, tuple)) or not all(isinstance(name, str) for name in noted):
        raise ValueError("no names")
    return tuple(dict.fromkeys(noted))


def text(noted: Any) -> str:
    """Any text."""
    if not isinstance(noted, str):
        raise ValueError("no text")
    return noted


def one_of(*names: str) -> Accept:
    """One of these texts."""

    def accept(noted: Any) -> str:
        if not isinstance(noted, str) or noted not in names:
            raise ValueError("none of " + ", ".join(names))
        return noted

    return accept
