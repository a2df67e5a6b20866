"""A large file in pieces that a small transfer takes, and back, proven by a checksum."""

import hashlib
import json
from pathlib import Path

from dfp.errors import DfpError
from dfp.files import write_whole

LARGEST = 15 * 2**20  # bytes of a piece
TABLE = "pieces.json"


def split(file: Path, folder: Path, largest: int = LARGEST) -> list[Path]:
    """Write `file` to `folder` as NAME.000, NAME.001 … of at most `largest` bytes, with a table of checksums.

    The table comes last, so a folder without one is unfinished. Raises DfpError.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        data = file.read_bytes()
        (folder / TABLE).unlink(missing_ok=True)
        parts = [data[start : start + largest] for start in range(0, len(data), largest)]
        paths = [folder / f"{file.name}.{number:03}" for number in range(len(parts))]
        for path, part in zip(paths, parts, strict=True):
            path.write_bytes(part)
        table = {
            "name": file.name,
            "sha256": _digest(data),
            "pieces": {p.name: _digest(part) for p, part in zip(paths, parts, strict=True)},
        }
        (folder / TABLE).write_text(json.dumps(table, indent=2))
    except OSError as error:
        raise DfpError(f"{file} could not be split into {folder}: {error.strerror}.") from error
    return paths


def join(folder: Path, out: Path | None = None) -> Path:
    """Put the pieces in `folder` together as `out`, or beside the folder under the name that the file had.

    The file appears whole or not at all. Raises DfpError that names a missing or damaged piece.
    """
    try:
        table = json.loads((folder / TABLE).read_text())
        name, whole, pieces = Path(table["name"]).name, table["sha256"], table["pieces"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DfpError(f"{folder} holds no pieces: its {TABLE} is missing or torn. Split the file again.") from error
    data = b"".join(_piece(folder / piece, digest) for piece, digest in sorted(pieces.items()))
    if _digest(data) != whole:
        raise DfpError(f"The pieces in {folder} do not make the file they were. Split it again.")
    out = out or folder.parent / name
    try:
        write_whole(data, out)
    except OSError as error:
        raise DfpError(f"{out} could not be written: {error.strerror}.") from error
    return out


def _piece(path: Path, digest: str) -> bytes:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DfpError(f"The piece {path} is missing. Bring it here too, then join again.") from error
    if _digest(data) != digest:
        raise DfpError(f"The piece {path} is damaged. Bring it here again.")
    return data


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
