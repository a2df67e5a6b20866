"""Where a file with faces goes, whether it is up to date there, and how it gets there whole."""

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from dfp.batch.jobs import BACKUP
from dfp.batch.manifest import Made
from dfp.errors import DfpError, SketchError
from dfp.files import PART, put, unwritten
from dfp.pictures.bounds import open_bounded
from dfp.pictures.outputs import Kept, Outputs, Place, Standing


@dataclass(frozen=True)
class Target:
    """A file's place.

    source: the file that is read; sha256: its checksum. output: its name for the manifest. place: where the one with
    faces goes; standing, before: what stands there, and its checksum. outputs: who says what may be written there;
    None: it is the file itself. earlier: an earlier copy that is as it was made. work: a folder for files of a while.
    """

    source: Path
    sha256: str
    output: str
    place: Place
    standing: Standing
    outputs: Outputs | None
    before: str
    earlier: Path | None
    work: Path

    def part(self, ending: str) -> Path:
        """Where the file is written first."""
        return self.work / f"faces{ending}"

    def put(self, part: Path, end: Callable[[str], None]) -> None:
        """Put the written file in its place; `end` is given its checksum before. Raises Kept, DfpError.

        What is replaced itself stays beside it as it was before there were faces in it, once and for all.
        """
        place = self.place
        beside = place.path.parent / f"{PART}{secrets.token_hex(6)}.part"
        try:
            place.path.parent.mkdir(parents=True, exist_ok=True)
            shutil.move(part, beside)
            self._check()
            end(digest(beside))
            if self.outputs is not None:
                self.outputs.put(place, beside)
            else:
                _keep_original(place.path)
                put(beside, place.path)
        except OSError as error:
            raise DfpError(unwritten(Path(place.name), error)) from error
        finally:
            beside.unlink(missing_ok=True)

    def _check(self) -> None:
        if self.outputs is not None:
            self.outputs.check_still(self.place)
        elif not self.place.unchanged():
            raise Kept("it was saved while its faces were made: give the same command again.")


def look_at_copy(
    source: Path, sha256: str, out: Path, name: str, outputs: Outputs, made: Made | None, work: Path
) -> tuple[Target, bool]:
    """Where a copy goes, and whether one stands there that nobody is to make again, if it was made of the same.

    That is, one that is as it was made, or that somebody has painted on. Raises Kept where no copy can go.
    """
    place = outputs.claim(out / name)
    standing = outputs.standing(place, made.output_sha256 if made else None)
    if standing is Standing.FOREIGN and made is not None and made.before:
        # A run that was killed in the end had written its line, but not yet its file.
        killed = outputs.standing(place, made.before) is Standing.RECORDED
        standing = Standing.MADE if killed else standing
    there = standing in (Standing.RECORDED, Standing.FOREIGN)
    before = "" if place.seen is None else digest(place.path)
    earlier = place.path if standing is Standing.RECORDED else None
    return Target(source, sha256, name, place, standing, outputs, before, earlier, work), there


def look_at_itself(source: Path, sha256: str, name: str, work: Path) -> Target:
    """The place of a file that gets its faces itself. Raises SketchError."""
    path = Path(os.path.realpath(source))
    try:
        seen = path.stat()
    except OSError as error:
        raise SketchError(f"this file cannot be read: {error.strerror or error}.") from error
    return Target(source, sha256, name, Place(path, str(source), seen), Standing.RECORDED, None, sha256, None, work)


def digest(path: Path) -> str:
    """The SHA-256 of a file that is not too large. Raises SketchError, OSError."""
    found = hashlib.sha256()
    with open_bounded(path) as file:
        while part := file.read(1 << 20):
            found.update(part)
    return found.hexdigest()


def _keep_original(path: Path) -> None:
    """Let a file have a second name under which it stays; the one that has that name already is older and stays."""
    backup = path.with_name(path.name + BACKUP)
    try:
        os.link(path, backup)
    except FileExistsError:
        return
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK):
            raise
        if backup.exists():
            return
        part = path.with_name(f"{PART}{secrets.token_hex(6)}.part")  # on disks where no file has two names
        try:
            shutil.copy2(path, part)
            os.rename(part, backup)
        finally:
            with suppress(OSError):
                part.unlink()
