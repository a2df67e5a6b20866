"""Label map -> boundary -> strokes -> sketches."""

import numpy as np
import pytest
from dfp_training.data.boundary import boundary, trace
from dfp_training.data.deform import FREEHAND, Deformation, aligned, deformed, rasterise
from dfp_training.data.parts import Part, strands, tagged, with_extras
from dfp_training.data.vectorise import bernstein, fit_cubics, lengths, sample, vectorise
from scipy import ndimage
from skimage.measure import label
from training_data import whole_face


@pytest.fixture(scope="module")
def labels() -> np.ndarray:
    return whole_face()


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


def test_cubics_are_recovered_from_their_points():
    polygons = np.array([[[0.0, 0], [30, 60], [70, -60], [100, 0]], [[100, 0], [120, 10], [130, 40], [120, 80]]])
    points = np.concatenate(list(sample(polygons, 200)))
    fitted, worst, where = fit_cubics(points, np.array([0, 200]), np.array([199, 399]), lengths(points))
    assert worst.max() < 3
    assert np.array_equal(fitted[:, [0, 3]], polygons[:, [0, 3]])
    assert worst[1] < 0.5 < worst[0]  # chord length is nearly the second one's parameter
    t = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points[:200], axis=0).T))])
    far = np.hypot(*(bernstein(t / t[-1]) @ fitted[0] - points[:200]).T)
    assert far.argmax() == where[0]
    assert worst[0] == pytest.approx(far.max())


def test_loops_spurs_and_bridges_become_one_path_each():
    mask = np.zeros((40, 40), bool)
    mask[2, 3:9] = mask[7, 3:9] = mask[3:7, 2] = mask[3:7, 9] = True  # a loop that hangs on nothing
    mask[20, 2:38] = True  # a line across the frame's middle
    mask[10:20, 12] = mask[10:20, 14] = True  # two lines that end on it, one pixel apart
    mask[30, 5] = True
    paths, places = trace(mask)
    loops = [path for path in paths if path.closed]
    assert [len(path.points) for path in loops] == [21]
    assert np.array_equal(loops[0].points[0], loops[0].points[-1])
    hung = sorted((path.start >= 0) + (path.end >= 0) for path in paths if not path.closed)
    assert hung.count(0) == 1  # the lone pixel
    assert len(places) in (1, 2)
    strokes = vectorise(mask)
    ends = np.rint(strokes.points[strokes.curves[:, [0, 3]]] * 40 - 0.5)
    assert {(2, 20), (37, 20), (12, 10), (14, 10)} <= set(map(tuple, ends.reshape(-1, 2).astype(int).tolist()))
    assert np.asarray(label(rasterise(strokes.points, strokes.curves, 40), connectivity=2)).max() == 2


def test_an_empty_map_has_no_strokes():
    labels = np.zeros((64, 64), np.uint8)
    strokes = with_extras(tagged(vectorise(boundary(labels)), labels), labels, seed=1)
    assert len(strokes.curves) == len(strokes.points) == 0
    assert not aligned(strokes, 64).any()


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


def test_strands_move_with_the_hair(labels: np.ndarray):
    hair = np.zeros_like(labels)
    hair[60:400, 90:380] = np.where(labels[60:400, 90:380] == 1, 0, 13)
    there = strands(hair, np.random.default_rng(1))
    moved = strands(np.roll(hair, (13, 57), (0, 1)), np.random.default_rng(1))
    assert len(there) > 5
    assert all(np.array_equal(q - p, np.tile([57, 13], (len(p), 1))) for p, q in zip(there, moved, strict=True))
    assert strands(np.zeros_like(labels), np.random.default_rng(1)) == []
