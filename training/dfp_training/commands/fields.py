"""Options of the command line from a configuration's fields, and back."""

import argparse
from dataclasses import MISSING, Field, fields
from typing import Any, get_args, get_origin, get_type_hints

from dfp_training.commands.common import number, whole
from dfp_training.option import HELP, LEAST, MOST


def add_fields(command: argparse.ArgumentParser, of: type, given: bool = False) -> None:
    """An option for every field of the dataclass `of` that has a help text (`dfp_training.option`).

    given: options that are not given are not among the arguments, since something else says what they are then.
    """
    hints = get_type_hints(of)
    for field in _optional(of):
        default = argparse.SUPPRESS if given else field.default
        says = field.metadata[HELP] + (f" (default: {field.default})" if given else "")
        name = "--" + field.name.replace("_", "-")
        command.add_argument(name, help=says, default=default, **_reading(hints[field.name], field))


def said(args: argparse.Namespace, of: type) -> dict[str, Any]:
    """What the arguments say of the fields of `of`, those that they say anything of."""
    return {f.name: getattr(args, f.name) for f in _optional(of) if hasattr(args, f.name)}


def _optional(of: type) -> list[Field[Any]]:
    return [f for f in fields(of) if HELP in f.metadata and f.default is not MISSING]


def _reading(kind: Any, field: Field[Any]) -> dict[str, Any]:
    """How argparse reads a field of this type."""
    if kind is bool:
        return {"action": "store_true"}
    if kind is int:
        return {"type": whole(int(field.metadata[LEAST]))}
    if kind is float:
        return {"type": number(field.metadata[LEAST], field.metadata[MOST])}
    if get_origin(kind) is tuple and get_args(kind)[0] is str:
        return {"action": Extended, "nargs": "+", "metavar": "PREFIX"}
    raise TypeError(f"{field.name}: {kind} has no option")


class Extended(argparse.Action):
    """Collects the words of an option that may be given several times, as a tuple."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """See argparse."""
        setattr(namespace, self.dest, (*getattr(namespace, self.dest), *values))
