"""What is wanted of every face of a run, by `dfp generate` and `dfp batch` alike.

A new option of both is a field of `FaceOptions`, a line in `add_face_options`, `face_options_of` and `_written`, and
where `prepare` makes the `FaceRequest`.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from dfp.batch.drawn import Drawn
from dfp.batch.knows import Knows
from dfp.errors import DfpError, SketchError
from dfp.generator import Face, FaceGenerator
from dfp.model.classes import REGIONS
from dfp.pictures.reading import Read
from dfp.sketch.appearance import NO_APPEARANCE, Appearance
from dfp.sketch.frame import Frame
from dfp.sketch.palette import Palette, read_palette
from dfp.sketch.prepare import Prepared
from dfp.sketch.request import FaceRequest
from dfp.sketch.trust import Trust

JsonValue = bool | float | str | dict[str, str] | list[str]  # as JSON has it


@dataclass(frozen=True)
class FaceOptions:
    """trust: how exactly lines are meant, -1 to 1. page: which one of a picture of several, from 1. palette: the
    colours that are wanted. seed: which real face's colours the others are. cut_out: without the background. faces: of
    how many heads of a sketch at most, the surest; 0: of all."""

    trust: float = 0.0
    page: int = 1
    palette: Palette = NO_APPEARANCE.palette
    seed: int = 0
    cut_out: bool = False
    faces: int = 0

    def to_json(self) -> dict[str, JsonValue]:
        """Those that are not as usual: faces that were made before there was an option are still up to date."""
        usual = FaceOptions()._written()
        return {name: value for name, value in self._written().items() if value != usual[name]}

    def _written(self) -> dict[str, JsonValue]:
        written: dict[str, JsonValue] = {"trust": self.trust, "page": self.page, "seed": self.seed}
        return written | {"palette": self.palette.written(), "cut_out": self.cut_out, "faces": self.faces}

    def check(self, generator: FaceGenerator | Knows, painted: bool = False) -> None:
        """Raise SketchError when these weights cannot do it: once, before the first sketch.

        painted: whether there are painted colours, too.
        """
        if painted or Appearance(self.palette, seed=self.seed).wanted:
            generator.require_colours()
        if self.cut_out:
            generator.require_regions()

    def picture(self, drawn: Drawn) -> np.ndarray:
        """What becomes the face's file: uint8 H x W x 3 RGB, or x 4 RGBA when it is cut out, turned, or one of several
        on a sheet."""
        return drawn.picture(Face.cut_out if self.cut_out else Face.placed)

    def prepare(
        self,
        heads: Callable[[FaceRequest, int | None], list[Prepared]],
        sketch: Read,
        frame: Frame | None = None,
        mask: np.ndarray | None = None,
        painted: np.ndarray | None = None,
    ) -> list[Prepared]:
        """Make each head of a sketch ready for the model, the surest first. Raises SketchError.

        heads: `FaceGenerator.prepare_heads`, or what does the same without a generator.
        """
        try:
            appearance = Appearance(self.palette, painted, self.seed)
            request = FaceRequest(sketch.image, frame, Trust(self.trust, mask), appearance)
            return heads(request, self.faces or None)
        except SketchError as error:
            if sketch.pages == 1:
                raise
            where = f"This is page {sketch.page} of {sketch.pages}; --page takes another."
            raise SketchError(f"{error} {where}") from error


@dataclass(frozen=True)
class BatchOptions:
    """What `dfp batch` was asked for.

    recursive: also the folders below. attention: a heat map beside each face. overwrite: also files that were not
    made by this program, or were changed since. face: what is wanted of every face. colours: a folder with layers of
    painted colours. layers: names of layers, in files that have some, which get a face each on a layer of its own; then
    in_place: in the files themselves, not in copies.
    """

    recursive: bool = False
    attention: bool = False
    overwrite: bool = False
    face: FaceOptions = field(default_factory=FaceOptions)
    colours: Path | None = None
    layers: tuple[str, ...] = ()
    in_place: bool = False

    def check(self) -> None:
        """Raise DfpError for what does not go together."""
        if self.in_place and not self.layers:
            raise DfpError("--in-place puts faces into files with layers: say with --layers which layers are drawings.")
        if self.layers and (self.attention or self.colours is not None):
            other = "--attention" if self.attention else "--colours"
            raise DfpError(f"{other} is for whole pictures: leave it out, or leave --layers out.")

    def to_json(self) -> dict[str, JsonValue]:
        """What the manifest says of them, beside the sketch's own painted colours."""
        return {"attention": self.attention, **self.face.to_json()}


def add_face_options(command: argparse.ArgumentParser) -> None:
    """The arguments of a command that say it."""
    command.add_argument(
        "--trust",
        type=float,
        default=0.0,
        metavar="-1..1",
        help="lines are meant exactly (1), or so loosely that a crooked drawing is straightened (-1); 0: as the model "
        "thinks (default)",
    )
    command.add_argument(
        "--page", type=int, default=1, metavar="N", help="which page of a GIF, TIFF, WebP, ... of several (first: 1)"
    )
    command.add_argument(
        "--faces",
        type=int,
        default=0,
        metavar="N",
        help="of a sketch with several heads draw N at most, the surest; 1: one, at its frame's size (default: all)",
    )
    command.add_argument("--cut-out", action="store_true", help="the person alone, on transparency")
    colours = command.add_argument_group("colours", "What is not said comes from a real face that fits.")
    for region in REGIONS:
        colours.add_argument(f"--{region}", metavar="COLOUR", help=f"of the {region}: '#a5694f', black, ...")
    colours.add_argument(
        "--palette", type=Path, metavar="FILE", help=f"a .gpl or JSON file with colours named {', '.join(REGIONS)}"
    )
    colours.add_argument(
        "--seed", type=int, default=0, metavar="N", help="another person; the same number is the same one"
    )


def face_options_of(args: argparse.Namespace) -> FaceOptions:
    """What the arguments say; a single colour comes before the palette's. Raises SketchError for what is none."""
    palette = Palette.parse({region: text for region in REGIONS if (text := getattr(args, region)) is not None})
    if args.palette is not None:
        palette = palette.over(read_palette(args.palette))
    if args.faces < 0:
        raise SketchError(f"--faces takes a whole number from 1, not {args.faces}.")
    Trust(args.trust)
    Appearance(palette, seed=args.seed)
    return FaceOptions(args.trust, args.page, palette, args.seed, args.cut_out, args.faces)
