"""`dfp-train`: data, classifier, the three stages, and what comes after."""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")  # before torch starts: beside other work it is 10x slower otherwise

import argparse
import sys
from collections.abc import Sequence

from dfp.cli.terminal import steady
from dfp.errors import DfpError
from dfp.version import version_line
from dfp_training.commands import (
    baseline,
    classifier,
    data,
    evaluate,
    export,
    finder,
    finetune,
    likeness,
    mean,
    report,
    sheet,
    stage,
    stages,
    straightener,
    throughput,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one subcommand; returns the exit code. Errors are one sentence on standard error."""
    with steady():
        args = parser().parse_args(arguments)
        try:
            args.run_command(args)
        except DfpError as error:
            print(f"dfp-train: {error}", file=sys.stderr)
            return 1
        return 0


def parser() -> argparse.ArgumentParser:
    """The command line of `dfp-train`."""
    top = argparse.ArgumentParser(
        "dfp-train", description="Train DeepFacePencil: make data, train, export, measure, look."
    )
    top.add_argument("--version", action="version", version=version_line("dfp-train"))
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    training = data, classifier, stage, finetune, baseline, finder, straightener
    after = export, evaluate, likeness, mean, sheet, stages, throughput, report
    for command in (*training, *after):
        command.add(commands)
    return top


if __name__ == "__main__":
    raise SystemExit(main())
