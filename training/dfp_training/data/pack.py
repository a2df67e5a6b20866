"""A pack: the faces of one or more data folders, ready to train from and small enough to carry.

What `dfp_training.data.datasets` finds becomes `photos.bin` (a WebP picture a face, end to end), `labels.bin` (a PNG
picture of its classes), `strokes.npz` (all outlines end to end), `lines.npz` (all lines that the photos show inside
them) and `pack.json` (names, splits): 13 KB a face at 256 pixels. Strokes are deformed when they are read, so every
epoch sees new sketches.
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
from typing import NamedTuple

import cv2
import numpy as np
from PIL import Image
from tqdm import tqdm

from dfp.files import unwritten
from dfp_training.data.beards import with_beard
from dfp_training.data.boundary import boundary
from dfp_training.data.datasets import DataError, Face, Pair, faces_of, read_labels, read_photo
from dfp_training.data.parts import tagged, with_extras
from dfp_training.data.photo_lines import SIDE as LINES_SIDE
from dfp_training.data.photo_lines import photo_lines
from dfp_training.data.vectorise import Strokes, vectorise

FORMAT = 3
SIDE = 256  # of the photos, where nothing else is said
QUALITY = 80  # of the WebP pictures: 37 dB, so that 6,000 faces with their strokes stay under 64 MiB
QUALITIES = (QUALITY, 70, 60, 50, 40, 30)  # to choose from where the size is limited
LABEL_SIDE = 128  # of the label maps: what colours and regions are read off
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


class Read(NamedTuple):
    """A face as a pack keeps it: photo (WebP), classes (PNG), outlines, and the lines that the photo shows."""

    photo: bytes
    labels: bytes
    strokes: Strokes
    lines: Strokes


def read_face(face: Face, side: int, quality: int = QUALITY) -> Read | str:
    """A face with its photo as a picture of side x side; a sentence when this face cannot be used."""
    try:
        labels = read_labels(face.labels)
        picture = read_photo(face.photo, side)
        strokes = strokes_of_face(face, labels, picture)
        lines = lines_of_face(face, labels)
    except DataError as error:
        return f"{face.name}: {error}"
    photo, classes = io.BytesIO(), io.BytesIO()
    picture.save(photo, "WEBP", quality=quality, method=6)
    Image.fromarray(_resized(labels, LABEL_SIDE)).save(classes, "PNG", optimize=True)
    return Read(photo.getvalue(), classes.getvalue(), strokes, lines)


def lines_of_face(face: Face, labels: np.ndarray) -> Strokes:
    """What the photo shows inside the outlines, see `dfp_training.data.photo_lines`. Raises DataError."""
    return photo_lines(np.asarray(read_photo(face.photo, LINES_SIDE)), _resized(labels, LINES_SIDE))


def _resized(labels: np.ndarray, side: int) -> np.ndarray:
    return cv2.resize(labels, (side, side), interpolation=cv2.INTER_NEAREST)


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
            for strokes in ([face.strokes for face in read], [face.lines for face in read]):
                np.savez_compressed(arrays, **_packed(strokes))  # pyright: ignore[reportArgumentType]
        size = sum(len(face.photo) + len(face.labels) for face in read) + len(arrays.getvalue())
        if size / len(some) * len(faces) * MARGIN <= limit:
            return quality
    raise DataError(
        f"{len(faces)} faces do not fit into {limit / 2**20:g} MiB; take fewer faces, a smaller --size "
        "or a larger --limit-mb."
    )


def _write(faces: list[Face], folder: Path, side: int, workers: int | None, quality: int) -> list[str]:
    strokes: list[Strokes] = []
    lines: list[Strokes] = []
    kept: list[Face] = []
    ends: list[tuple[int, int]] = []
    skipped: list[str] = []
    with (
        ProcessPoolExecutor(workers) as pool,
        open(folder / "photos.bin", "wb") as photos,
        open(folder / "labels.bin", "wb") as labels,
    ):
        results = pool.map(read_face, faces, repeat(side), repeat(quality), chunksize=16)
        for face, result in tqdm(zip(faces, results, strict=True), total=len(faces), unit="face"):
            if isinstance(result, str):
                skipped.append(result)
                continue
            photos.write(result.photo)
            labels.write(result.labels)
            ends.append((photos.tell(), labels.tell()))
            strokes.append(result.strokes)
            lines.append(result.lines)
            kept.append(face)
    if not kept:
        raise DataError("None of the faces could be used: " + skipped[0])
    photo_ends, label_ends = np.array(ends).T
    arrays = {"photo_ends": photo_ends, "label_ends": label_ends, **_packed(strokes)}
    np.savez_compressed(folder / "strokes.npz", **arrays)  # pyright: ignore[reportArgumentType]
    np.savez_compressed(folder / "lines.npz", **_packed(lines))  # pyright: ignore[reportArgumentType]
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
            fits = table.get("format") == FORMAT
            self._photos, self._labels = (
                (folder / name).read_bytes() if fits else b"" for name in ("photos.bin", "labels.bin")
            )
            self._arrays, self._lines = (
                _arrays(folder / name) if fits else {} for name in ("strokes.npz", "lines.npz")
            )
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
        photo = self._photos[_span(self._arrays["photo_ends"], index)]
        return np.asarray(Image.open(io.BytesIO(photo), formats=("WEBP",)).convert("RGB"))

    def labels(self, index: int) -> np.ndarray:
        """The label map of one face, LABEL_SIDE x LABEL_SIDE uint8."""
        labels = self._labels[_span(self._arrays["label_ends"], index)]
        return np.asarray(Image.open(io.BytesIO(labels), formats=("PNG",)))

    def strokes(self, index: int) -> Strokes:
        """The outlines of one face and what painters add to them."""
        return _unpacked(self._arrays, index)

    def lines(self, index: int) -> Strokes:
        """The lines that the photo of one face shows inside the outlines, tagged as `photo_lines.Line`."""
        return _unpacked(self._lines, index)


def _arrays(file: Path) -> dict[str, np.ndarray]:
    with np.load(file) as arrays:
        return dict(arrays)


def _unpacked(arrays: dict[str, np.ndarray], index: int) -> Strokes:
    points, curves = (_span(arrays[ends], index) for ends in ("point_ends", "curve_ends"))
    return Strokes(
        arrays["points"][points].astype(np.float32) / GRID,
        arrays["curves"][curves].astype(np.int32),
        arrays["path"][curves].astype(np.int32),
        arrays["tag"][curves],
    )


def _span(ends: np.ndarray, index: int) -> slice:
    return slice(int(ends[index - 1]) if index else 0, int(ends[index]))
