"""Does trust do what it says? Faces bent as a whole: is what is drawn what the crooked lines say?

Lines that are meant exactly (1) should be kept wherever they lie, those that are meant loosely (-1) become a regular
face: the more trust, the higher the mIoU with the label map that was bent like the lines.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import count

import torch

from dfp_training.data.deform import Deformation
from dfp_training.data.loader import Triplet, Triplets
from dfp_training.data.told_colours import plain
from dfp_training.metrics.evaluate import TestSet, batched
from dfp_training.metrics.figure import Figure
from dfp_training.metrics.miou import Overlap, mean_iou
from dfp_training.metrics.observation import reading
from dfp_training.metrics.telling import Painter
from dfp_training.networks.face_parser import FaceParser

TRUSTS = (-1.0, 0.0, 1.0)
BENT = Deformation(d=0.0, bent=1.0)


@dataclass(frozen=True)
class Obedience:
    """mIoU of faces that are drawn bent, at each of TRUSTS. kept: with label maps that were bent like their lines;
    regular: with those as they were."""

    kept: tuple[Figure, ...]
    regular: tuple[Figure, ...]

    def lines(self) -> list[str]:
        """As lines of text."""
        return [
            f"trust: mIoU of bent faces with the label maps {how}, at trust {_said(figures)}"
            for how, figures in (("that were bent like their lines", self.kept), ("as they were", self.regular))
        ]

    def plain(self) -> dict[str, object]:
        """All figures as values for JSON, by trust."""
        both = {"kept": self.kept, "regular": self.regular}
        return {
            how: {f"{trust:+g}": figure.plain() for trust, figure in zip(TRUSTS, figures, strict=True)}
            for how, figures in both.items()
        }


def _said(figures: tuple[Figure, ...]) -> str:
    each = (f"{f.value:.4f} {f.spread:.4f}" for f in figures)
    return ", ".join(f"{trust:+g}: {figure}" for trust, figure in zip(TRUSTS, each, strict=True))


@torch.inference_mode()
def obedience(painter: Painter, test: TestSet, parser: FaceParser) -> Obedience:
    """Draw the bent faces of a test set with each trust. Raises DataError when there are too few."""
    return Obedience(*(_compared(painter, test, parser, along) for along in (True, False)))


def _compared(painter: Painter, test: TestSet, parser: FaceParser, along: bool) -> tuple[Figure, ...]:
    overlaps: list[list[Overlap]] = [[] for _ in TRUSTS]
    for batch in batched(_bent(test, along)):
        assert batch.labels is not None
        for trust, found in zip(TRUSTS, overlaps, strict=True):
            seen = reading(parser, replace(painter, trust=trust)(batch), batch.labels.shape[-1])
            found.append(Overlap.of(seen, batch.labels))
    return tuple(mean_iou(Overlap.joined(found)) for found in overlaps)


def _bent(test: TestSet, along: bool) -> Iterator[Triplet]:
    """Every face with the first bend in which its label map goes along, or does not: each is so in every second one."""
    triplets = Triplets(test.pack, test.size, BENT, mirror=False, tell=plain)
    for face, seed in map(test.key, test.faces()):
        yield next(bent for at in count(seed) if ((bent := triplets[face, at]).trust[0, 0] > 0) == along)
