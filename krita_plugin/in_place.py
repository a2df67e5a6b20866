"""Writes into a painter's profile so that nothing is ever half there, and says in a sentence what stood in the way."""

import contextlib
import os
import secrets
import sys
import sysconfig
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from krita_plugin.assemble import HERE


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


def server_note(weights: "Path | None") -> dict[str, object]:
    """How to start the server that belongs to this very install. Raises InstallError when there are no such weights."""
    if weights is not None and not weights.is_file():
        raise InstallError(f"There is no weights file {weights}. Give the path of an existing file.")
    script = Path(sysconfig.get_path("scripts")) / ("dfp-server.exe" if os.name == "nt" else "dfp-server")
    if script.exists():
        command, folder = [str(script)], ""
    else:
        command, folder = [sys.executable, "-m", "dfp_server"], str(HERE.parent / "server")
    if weights is not None:
        command += ["--weights", str(weights.resolve())]
    return {"command": command, "folder": folder}


def write_package(target: Path, folder_name: str, assemble: Callable[[Path], None], beside: Sequence[Path]) -> None:
    """Write a zip of what `assemble` puts into a folder of that name, and of files `beside` it. Raises InstallError."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / folder_name
        assemble(folder)
        file = Path(scratch) / "plugin.zip"
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for path in beside:
                archive.write(path, path.name)
            # Krita's importer looks for the folder's own entry, not for the files in it.
            for path in [folder, *sorted(folder.rglob("*"))]:
                archive.write(path, path.relative_to(scratch))
        with plain_errors(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(target, file.read_bytes())


def write_atomically(file: Path, content: bytes) -> None:
    """Replace a file, or what a link points to, in one step: a crash leaves the old or the new one."""
    file = file.resolve()
    if file.exists() and file.read_bytes() == content:
        return
    name = file.parent / f".deepfacepencil-{secrets.token_hex(6)}"
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


def swap_in(package: Path, assemble: Callable[[Path], None]) -> None:
    """Assemble beside the old package, then rename, so that no half-written plug-in is ever in place."""
    with tempfile.TemporaryDirectory(prefix=".deepfacepencil-", dir=package.parent) as scratch:
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
