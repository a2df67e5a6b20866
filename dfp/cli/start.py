"""Where `dfp` begins: `dfp doctor` has to start also where packages that the rest needs are broken."""

import argparse
import sys
from collections.abc import Sequence

from dfp.cli.doctor import add_doctor
from dfp.cli.terminal import ended, steady
from dfp.threads import settle_threads


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand and return the exit code; `dfp.cli.main` and `dfp.cli.doctor` say which."""
    settle_threads()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["doctor"]:
        return doctor(given[1:])
    try:
        from dfp.cli.main import main as others
    except ImportError as error:
        with steady():
            print(f"dfp: A Python package is broken ({error}). `dfp doctor` says how to mend it.", file=sys.stderr)
        return 1
    return others(given)


def doctor(arguments: Sequence[str]) -> int:
    """`dfp doctor` alone. Returns the exit code."""
    command = argparse.ArgumentParser("dfp doctor")
    add_doctor(command)
    with steady():
        args = command.parse_args(arguments)
        return ended(lambda: args.run(args))
