"""What the subcommands of `dfp-train` have in common."""

import argparse
import math
from collections.abc import Callable
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def add_command(commands: Commands, name: str, summary: str) -> argparse.ArgumentParser:
    """A subcommand whose help shows defaults; it sets `run_command`, which gets the parsed arguments."""
    return commands.add_parser(
        name, help=summary, description=summary, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )


def whole(least: int) -> Callable[[str], int]:
    """The type of an option that takes a whole number of at least `least`."""

    def read(text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            value = least - 1
        if value < least:
            raise argparse.ArgumentTypeError(f"{text} is no whole number of at least {least}")
        return value

    return read


def number(least: float, most: float = math.inf) -> Callable[[str], float]:
    """The type of an option that takes a finite number from `least` to `most`."""

    def read(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not (math.isfinite(value) and least <= value <= most):
            bounds = f"of at least {least:g}" if most == math.inf else f"from {least:g} to {most:g}"
            raise argparse.ArgumentTypeError(f"{text} is no number {bounds}")
        return value

    return read
