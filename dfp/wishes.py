"""What is wanted of every face of a run, by `dfp generate` and `dfp batch` alike.

A new option of both is a field of `Wishes`, a line in `add_wishes`, and where `prepare` hands it on.
"""

import argparse
from dataclasses import asdict, dataclass, fields

import numpy as np

from dfp.errors import SketchError
from dfp.face import FaceGenerator
from dfp.frame import Frame
from dfp.pictures import Read
from dfp.prepare import Prepared
from dfp.trust import Trust


@dataclass(frozen=True)
class Wishes:
    """trust: how exactly lines are meant, -1 to 1. page: which one of a picture of several, from 1."""

    trust: float = 0.0
    page: int = 1

    def said(self) -> dict[str, bool | float]:
        """Those that are not as usual: faces that were made before there was an option are still up to date."""
        usual = asdict(Wishes())
        return {name: value for name, value in asdict(self).items() if value != usual[name]}

    def prepare(
        self, generator: FaceGenerator, sketch: Read, frame: Frame | None = None, mask: np.ndarray | None = None
    ) -> Prepared:
        """Make a sketch ready for the model. Raises SketchError."""
        try:
            return generator.prepare(sketch.image, frame, Trust(self.trust, mask))
        except SketchError as error:
            if sketch.pages == 1:
                raise
            where = f"This is page {sketch.page} of {sketch.pages}; --page takes another."
            raise SketchError(f"{error} {where}") from error


def add_wishes(command: argparse.ArgumentParser) -> None:
    """The arguments of a command that say it."""
    command.add_argument(
        "--trust",
        type=float,
        default=0.0,
        metavar="-1..1",
        help="lines are meant exactly (1) or loosely (-1); 0: as the model thinks (default)",
    )
    command.add_argument(
        "--page", type=int, default=1, metavar="N", help="which page of a GIF, TIFF, WebP, ... of several (first: 1)"
    )


def wishes_of(args: argparse.Namespace) -> Wishes:
    """What the arguments say. Raises SketchError for a trust that is none."""
    wishes = Wishes(**{field.name: getattr(args, field.name) for field in fields(Wishes)})
    Trust(wishes.trust)
    return wishes
