"""Puts the plugin into a Krita profile, takes it out again, and packs it for Krita's own importer."""

import contextlib
import json
import os
import secrets
import shutil
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from krita_plugin.assemble import ACTION, DESKTOP, HERE, NAME, assemble
from krita_plugin.kritarc import disabled, enabled
from krita_plugin.profile import KritaProfile


class InstallError(Exception):
    """Something stood in the way; the text is one sentence for the painter."""


@contextlib.contextmanager
def plain_errors(folder: Path) -> Iterator[None]:
    """Turn what the system says into a sentence."""
    try:
        yield
    except OSError as error:
        where = error.filename or folder
        raise InstallError(f"Cannot write {where}: {error.strerror}. Check the folder's permissions.") from error


def install(profile: KritaProfile, weights: "Path | None" = None) -> None:
    """Put the plugin into the profile and enable it. Doing it again renews it."""
    if weights is not None and not weights.is_file():
        raise InstallError(f"There is no weights file {weights}. Give the path of an existing file.")
    with plain_errors(profile.resources):
        profile.package.parent.mkdir(parents=True, exist_ok=True)
        profile.action.parent.mkdir(parents=True, exist_ok=True)
        profile.kritarc.parent.mkdir(parents=True, exist_ok=True)
        _swap_in_package(profile.package)
        write_atomically(profile.note, json.dumps(server_note(weights), indent=2).encode() + b"\n")
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
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / NAME
        assemble(folder)
        file = Path(scratch) / "plugin.zip"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.write(HERE / DESKTOP, DESKTOP)
            archive.write(HERE / ACTION, ACTION)
            # Krita's importer looks for the folder's own entry, not for the files in it.
            for path in [folder, *sorted(folder.rglob("*"))]:
                archive.write(path, path.relative_to(scratch))
        with plain_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(target, file.read_bytes())


def server_note(weights: "Path | None") -> dict[str, object]:
    """How to start the server that belongs to this very install."""
    script = Path(sysconfig.get_path("scripts")) / ("dfp-server.exe" if os.name == "nt" else "dfp-server")
    if script.exists():
        command, folder = [str(script)], ""
    else:
        command, folder = [sys.executable, "-m", "dfp_server"], str(HERE.parent / "server")
    if weights is not None:
        command += ["--weights", str(weights.resolve())]
    return {"command": command, "folder": folder}


def write_atomically(file: Path, content: bytes) -> None:
    """Replace a file, or what a link points to, in one step: a crash leaves the old or the new one."""
    file = file.resolve()
    if file.exists() and file.read_bytes() == content:
        return
    name = file.parent / f".{NAME}-{secrets.token_hex(6)}"
    # Made by the system's own rules, so that umask says who may read it.
    handle = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        if file.exists():
            os.chmod(name, file.stat().st_mode & 0o777)
        os.replace(name, file)
    except BaseException:
        name.unlink(missing_ok=True)
        raise


def _swap_in_package(package: Path) -> None:
    """Assemble beside the old package, then rename, so that no half-written plugin is ever in place."""
    with tempfile.TemporaryDirectory(prefix=f".{NAME}-", dir=package.parent) as scratch:
        fresh = Path(scratch) / "new"
        old = Path(scratch) / "old"
        assemble(fresh)
        if package.is_symlink():
            raise InstallError(f"{package} is a link; remove it first.")
        if package.exists():
            package.rename(old)
        try:
            fresh.rename(package)
        except BaseException:
            if old.exists():
                old.rename(package)
            raise


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return b""
