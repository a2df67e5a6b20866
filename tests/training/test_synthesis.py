"""Label map -> boundary -> strokes -> sketches."""

import numpy as np
import pytest
from scipy import ndimage
from skimage.measure import label

from training.boundary import boundary, trace
from training.deform import FREEHAND, Deformation, aligned, deformed, rasterise
from training.parts import Part, tagged, with_extras
from training.vectorise import fit_cubic, sample, vectorise


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    """A 512 x 512 label map with background, hair, skin, eyes, nose, lips, an ear, neck and cloth."""
    y, x = np.mgrid[:512, :512]
    made = np.zeros((512, 512), np.uint8)

    def ellipse(cx: float, cy: float, a: float, b: float, value: int) -> None:
        made[((x - cx) / a) ** 2 + ((y - cy) / b) ** 2 <= 1] = value

    made[420:] = 18
    ellipse(256, 240, 190, 230, 13)
    ellipse(256, 400, 70, 100, 17)
    ellipse(400, 270, 22, 45, 9)
    ellipse(256, 270, 140, 180, 1)
    for cx, eye in ((200, 4), (312, 5)):
        ellipse(cx, 240, 30, 12, eye)
    ellipse(256, 300, 22, 40, 2)
    ellipse(256, 370, 55, 18, 11)
    return made


def test_boundary_lies_where_classes_meet(labels: np.ndarray):
    mask = boundary(labels)
    rows, columns = np.nonzero(mask)
    near = [
        np.unique(labels[max(r - 1, 0) : r + 2, max(c - 1, 0) : c + 2]).size for r, c in zip(rows, columns, strict=True)
    ]
    assert min(near) > 1
    neighbours = ndimage.convolve(mask.astype(int), np.ones((3, 3), int)) - 1
    assert np.median(neighbours[mask]) == 2  # one pixel wide


def test_traced_paths_hold_every_pixel_and_end_on_junctions(labels: np.ndarray):
    mask = boundary(labels)
    paths, places = trace(mask)
    touched = np.zeros_like(mask)
    for path in paths:
        inside = path.points[(path.points % 1 == 0).all(1)].astype(int)
        touched[inside[:, 1], inside[:, 0]] = True
        for junction, point in ((path.start, path.points[0]), (path.end, path.points[-1])):
            if junction >= 0:
                assert np.array_equal(point, places[junction])
    assert (mask & ~touched).sum() <= 12 * max(len(places), 1)  # what is left are the junctions' own pixels


def test_fitted_strokes_stay_within_half_a_pixel_on_average(labels: np.ndarray):
    mask = boundary(labels)
    strokes = vectorise(mask)
    points = sample(strokes.points[strokes.curves], 60).reshape(-1, 2) * 512 - 0.5
    distance = np.asarray(ndimage.distance_transform_edt(~mask))
    nearest = np.clip(np.rint(points).astype(int), 0, 511)
    assert distance[nearest[:, 1], nearest[:, 0]].mean() < 0.5
    drawn = rasterise(strokes.points, strokes.curves, 512)
    missed = np.asarray(ndimage.distance_transform_edt(~drawn))[mask]
    assert missed.mean() < 0.5
    assert missed.max() < 6


def test_a_cubic_is_recovered_from_its_points():
    polygon = np.array([[0.0, 0], [30, 60], [70, -60], [100, 0]])
    fitted, distance = fit_cubic(sample(polygon[None], 200)[0])
    assert distance.max() < 3
    assert np.array_equal(fitted[[0, -1]], polygon[[0, -1]])


def test_strokes_that_share_a_point_keep_sharing_it_when_deformed(labels: np.ndarray):
    strokes = vectorise(boundary(labels))
    ends = strokes.curves[:, [0, 3]].ravel()
    assert np.bincount(ends).max() >= 3  # a junction is one point
    clean, moved = aligned(strokes, 256), deformed(strokes, 256, Deformation(d=11), np.random.default_rng(5))
    pieces = [np.asarray(label(sketch, connectivity=2)).max() for sketch in (clean, moved)]
    assert pieces[1] <= pieces[0] + 1


def test_offsets_stay_within_d_and_the_seed_decides(labels: np.ndarray):
    strokes = vectorise(boundary(labels))

    def sketch(d: float, seed: int) -> np.ndarray:
        return deformed(strokes, 256, Deformation(d=d), np.random.default_rng(seed))

    assert np.array_equal(sketch(11, 1), sketch(11, 1))
    assert not np.array_equal(sketch(11, 1), sketch(11, 2))
    assert np.array_equal(sketch(0, 1), aligned(strokes, 256))
    clean = np.asarray(ndimage.distance_transform_edt(~aligned(strokes, 256)))
    reach = [clean[sketch(d, 1)].max() for d in (2, 11, 30)]
    assert reach[0] <= 2.5  # d = 2 at 512 is 1 pixel each way at 256, plus rounding
    assert reach == sorted(reach)
    assert reach[2] <= 30 / 2 * 2**0.5 + 2


def test_parts_and_extras(labels: np.ndarray):
    strokes = with_extras(tagged(vectorise(boundary(labels)), labels), labels, seed=3)
    found = {Part(tag) for tag in strokes.tag}
    assert {Part.FACE, Part.HAIR, Part.EAR, Part.CLOTH, Part.IRIS, Part.STRAND} <= found
    plain = aligned(strokes, 256)
    assert np.array_equal(plain, aligned(tagged(vectorise(boundary(labels)), labels), 256))
    rng = np.random.default_rng(0)
    drawn = [deformed(strokes, 256, FREEHAND, rng).sum() for _ in range(20)]
    assert max(drawn) > plain.sum()  # some have strands and irises
    without = [deformed(strokes, 256, Deformation(d=0, omitted=1.0), rng).sum() for _ in range(2)]
    assert max(without) < plain.sum()
