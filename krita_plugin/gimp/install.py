"""Puts the plug-in into profiles of GIMP 3, takes it out again, and packs it."""

import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from krita_plugin.assemble import GIMP_NAME, assemble_for_gimp
from krita_plugin.gimp.profile import GimpProfile
from krita_plugin.in_place import plain_errors, server_note, swap_in, write_package

NOTE = "server.json"


def install(profiles: Sequence[GimpProfile], weights: "Path | None" = None) -> None:
    """Put the plug-in into each profile. Doing it again renews it. Raises InstallError or AssembleError."""
    note = json.dumps(server_note(weights), indent=2) + "\n"

    def assemble(folder: Path) -> None:
        assemble_for_gimp(folder)
        (folder / NOTE).write_text(note, encoding="utf-8")

    for profile in profiles:
        with plain_errors(profile.folder):
            profile.package.parent.mkdir(parents=True, exist_ok=True)
            swap_in(profile.package, assemble)


def uninstall(profiles: Sequence[GimpProfile]) -> list[GimpProfile]:
    """Take the plug-in out of each profile; returns those that had it. Raises InstallError."""
    found = [profile for profile in profiles if profile.package.exists() or profile.values]
    for profile in found:
        with plain_errors(profile.folder):
            for file in profile.values:
                file.unlink()
            if profile.package.exists():
                shutil.rmtree(profile.package)
            _remove_if_ours(profile.folder)
    return found


def package(target: Path) -> None:
    """Write a zip to be unpacked in a GIMP's folder of plug-ins. Raises InstallError or AssembleError."""
    write_package(target, GIMP_NAME, assemble_for_gimp, [])


def _remove_if_ours(folder: Path) -> None:
    """A profile in which GIMP never was holds nothing now; left there, GIMP would take over no older one's settings."""
    plug_ins = folder / "plug-ins"
    if [entry for entry in folder.iterdir() if entry != plug_ins] or any(plug_ins.iterdir()):
        return
    for empty in (plug_ins, folder, folder.parent):
        if not any(empty.iterdir()):
            empty.rmdir()
