"""Folders that something is written to: are they ours, do they take it, do they keep it to themselves."""

import errno
import os
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dfp.doctor.finding import Finding, Level
from dfp.doctor.repair import line

TRIAL = bytes(64 * 1024)
MIB = 1024 * 1024
FULL = errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)  # Windows has no quota of this name


def look_at_folder(folder: Path, what: str, without: str, level: Level, room: int, others: int) -> Iterator[Finding]:
    """What is the matter with a folder, which need not be there yet: nothing, or one finding.

    what: its name in a sentence. without: what happens when it cannot be written, a sentence; level: how bad that is.
    room: bytes that should be free. others: permissions, bits of a mode, that nobody else may have to a folder that is
    this user's own; 0: it is everybody's.
    """
    standing = _standing(folder)
    if standing == folder and not folder.is_dir():
        away = line("mv", folder, f"{folder}.old")
        yield Finding(level, f"A file stands where {what} should be, {folder}. {without}", "Move it away.", away)
    elif standing == folder and others and (found := _owned_by_others(folder, what, level)):
        yield found
    elif trouble := _trial(standing):
        yield _unwritable(folder, what, without, level, trouble)
    elif (free := shutil.disk_usage(standing).free) < room:
        says = f"On the disk of {what}, {folder}, there are only {free // MIB} MiB left; {room // MIB} may be needed."
        yield Finding(Level.WARNING, says, "Free some space.")
    elif standing == folder and (found := look_at_privacy(folder, what, others, Level.WARNING)):
        yield found


def look_at_privacy(path: Path, what: str, others: int, level: Level, so: str = "") -> Finding | None:
    """The finding that others have one of the permissions `others` (bits of a mode) to a file or folder.

    so: what follows from it, a sentence.
    """
    given = 0 if sys.platform == "win32" else path.stat().st_mode & others
    if not given:
        return None
    mode, reads = ("700", "look into") if path.is_dir() else ("600", "read")
    can = "change" if given & 0o022 else reads
    says = f"Others on this computer can {can} {what}, {path}." + (f" {so}" if so else "")
    return Finding(level, says, "Make it yours alone.", line("chmod", mode, path))


def _first(what: str) -> str:
    """As a sentence begins with it."""
    return what[:1].upper() + what[1:]


def _standing(folder: Path) -> Path:
    """The folder, or the nearest one above it that is there."""
    while not os.path.lexists(folder) and folder != folder.parent:
        folder = folder.parent
    return folder


def _owned_by_others(folder: Path, what: str, level: Level) -> Finding | None:
    if sys.platform == "win32":
        return None
    owner, mine = folder.stat().st_uid, os.getuid()
    if owner == mine:
        return None
    says = f"{_first(what)}, {folder}, belongs to somebody else, maybe since the program ran as root once."
    return Finding(level, says, "Make it yours again.", line("sudo", "chown", "-R", str(mine), folder))


def _trial(folder: Path) -> OSError | None:
    """Write something there, and take it away again; what the system says when it cannot be written."""
    try:
        with tempfile.TemporaryFile(dir=folder, prefix=".dfp-") as file:
            file.write(TRIAL)
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return error
    return None


def _unwritable(folder: Path, what: str, without: str, level: Level, error: OSError) -> Finding:
    if error.errno in FULL:
        return Finding(level, f"The disk of {what}, {folder}, is full. {without}", "Free some space there.")
    cure, command = f"Make {folder} a folder that you can write to.", ""
    if error.errno == errno.EACCES and folder.exists() and stat.S_IMODE(folder.stat().st_mode) & 0o300 != 0o300:
        command = line("chmod", "u+rwx", folder)
    says = f"{_first(what)}, {folder}, cannot be written ({error.strerror}). {without}"
    return Finding(level, says, cure, command)
