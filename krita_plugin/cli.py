"""The command `dfp-krita`: puts the plugin into Krita, takes it out, or packs it."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from krita_plugin.assemble import AssembleError
from krita_plugin.install import InstallError, install, package, uninstall
from krita_plugin.profile import KritaProfile

ZIP = Path("deepfacepencil-krita.zip")


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser("dfp-krita", description="Install the DeepFacePencil plugin into Krita.")
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
    profile = KritaProfile.of_user()
    try:
        if options.command == "install":
            install(profile, options.weights)
            print(f"Installed into {profile.resources}. Restart Krita; the docker is DeepFacePencil.")
        elif options.command == "uninstall":
            found = uninstall(profile)
            print(f"Taken out of {profile.resources}." if found else "The plugin was not installed.")
        else:
            package(options.output)
            print(f"Wrote {options.output}. In Krita: Tools, Scripts, Import Python Plugin from File.")
    except (InstallError, AssembleError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
