"""A pack: the faces of one or more data folders, ready to train from and small enough to carry.

What `training.datasets` finds becomes `photos.bin` (a WebP picture a face, end to end), `strokes.npz` (all
strokes end to end) and `pack.json` (names, splits): 10 KB a face at 256 pixels. Strokes are deformed when
they are read, so every epoch sees new sketches.
"""

import io
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import repeat
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from dfp.files import unwritten
from training.beards import with_beard
from training.boundary import boundary
from training.datasets import DataError, Face, Pair, faces_of, read_labels, read_photo
from training.parts import tagged, with_extras
from training.vectorise import Strokes, vectorise

FORMAT = 2
SIDE = 256  # of the photos, where nothing else is said
QUALITY = 80  # of the WebP pictures: 37 dB, so that 6,000 faces with their strokes stay under 64 MiB
QUALITIES = (QUALITY, 70, 60, 50, 40, 30)  # to choose from where the size is limited
SAMPLE = 48  # faces by which a pack's size is judged
MARGIN = 1.03  # on that judgement
MOST_POINTS = 2**16 - 1  # of a face: the indices of its curves are kept in 16 bits
GRID = 16384  # points are kept as whole 1/GRID of the frame, 0.03 pixels of 512; they may lie one frame outside


def strokes_of_face(face: Face, labels: np.ndarray, photo: Image.Image | None = None) -> Strokes:
    """All strokes of a face from its label map, with parts and extras; DataError when there are too many.

    With its photo, the beard, too.
    """
    strokes = with_extras(tagged(vectorise(boundary(labels)), labels), labels, _seed(face.name))
    if photo is not None:
        strokes = with_beard(strokes, np.asarray(photo), labels, _seed(face.name))
    if len(strokes.points) > MOST_POINTS:
        raise DataError(f"The label map of {face.name} is more noise than regions.")
    return strokes


def _seed(name: str) -> int:
    return int.from_bytes(name.encode(), "little") % 2**63


def read_face(face: Face, side: int, quality: int = QUALITY) -> tuple[bytes, Strokes] | str:
    """The photo as a WebP picture of side x side and its strokes; a sentence when this face cannot be used."""
    try:
        labels = read_labels(face.labels)
        picture = read_photo(face.photo, side)
        strokes = strokes_of_face(face, labels, picture)
    except DataError as error:
        return f"{face.name}: {error}"
    packed = io.BytesIO()
    picture.save(packed, "WEBP", quality=quality, method=6)
    return packed.getvalue(), strokes


def build(
    folders: Sequence[Path | Pair],
    out: Path,
    side: int = SIDE,
    workers: int | None = None,
    limit_mb: float | None = None,
) -> int:
    """Write the pack of all faces in `folders` to `out`; returns how many faces were skipped, with a line each.

    With `limit_mb` photos are packed as well as that many MiB allow. The pack appears whole or not at all. Raises
    DataError when nothing is left, `out` is there already or the disk does not take it.
    """
    if out.exists():
        raise DataError(f"{out} is there already; choose another folder or remove it.")
    found = [faces_of(folder) for folder in folders]
    faces = [face for some, _ in found for face in some]
    skipped = [sentence for _, some in found for sentence in some]
    quality = _quality_within(faces, side, limit_mb * 2**20) if limit_mb else QUALITY
    try:
        with tempfile.TemporaryDirectory(prefix=out.name, dir=out.parent) as scratch:
            part = Path(scratch) / "pack"
            part.mkdir()
            skipped += _write(faces, part, side, workers, quality)
            for sentence in skipped:
                print(f"skipped {sentence}", file=sys.stderr)
            os.replace(part, out)
    except OSError as error:
        raise DataError(unwritten(out, error)) from error
    except BrokenProcessPool as error:
        raise DataError(
            "A process was ended from outside, most likely for want of memory; use fewer --workers."
        ) from error
    return len(skipped)


def size_of(folder: Path) -> int:
    """Bytes of all files of a pack."""
    return sum(file.stat().st_size for file in folder.iterdir())


