"""Is it the colour that was told? The difference of a face's regions from their told colours, as the eye sees it."""

from dataclasses import dataclass

import cv2
import numpy as np
from skimage.color import deltaE_cie76, rgb2lab

from dfp.errors import DfpError
from dfp.model.classes import REGIONS
from dfp_training.data.told_colours import REGION_OF_CLASS, means_by
from dfp_training.metrics.figure import Figure, resamples

LEAST = 30 / 128**2  # share of the picture from which on a region is there


@dataclass(frozen=True)
class ColourErrors:
    """Mean differences in CIE Lab (Delta E of 1976: 2 can just be seen, 100 is black from white).

    regions: by name, None where no face has a region whose colour was told. mean: of the regions, each counts the same.
    """

    regions: dict[str, Figure | None]
    mean: Figure

    def lines(self) -> list[str]:
        """As lines of text."""
        lines = [
            "colour: Delta E in Lab of a region's mean colour from the one that was told; +- is one standard error"
        ]
        for name, figure in {**self.regions, "mean": self.mean}.items():
            lines.append(f"{name:10}   " + (f"{figure.value:6.2f} {figure.spread:6.2f}" if figure else f"{'-':>6}"))
        return lines

    def plain(self) -> dict[str, object]:
        """All figures as values for JSON."""
        figures = {**self.regions, "mean": self.mean}
        return {name: figure.plain() if figure else None for name, figure in figures.items()}


def region_means(pictures: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean colour of every region, N x 6 x 3 float32 sRGB in [0, 255], and whether it is there, N x 6 bool.

    `pictures`: N x S x S x 3 uint8; `labels`: N x L x L uint8, their label maps. Black where it is not there.
    """
    count = len(REGIONS)
    means, there = np.zeros((len(pictures), count, 3), np.float32), np.zeros((len(pictures), count), bool)
    for face, (picture, classes) in enumerate(zip(pictures, labels, strict=True)):
        side = len(classes)
        how = cv2.INTER_AREA if len(picture) > side else cv2.INTER_LINEAR
        seen = cv2.resize(picture, (side, side), interpolation=how)
        found, areas = means_by(REGION_OF_CLASS[classes], seen.astype(np.float64), count + 1)
        there[face] = areas[:-1] >= LEAST * classes.size
        means[face, there[face]] = found[:-1][there[face]]
    return means, there


def colour_differences(told: np.ndarray, pictures: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Delta E of every face's regions from their told colours, N x 6 float64; NaN where there is nothing to compare.

    `told`: N x 6 x 3 sRGB in [0, 255], NaN for a colour that was not told. The rest as in `region_means`; the label
    maps are those of the sketches, so a region that has moved away from its lines counts as miscoloured.
    """
    means, there = region_means(pictures, labels)
    compared = there & np.isfinite(told).all(2)
    differences = np.full(compared.shape, np.nan)
    pairs = (rgb2lab(colours[compared].astype(np.float64) / 255) for colours in (told, means))
    differences[compared] = deltaE_cie76(*pairs)
    return differences


def colour_errors(told: np.ndarray, pictures: np.ndarray, labels: np.ndarray) -> ColourErrors:
    """The means of `colour_differences` over the faces, two and more. Raises DfpError when nothing can be compared."""
    differences = colour_differences(told, pictures, labels)
    if np.isnan(differences).all():
        raise DfpError("No face has a region whose colour was told, so there are no colours to compare.")
    once = _by_region(differences, np.ones(len(differences)))
    draws = np.stack([_by_region(differences, counts) for (counts,) in resamples(len(differences))])
    regions = {name: _figure(once[i], draws[:, i]) for i, name in enumerate(REGIONS)}
    means = [np.nanmean(draw) for draw in draws if np.isfinite(draw).any()]
    return ColourErrors(regions, Figure.of(float(np.nanmean(once)), means))


def _by_region(differences: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Mean over the faces, each counted so often; NaN for a region that none of them has."""
    weights = counts[:, None] * np.isfinite(differences)
    total = weights.sum(0)
    sums = (weights * np.nan_to_num(differences)).sum(0)
    return np.divide(sums, total, out=np.full(len(total), np.nan), where=total > 0)


def _figure(value: float, draws: np.ndarray) -> Figure | None:
    return None if np.isnan(value) else Figure.of(value, draws[np.isfinite(draws)])
