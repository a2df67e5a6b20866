"""The options of POST /v1/face: what stands behind the question mark, as a request that has no picture yet."""

from collections.abc import Callable, Iterable
from typing import Any

from dfp_server import wire
from dfp_server.errors import Refusal

LONGEST = 60  # letters of what is said back


class OptionError(ValueError):
    """An option says what it may not; the text says what it may."""


def request_from(options: Iterable[tuple[str, str]], number: str) -> wire.GenerateRequest:
    """The batch request that options ask for, (name, text) each; its picture, of one pixel, is to be replaced.

    Raises Refusal (400). `number` becomes the request's id.
    """
    fields: dict[str, Any] = {}
    palette: dict[str, str] = {}
    try:
        for name, text in options:
            if name in fields or name in palette:
                raise OptionError(f"the option {name} stands there twice")
            if name in wire.PALETTE:
                palette[name] = text
            elif name in READERS:
                fields[name] = READERS[name](name, text)
            else:
                known = ", ".join([*READERS, *wire.PALETTE])
                raise OptionError(f"there is no option {name!r:.{LONGEST}}, only {known}")
        colours = _colours(palette) if palette else None
        asked = wire.GenerateRequest(number, 1, 1, "L", bytes(1), batch=True, palette=colours, **fields)
        asked.check()
    except (OptionError, wire.WireError) as error:
        sentence = f"The server does not understand what is asked for: {error}."
        raise Refusal(400, wire.Code.BAD_MESSAGE, sentence, number) from error
    return asked


def _number(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise OptionError(f"{name} must be a number, not {text!r:.{LONGEST}}") from error


def _whole(name: str, text: str) -> int:
    digits = text.removeprefix("-")
    if not digits.isascii() or not digits.isdecimal() or len(digits) > 20:
        raise OptionError(f"{name} must be a whole number, not {text!r:.{LONGEST}}")
    return int(text)


def _frame(name: str, text: str) -> tuple[int, ...]:
    numbers = text.split(",")
    if len(numbers) != 4:
        raise OptionError(f"{name} must be LEFT,TOP,WIDTH,HEIGHT, not {text!r:.{LONGEST}}")
    return tuple(_whole(name, number.strip()) for number in numbers)


def _switch(name: str, text: str) -> bool:
    if text not in ("0", "1"):
        raise OptionError(f"{name} must be 1 or 0, not {text!r:.{LONGEST}}")
    return text == "1"


def _text(_: str, text: str) -> str:
    return text


def _colours(texts: dict[str, str]) -> dict[str, tuple[int, int, int]]:
    # Not before the server listens: it takes seconds to import, and by now the model's thread has done it.
    from dfp import Palette, SketchError

    try:
        return Palette.parse(texts).named()
    except SketchError as error:
        raise OptionError(str(error).rstrip(".")) from error


# Options besides colours by what reads them; a field of GenerateRequest becomes an option by a line here.
READERS: dict[str, Callable[[str, str], Any]] = {
    "trust": _number,
    "seed": _whole,
    "frame": _frame,
    "turn": _number,
    "cut_out": _switch,
    "faces": _whole,
    "heatmap": _switch,
    "client": _text,
}