def _quality_within(faces: list[Face], side: int, limit: float) -> int:
    """The best WebP quality of `QUALITIES` with which the pack stays within `limit` bytes, judged by a few faces."""
    some = faces[:: max(len(faces) // SAMPLE, 1)]
    for quality in QUALITIES:
        read = [face for face in (read_face(face, side, quality) for face in some) if not isinstance(face, str)]
        arrays = io.BytesIO()
        if read:
            np.savez_compressed(arrays, **_packed([strokes for _, strokes in read]))  # pyright: ignore[reportArgumentType]
        size = sum(len(photo) for photo, _ in read) + len(arrays.getvalue())
        if size / len(some) * len(faces) * MARGIN <= limit:
            return quality
    raise DataError(
        f"{len(faces)} faces do not fit into {limit / 2**20:g} MiB; take fewer faces, a smaller --size "
        "or a larger --limit-mb."
    )


def _write(faces: list[Face], folder: Path, side: int, workers: int | None, quality: int) -> list[str]:
    strokes: list[Strokes] = []
    kept: list[Face] = []
    ends: list[int] = []
    skipped: list[str] = []
    with ProcessPoolExecutor(workers) as pool, open(folder / "photos.bin", "wb") as photos:
        results = pool.map(read_face, faces, repeat(side), repeat(quality), chunksize=16)
        for face, result in tqdm(zip(faces, results, strict=True), total=len(faces), unit="face"):
            if isinstance(result, str):
                skipped.append(result)
                continue
            photos.write(result[0])
            ends.append(photos.tell())
            strokes.append(result[1])
            kept.append(face)
    if not kept:
        raise DataError("None of the faces could be used: " + skipped[0])
    arrays = {"photo_ends": np.array(ends), **_packed(strokes)}
    np.savez_compressed(folder / "strokes.npz", **arrays)  # pyright: ignore[reportArgumentType]
    names, splits = [f.name for f in kept], [f.split for f in kept]
    (folder / "pack.json").write_text(json.dumps({"format": FORMAT, "side": side, "names": names, "splits": splits}))
    return skipped


def _packed(strokes: list[Strokes]) -> dict[str, np.ndarray]:
    return {
        "points": np.rint(np.concatenate([s.points for s in strokes]) * GRID)
        .clip(-(2**15), 2**15 - 1)
        .astype(np.int16),
        "curves": np.concatenate([s.curves for s in strokes]).astype(np.uint16),
        "path": np.concatenate([s.path for s in strokes]).astype(np.uint16),
        "tag": np.concatenate([s.tag for s in strokes]),
        "point_ends": np.cumsum([len(s.points) for s in strokes]),
        "curve_ends": np.cumsum([len(s.curves) for s in strokes]),
    }


class Pack:
    """A pack opened for reading; photos stay packed until used."""

    def __init__(self, folder: Path):
        try:
            table = json.loads((folder / "pack.json").read_text())
            self._photos = (folder / "photos.bin").read_bytes() if table.get("format") == FORMAT else b""
            with np.load(folder / "strokes.npz") as arrays:
                self._arrays = dict(arrays)
        except (OSError, ValueError) as error:
            raise DataError(f"{folder} is no pack. Make one with dfp-train data.") from error
        if table.get("format") != FORMAT:
            raise DataError(f"The pack {folder} is of another version. Make it again with dfp-train data.")
        self.names: list[str] = table["names"]
        self.splits: list[str] = table["splits"]
        self.side: int = table["side"]

    def __len__(self) -> int:
        return len(self.names)

    def indices(self, split: str) -> np.ndarray:
        """Which faces belong to a split, int64."""
        return np.flatnonzero(np.array(self.splits) == split)

    def photo(self, index: int) -> np.ndarray:
        """The photo of one face, side x side x 3 uint8 RGB."""
        start, end = self._span("photo_ends", index)
        return np.asarray(Image.open(io.BytesIO(self._photos[start:end])).convert("RGB"))

    def strokes(self, index: int) -> Strokes:
        """The strokes of one face."""
        a = self._arrays
        points = slice(*self._span("point_ends", index))
        curves = slice(*self._span("curve_ends", index))
        return Strokes(
            a["points"][points].astype(np.float32) / GRID,
            a["curves"][curves].astype(np.int32),
            a["path"][curves].astype(np.int32),
            a["tag"][curves],
        )

    def _span(self, ends: str, index: int) -> tuple[int, int]:
        return int(self._arrays[ends][index - 1]) if index else 0, int(self._arrays[ends][index])
