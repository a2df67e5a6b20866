"""Puts the plugin into a Krita profile, takes it out again, and packs it for Krita's own importer."""

import json
import shutil
from pathlib import Path

from krita_plugin.assemble import ACTION, DESKTOP, HERE, NAME, assemble
from krita_plugin.in_place import plain_errors, server_note, swap_in, write_atomically, write_package
from krita_plugin.kritarc import disabled, enabled
from krita_plugin.profile import KritaProfile


def install(profile: KritaProfile, weights: "Path | None" = None) -> None:
    """Put the plugin into the profile and enable it. Doing it again renews it."""
    note = json.dumps(server_note(weights), indent=2).encode() + b"\n"
    with plain_errors(profile.resources):
        profile.package.parent.mkdir(parents=True, exist_ok=True)
        profile.action.parent.mkdir(parents=True, exist_ok=True)
        profile.kritarc.parent.mkdir(parents=True, exist_ok=True)
        swap_in(profile.package, assemble)
        write_atomically(profile.note, note)
        write_atomically(profile.action, (HERE / ACTION).read_bytes())
        write_atomically(profile.desktop, (HERE / DESKTOP).read_bytes())
        write_atomically(profile.kritarc, enabled(_read(profile.kritarc)))


def uninstall(profile: KritaProfile) -> bool:
    """Take the plugin out of the profile; returns whether there was anything to take out."""
    before = _read(profile.kritarc)
    after = disabled(before)
    files = [profile.desktop, profile.action, profile.note, profile.settings]
    folders = [profile.package, profile.batches]
    present = after != before or any(path.exists() for path in (*files, *folders))
    with plain_errors(profile.resources):
        for file in files:
            file.unlink(missing_ok=True)
        for folder in folders:
            if folder.exists():
                shutil.rmtree(folder)
        if after != before and after:
            write_atomically(profile.kritarc, after)
        elif after != before:
            profile.kritarc.unlink()
    return present


def package(target: Path) -> None:
    """Write the zip that Krita's “Import Python Plugin from File” takes."""
    write_package(target, NAME, assemble, [HERE / DESKTOP, HERE / ACTION])


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
