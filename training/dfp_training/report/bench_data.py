"""How fast label maps become triplets, and how near strokes stay to the boundaries they came from."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import cv2
import numpy as np
from scipy.spatial import KDTree

from dfp_training.data.beards import with_beard
from dfp_training.data.boundary import boundary
from dfp_training.data.datasets import Face, faces_of, read_labels, read_photo
from dfp_training.data.deform import LABEL_SIDE, Deformation, aligned, deformed
from dfp_training.data.loader import Triplets
from dfp_training.data.pack import Pack
from dfp_training.data.parts import tagged, with_extras
from dfp_training.data.vectorise import Strokes, sample, vectorise

DEFORMATIONS = 3  # of each face, as the paper's data have
PER_CURVE = 200  # points looked at along a curve; curves are about 35 pixels long
REPEATS = 3  # of each face; the first also fills caches
Given = TypeVar("Given")
Result = TypeVar("Result")
Times = dict[str, list[float]]


def report(folder: Path, count: int, size: int) -> Iterator[str]:
    """Lines on `count` faces spread over a data folder or pack: rates of one core and, from label maps, distances."""
    cv2.setNumThreads(1)
    if (folder / "pack.json").is_file():
        yield from _rates(f"drawing from {folder}", from_pack(Pack(folder), count, size))
        return
    faces, _ = faces_of(folder)
    some = [faces[i] for i in np.linspace(0, len(faces) - 1, min(count, len(faces))).astype(int)]
    yield from _rates(f"from {len(some)} label maps of {folder}", from_label_maps(some, size))
    gaps = [round_trip(read_labels(face.labels)) for face in some]
    yield f"distance on {len(some)} label maps, pixels of {LABEL_SIDE}:   mean    95 %     max"
    for name, each in (("stroke to nearest boundary pixel", 0), ("boundary pixel to nearest stroke", 1)):
        all_ = np.concatenate([gap[each] for gap in gaps])
        yield f"  {name:34} {all_.mean():12.3f} {np.quantile(all_, 0.95):7.3f} {all_.max():7.3f}"
    missed = np.concatenate([pixels for _, pixels in gaps])
    yield f"  boundary pixels missed by more than 1 px: {(missed > 1).mean():.2%}"


def from_label_maps(faces: list[Face], size: int) -> Times:
    """CPU seconds of each step for each face, from files to one S_syn and three S_dfm."""
    times: Times = {}
    for _ in range(REPEATS):
        for face in faces:
            labels = _timed(times, "read the label map", lambda f: read_labels(f.labels), face)
            photo = np.asarray(_timed(times, "read the photo", lambda f: read_photo(f.photo, size), face))
            mask = _timed(times, "boundary", boundary, labels)
            strokes = _timed(times, "strokes (trace, fit)", vectorise, mask)
            strokes = _timed(times, "parts", lambda given: tagged(*given), (strokes, labels))
            strokes = _timed(times, "irises, hair strands", lambda given: with_extras(*given, 1), (strokes, labels))
            strokes = _timed(times, "beard", lambda given: with_beard(*given, 1), (strokes, photo, labels))
            _timed(times, "S_syn", lambda s: aligned(s, size), strokes)
            _timed(times, f"{DEFORMATIONS} x S_dfm", lambda s: _deformations(s, size), strokes)
    return times


def _deformations(strokes: Strokes, size: int) -> list[np.ndarray]:
    return [deformed(strokes, size, Deformation(), np.random.default_rng(seed)) for seed in range(DEFORMATIONS)]


def from_pack(pack: Pack, count: int, size: int) -> Times:
    """CPU seconds of three whole triplets, drawn as training does, of `count` faces spread over a pack."""
    times: Times = {}
    triplets = Triplets(pack, size, Deformation())
    for _ in range(REPEATS):
        for index in np.linspace(0, len(pack) - 1, min(count, len(pack))).astype(int).tolist():
            keys = [(index, seed) for seed in range(DEFORMATIONS)]
            _timed(times, f"{DEFORMATIONS} whole triplets", lambda wanted: [triplets[key] for key in wanted], keys)
    return times


def _timed(times: Times, step: str, run: Callable[[Given], Result], given: Given) -> Result:
    # CPU time: what else the machine does is no part of what one core can do.
    before = time.process_time()
    result = run(given)
    times.setdefault(step, []).append(time.process_time() - before)
    return result


def _rates(what: str, times: Times) -> Iterator[str]:
    medians = {step: float(np.median(each)) for step, each in times.items()}
    total = sum(medians.values())
    yield f"{what}: {DEFORMATIONS / total:.0f} triplets/s on one core, medians of CPU time"
    for step, median in medians.items():
        yield f"  {step:24} {median * 1000:7.2f} ms a face {median / total:6.1%}"


def round_trip(labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An H x W label map -> how far the fitted strokes lie from its boundary, and its boundary's pixels from them.

    Distances in pixels of 512: from points along every curve to the line through the boundary pixels' centres, and
    from each centre to the nearest curve.
    """
    mask = boundary(labels)
    strokes = vectorise(mask)
    to_512 = LABEL_SIDE / labels.shape[0]
    line = (_as_line(mask) + 0.5) * to_512
    pixels = (np.argwhere(mask)[:, ::-1] + 0.5) * to_512
    points = sample(strokes.points[strokes.curves].astype(float), PER_CURVE).reshape(-1, 2) * LABEL_SIDE
    if not len(pixels) or not len(points):
        return np.zeros(0), np.zeros(0)
    return KDTree(line).query(points)[0], KDTree(points).query(pixels)[0]


def _as_line(mask: np.ndarray) -> np.ndarray:
    """H x W bool -> n x 2 (x, y): the centres of its pixels, and quarters of the way between neighbours."""
    found = [np.argwhere(mask)[:, ::-1].astype(float)]
    padded = np.pad(mask, 1)
    for x, y in ((1, 0), (0, 1), (1, 1), (-1, 1)):
        beside = padded[1 + y : mask.shape[0] + 1 + y, 1 + x : mask.shape[1] + 1 + x]
        linked = np.argwhere(mask & beside)[:, ::-1]
        found += [linked + np.array([x, y]) * share for share in (0.25, 0.5, 0.75)]
    return np.concatenate(found)
