"""The command `dfp-krita`: puts the plugin into Krita, takes it out, or packs it."""

import sys
from collections.abc import Sequence
from pathlib import Path

from krita_plugin.command import Command, say
from krita_plugin.install import install, package, uninstall
from krita_plugin.profile import KritaProfile


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run the command; returns the exit status."""
    command = Command(
        name="dfp-krita",
        program="Krita",
        plug_in="plugin",
        description="Install the DeepFacePencil plugin into Krita.",
        install_help="put the plugin into your Krita profile and enable it",
        uninstall_help="take the plugin out of your Krita profile",
        package_help="build a zip for Krita's “Import Python Plugin from File”",
        archive=Path("deepfacepencil-krita.zip"),
        install=_install,
        uninstall=_uninstall,
        package=_package,
    )
    return command.run(arguments)


def _install(weights: "Path | None") -> None:
    profile = KritaProfile.of_user()
    install(profile, weights)
    say(f"Installed into {profile.resources}. Restart Krita; the docker is DeepFacePencil.")


def _uninstall() -> None:
    profile = KritaProfile.of_user()
    found = uninstall(profile)
    say(f"Taken out of {profile.resources}." if found else "The plugin was not installed.")


def _package(target: Path) -> None:
    package(target)
    say(f"Wrote {target}. In Krita: Tools, Scripts, Import Python Plugin from File.")


if __name__ == "__main__":
    sys.exit(main())
