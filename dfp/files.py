"""Files written whole or not at all, with the permissions that the system gives to new ones."""

import errno
import os
import secrets
from contextlib import suppress
from pathlib import Path

PART = ".dfp-"  # begins the name of a file that is still being written


def stage(data: bytes, folder: Path, durable: bool = False) -> Path:
    """Write bytes to a new file in `folder` that a rename can put in its place. Raises OSError, leaving nothing.

    durable: wait until the disk has it, so that not even a power cut leaves a torn file.
    """
    part = folder / f"{PART}{secrets.token_hex(6)}.part"
    # Made by the system's own rules, so that umask and the folder's defaults say who may read it.
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if durable:
                file.flush()
                os.fsync(file.fileno())
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def put(part: Path, path: Path) -> None:
    """Put a staged file in its place; one that replaces another takes over its permissions. Raises OSError."""
    with suppress(OSError):
        part.chmod(path.stat().st_mode & 0o777)
    os.replace(part, path)


def write_whole(data: bytes, path: Path, durable: bool = False) -> None:
    """Write a file, whole or not at all; where a link stands, the file that it leads to. Raises OSError.

    durable: as `stage` has it.
    """
    path = Path(os.path.realpath(path))
    part = stage(data, path.parent, durable)
    try:
        put(part, path)
    finally:
        part.unlink(missing_ok=True)


def unwritten(path: Path, error: OSError) -> str:
    """The sentence for a file or folder that the disk did not take."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):  # Windows has no quota of this name
        return f"The disk is full, {path} could not be written: free some space and give the same command again."
    return f"{path} could not be written: {error.strerror or error}."
