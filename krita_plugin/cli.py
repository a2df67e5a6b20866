"""The command `dfp-krita`: puts the plugin into Krita, takes it out, or packs it."""

import argparse
import contextlib
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import TextIO

from krita_plugin.assemble import AssembleError
from krita_plugin.in_place import InstallError
from krita_plugin.install import install, package, uninstall
from krita_plugin.profile import HomelessError, KritaProfile

ZIP = Path("deepfacepencil-krita.zip")


def version_line() -> str:
    """What `--version` says."""
    try:
        return f"dfp-krita {metadata.version('deepfacepencil-krita')}"
    except metadata.PackageNotFoundError:
        return "dfp-krita, not installed"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser("dfp-krita", description="Install the DeepFacePencil plugin into Krita.")
    top.add_argument("--version", action="version", version=version_line())
    commands = top.add_subparsers(dest="command", required=True)
    put = commands.add_parser("install", help="put the plugin into your Krita profile and enable it")
    put.add_argument(
        "--weights",
        type=Path,
        metavar="FILE",
        help="weights that the plugin's server loads (default: the bundled)",
    )
    commands.add_parser("uninstall", help="take the plugin out of your Krita profile")
    pack = commands.add_parser("package", help="build a zip for Krita's “Import Python Plugin from File”")
    pack.add_argument("-o", "--output", type=Path, default=ZIP, metavar="ZIP", help="where to (default: %(default)s)")
    return top


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run the command; returns the exit status."""
    options = parser().parse_args(arguments)
    try:
        if options.command == "package":
            package(options.output)
            say(f"Wrote {options.output}. In Krita: Tools, Scripts, Import Python Plugin from File.")
            return 0
        profile = KritaProfile.of_user()
        if options.command == "install":
            install(profile, options.weights)
            say(f"Installed into {profile.resources}. Restart Krita; the docker is DeepFacePencil.")
        else:
            found = uninstall(profile)
            say(f"Taken out of {profile.resources}." if found else "The plugin was not installed.")
    except (InstallError, AssembleError) as error:
        say(str(error), sys.stderr)
        return 1
    except HomelessError:
        say(
            "There is no home folder to install into: set HOME to the one whose Krita shall have the plugin.",
            sys.stderr,
        )
        return 1
    return 0


def say(text: str, stream: "TextIO | None" = None) -> None:
    """Print a line, with letters that the terminal does not have as numbers, if anybody takes it."""
    stream = sys.stdout if stream is None else stream
    known = getattr(stream, "encoding", None) or "ascii"
    with contextlib.suppress(OSError):
        print(text.encode(known, "backslashreplace").decode(known), file=stream, flush=True)


if __name__ == "__main__":
    sys.exit(main())
