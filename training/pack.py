"""A pack: the faces of one or more data folders, ready to train from.

What `training.datasets` finds becomes `images.npy` (n x side x side x 3 uint8), `strokes.npz`
(all strokes end to end) and `pack.json` (names, splits). Strokes are deformed when they are read, so
every epoch sees new sketches.
"""

import json
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from training.boundary import boundary
from training.datasets import DataError, Face, faces_of, read_labels
from training.parts import tagged, with_extras
from training.vectorise import Strokes, vectorise

FORMAT = 1


def read_face(face: Face, side: int) -> tuple[np.ndarray, Strokes] | str:
    """Photo as side x side x 3 uint8 and its strokes; a sentence when this face cannot be used."""
    try:
        labels = read_labels(face.labels)
        with Image.open(face.photo) as photo:
            picture = photo.convert("RGB").resize((side, side), Image.Resampling.LANCZOS)
    except (DataError, OSError) as error:
        return f"{face.name}: {error}"
    strokes = tagged(vectorise(boundary(labels)), labels)
    seed = int.from_bytes(face.name.encode(), "little") % 2**63
    return np.asarray(picture), with_extras(strokes, labels, seed)


def build(folders: list[Path], out: Path, side: int = 256, workers: int | None = None) -> int:
    """Write the pack of all faces in `folders` to `out`; returns how many faces were skipped, with a line each.

    The pack appears whole or not at all. Raises DataError when nothing is left.
    """
    found = [faces_of(folder) for folder in folders]
    faces = [face for some, _ in found for face in some]
    skipped = [sentence for _, some in found for sentence in some]
    part = out.with_name(out.name + ".part")
    part.mkdir(parents=True, exist_ok=True)
    pictures = np.lib.format.open_memmap(part / "images.npy", "w+", np.uint8, (len(faces), side, side, 3))
    strokes: list[Strokes] = []
    kept: list[Face] = []
    with ProcessPoolExecutor(workers) as pool:
        results = pool.map(read_face, faces, [side] * len(faces), chunksize=16)
        for face, result in tqdm(zip(faces, results, strict=True), total=len(faces), unit="face"):
            if isinstance(result, str):
                skipped.append(result)
                continue
            pictures[len(kept)] = result[0]
            strokes.append(result[1])
            kept.append(face)
    for sentence in skipped:
        print(f"skipped {sentence}", file=sys.stderr)
    if not kept:
        raise DataError("None of the faces could be used.")
    pictures.flush()
    _write_strokes(part / "strokes.npz", strokes)
    table = {
        "format": FORMAT,
        "side": side,
        "names": [f.name for f in kept],
        "splits": [f.split for f in kept],
    }
    (part / "pack.json").write_text(json.dumps(table))
    os.replace(part, out)
    return len(skipped)


def _write_strokes(path: Path, strokes: list[Strokes]) -> None:
    np.savez_compressed(
        path,
        points=np.concatenate([s.points for s in strokes]),
        curves=np.concatenate([s.curves for s in strokes]),
        path=np.concatenate([s.path for s in strokes]),
        tag=np.concatenate([s.tag for s in strokes]),
        point_ends=np.cumsum([len(s.points) for s in strokes]),
        curve_ends=np.cumsum([len(s.curves) for s in strokes]),
    )


class Pack:
    """A pack opened for reading; pictures stay on disk until used."""

    def __init__(self, folder: Path):
        try:
            table = json.loads((folder / "pack.json").read_text())
            self.pictures = np.load(folder / "images.npy", mmap_mode="r")
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

    def strokes(self, index: int) -> Strokes:
        """The strokes of one face."""
        a = self._arrays
        p0, c0 = (a[k][index - 1] if index else 0 for k in ("point_ends", "curve_ends"))
        p1, c1 = a["point_ends"][index], a["curve_ends"][index]
        return Strokes(a["points"][p0:p1], a["curves"][c0:c1], a["path"][c0:c1], a["tag"][c0:c1])

    def __iter__(self) -> Iterator[tuple[np.ndarray, Strokes]]:
        return ((self.pictures[i], self.strokes(i)) for i in range(len(self)))
