"""What `dfp-krita` and `dfp-gimp` have in common: a command that installs, uninstalls and packs, and how it ends."""

import argparse
import contextlib
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TextIO

from krita_plugin.assemble import AssembleError
from krita_plugin.in_place import InstallError
from krita_plugin.profile import HomelessError


@dataclass(frozen=True)
class Command:
    """A command for the plug-in of one painting program.

    name: what it is called. program: the painting program, for a sentence. plug_in: how that program spells it.
    description, install_help, uninstall_help, package_help: lines of its help. archive: where a zip goes by default.
    install: given the weights that the server is to load, None for the bundled ones; package: given the zip's place.
    These and uninstall do it and say what they did. They raise InstallError, AssembleError, HomelessError.
    """

    name: str
    program: str
    plug_in: str
    description: str
    install_help: str
    uninstall_help: str
    package_help: str
    archive: Path
    install: "Callable[[Path | None], None]"
    uninstall: Callable[[], None]
    package: Callable[[Path], None]

    def run(self, arguments: "Sequence[str] | None" = None) -> int:
        """Run the command; returns the exit status."""
        options = self._parser().parse_args(arguments)
        try:
            if options.command == "package":
                self.package(options.output)
            elif options.command == "install":
                self.install(options.weights)
            else:
                self.uninstall()
        except (InstallError, AssembleError) as error:
            say(str(error), sys.stderr)
            return 1
        except HomelessError:
            who = f"the one whose {self.program} shall have the {self.plug_in}"
            say(f"There is no home folder to install into: set HOME to {who}.", sys.stderr)
            return 1
        return 0

    def _parser(self) -> argparse.ArgumentParser:
        top = argparse.ArgumentParser(self.name, description=self.description)
        top.add_argument("--version", action="version", version=self._version_line())
        commands = top.add_subparsers(dest="command", required=True)
        put = commands.add_parser("install", help=self.install_help)
        put.add_argument(
            "--weights",
            type=Path,
            metavar="FILE",
            help=f"weights that the {self.plug_in}'s server loads (default: the bundled)",
        )
        commands.add_parser("uninstall", help=self.uninstall_help)
        pack = commands.add_parser("package", help=self.package_help)
        where = "where to (default: %(default)s)"
        pack.add_argument("-o", "--output", type=Path, default=self.archive, metavar="ZIP", help=where)
        return top

    def _version_line(self) -> str:
        try:
            return f"{self.name} {metadata.version('deepfacepencil-krita')}"
        except metadata.PackageNotFoundError:
            return f"{self.name}, not installed"


def say(text: str, stream: "TextIO | None" = None) -> None:
    """Print a line, with letters that the terminal does not have as numbers, if anybody takes it."""
    stream = sys.stdout if stream is None else stream
    known = getattr(stream, "encoding", None) or "ascii"
    with contextlib.suppress(OSError):
        print(text.encode(known, "backslashreplace").decode(known), file=stream, flush=True)
