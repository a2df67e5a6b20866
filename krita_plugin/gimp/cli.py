"""The command `dfp-gimp`: puts the plug-in into GIMP 3, takes it out, or packs it."""

import sys
from collections.abc import Sequence
from pathlib import Path

from krita_plugin.command import Command, say
from krita_plugin.gimp.install import install, package, uninstall
from krita_plugin.gimp.profile import future_profile, installed_version, profiles

WHERE = "Filters, DeepFacePencil, Generate face"


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run the command; returns the exit status."""
    command = Command(
        name="dfp-gimp",
        program="GIMP",
        plug_in="plug-in",
        description="Install the DeepFacePencil plug-in into GIMP 3.",
        install_help="put the plug-in into your GIMP profiles, of 3.0 and newer",
        uninstall_help="take the plug-in out of your GIMP profiles",
        package_help="build a zip to unpack in a GIMP's folder of plug-ins",
        archive=Path("deepfacepencil-gimp.zip"),
        install=_install,
        uninstall=_uninstall,
        package=_package,
    )
    return command.run(arguments)


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


def _uninstall() -> None:
    found = uninstall(profiles())
    for profile in found:
        say(f"Taken out of {profile.package.parent}.")
    if not found:
        say("The plug-in was not installed.")


def _package(target: Path) -> None:
    package(target)
    say(f"Wrote {target}. Unpack it in a folder that GIMP's preferences list under Folders, Plug-ins.")


if __name__ == "__main__":
    sys.exit(main())
