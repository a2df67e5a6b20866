"""The command `dfp-gimp`: puts the plug-in into GIMP 3, takes it out, or packs it."""

import argparse
import sys
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path

from krita_plugin.assemble import AssembleError
from krita_plugin.cli import say
from krita_plugin.gimp.install import install, package, uninstall
from krita_plugin.gimp.profile import future_profile, installed_version, profiles
from krita_plugin.in_place import InstallError
from krita_plugin.profile import HomelessError

ZIP = Path("deepfacepencil-gimp.zip")
WHERE = "Filters, DeepFacePencil, Generate face"


def version_line() -> str:
    """What `--version` says."""
    try:
        return f"dfp-gimp {metadata.version('deepfacepencil-krita')}"
    except metadata.PackageNotFoundError:
        return "dfp-gimp, not installed"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser("dfp-gimp", description="Install the DeepFacePencil plug-in into GIMP 3.")
    top.add_argument("--version", action="version", version=version_line())
    commands = top.add_subparsers(dest="command", required=True)
    put = commands.add_parser("install", help="put the plug-in into your GIMP profiles, of 3.0 and newer")
    put.add_argument(
        "--weights",
        type=Path,
        metavar="FILE",
        help="weights that the plug-in's server loads (default: the bundled)",
    )
    commands.add_parser("uninstall", help="take the plug-in out of your GIMP profiles")
    pack = commands.add_parser("package", help="build a zip to unpack in a GIMP's folder of plug-ins")
    pack.add_argument("-o", "--output", type=Path, default=ZIP, metavar="ZIP", help="where to (default: %(default)s)")
    return top


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run the command; returns the exit status."""
    options = parser().parse_args(arguments)
    try:
        if options.command == "package":
            package(options.output)
            say(f"Wrote {options.output}. Unpack it in a folder that GIMP's preferences list under Folders, Plug-ins.")
        elif options.command == "install":
            _install(options.weights)
        else:
            found = uninstall(profiles())
            for profile in found:
                say(f"Taken out of {profile.package.parent}.")
            if not found:
                say("The plug-in was not installed.")
    except (InstallError, AssembleError) as error:
        say(str(error), sys.stderr)
        return 1
    except HomelessError:
        say("There is no home folder to install into: set HOME to the one whose GIMP shall have it.", sys.stderr)
        return 1
    return 0


def _install(weights: "Path | None") -> None:
    there = profiles()
    version = None if there else installed_version()
    targets = there or [future_profile(version)]
    install(targets, weights)
    if not there and version is None:
        say("There is no GIMP 3 here yet: GIMP 3.0 will find the plug-in when it starts, a newer one takes it over.")
    for profile in targets:
        say(f"Installed into {profile.package}.")
    say(f"Restart GIMP; it is in the menu {WHERE}.")


if __name__ == "__main__":
    sys.exit(main())
