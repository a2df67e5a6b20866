"""`FaceGenerator`: from a painter's sketch to the face that its lines meant."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import overload

import cv2
import numpy as np

from dfp import regions as regions_of
from dfp.errors import SketchError
from dfp.finish import finished
from dfp.model.config import ModelConfig
from dfp.model.inputs import Inputs, Outputs
from dfp.model.weights_header import RELEASE, checksum, read_config, read_palettes
from dfp.runtime.base import Device, Runtime
from dfp.runtime.select import open_runtime
from dfp.sketch.appearance import NO_APPEARANCE, Appearance
from dfp.sketch.frame import Frame, place
from dfp.sketch.heads import Head
from dfp.sketch.prepare import Prepared, prepare, prepare_each
from dfp.sketch.request import FaceRequest, Selection, Sketch, requests_for
from dfp.sketch.trust import NO_TRUST, Trust
from dfp.sketch.turning import coverage, turned, turned_map, turned_side

MOST_VARIANTS = 64
NO_COLOURS = "These weights know no colours. Leave colours and seed out, or take other weights."


@dataclass(frozen=True)
class Face:
    """A generated face.

    image: size x size x 3 uint8 RGB.
    attention: branches x h x w float32, how far each place of the sketch was relaxed; sums to 1 over the branches.
    frame: where the picture lies in the sketch's pixel coordinates; may reach outside the sketch.
    regions: 19 x h x w uint8, how likely each class is at each place, of 255; no classes from weights that say none.
    timings: milliseconds by step, "prepare" and "model" (a batch's model time is shared equally).
    turn: by how many degrees, clockwise, the face is turned in its frame; pictures, attention and regions are turned
    already, over the whole square, of which `cover` is the face's.
    certainty: how surely the drawing is one face from the front, 0 to 1; None where its frame was given. heads: all
    that were found on the sheet, this one first. doubt: a sentence where it hardly is a face; else empty.
    cover: uint8 of the image's size, where a turned face lies; None where it fills its frame.
    """

    image: np.ndarray
    attention: np.ndarray
    frame: Frame
    regions: np.ndarray = field(default_factory=lambda: np.zeros((0, 1, 1), np.uint8))
    timings: dict[str, float] = field(default_factory=dict)
    turn: float = 0.0
    certainty: float | None = None
    heads: tuple[Head, ...] = ()
    doubt: str = ""
    cover: np.ndarray | None = None

    @property
    def ms(self) -> float:
        """Milliseconds that the model took."""
        return self.timings["model"]

    def placed(self) -> np.ndarray:
        """The picture at the frame's size: frame.height x frame.width x 3 uint8 RGB; x 4 RGBA when it is turned."""
        picture = place(self.image, self.frame)
        return picture if self.cover is None else np.dstack([picture, place(self.cover, self.frame)])

    def cut_out(self, soft: bool = True, linear: bool = False) -> np.ndarray:
        """The person without the background, at the frame's size: uint8 frame.height x frame.width x 4 RGBA.

        soft: edges are soft; else each pixel is the person's or nobody's. linear: for a picture that mixes its layers
        in linear light. Raises SketchError when the weights know no regions.
        """
        placing = partial(place, frame=self.frame)
        return self.covered(regions_of.cut_out(self.image, self.regions, placing, soft, linear), placing)

    def layers(self, linear: bool = False) -> dict[str, np.ndarray]:
        """The face as layers from the bottom up, each uint8 frame.height x frame.width x 4 RGBA: background, clothes,
        skin, hair, features. Over each other they are `placed()` to within 2 of 255; the background goes on behind the
        person. linear: for a picture that mixes its layers in linear light. Raises SketchError when the weights know no
        regions.
        """
        placing = partial(place, frame=self.frame)
        made = regions_of.layers(self.image, self.regions, placing, linear)
        return {name: self.covered(layer, placing) for name, layer in made.items()}

    def covered(self, layer: np.ndarray, placing: regions_of.Placing) -> np.ndarray:
        """A layer, uint8 RGBA as `placing` makes them, of which nothing is left outside of a turned face."""
        if self.cover is not None:
            layer[..., 3] = cv2.multiply(np.ascontiguousarray(layer[..., 3]), placing(self.cover), scale=1 / 255)
        return layer


class FaceGenerator:
    """G_m with its weights on a device, ready for sketches of any size and kind."""

    def __init__(self, runtime: Runtime, config: ModelConfig, checksum: str = "", palettes: np.ndarray | None = None):
        self.config, self.checksum, self.palettes = config, checksum, palettes
        self._runtime = runtime

    @classmethod
    def load(cls, weights: str | Path | None = None, device: str = "auto", runtime: str = "auto") -> "FaceGenerator":
        """Read release weights (None: the bundled ones) into a runtime: auto, torch or openvino.

        Raises WeightsError or DfpError with a sentence.
        """
        path = Path(weights) if weights is not None else RELEASE
        config = read_config(path)
        return cls(open_runtime(path, device, runtime), config, checksum(path), read_palettes(path))

    @property
    def device(self) -> Device:
        """Where the model runs."""
        return self._runtime.device

    @property
    def runtime(self) -> str:
        """What calculates the model: torch or openvino."""
        return self._runtime.name

    @property
    def knows_colours(self) -> bool:
        """Whether these weights can be told an appearance."""
        return self.palettes is not None

    @property
    def knows_regions(self) -> bool:
        """Whether faces come with their regions."""
        return self.config.regions

    def require_colours(self) -> None:
        """Raise SketchError when these weights cannot be told an appearance."""
        if not self.knows_colours:
            raise SketchError(NO_COLOURS)

    def require_regions(self) -> None:
        """Raise SketchError when these weights' faces come without regions."""
        if not self.knows_regions:
            raise SketchError(regions_of.UNKNOWN)

    @overload
    def generate(
        self,
        sketch: Sketch,
        frame: Selection | None = None,
        trust: Trust = NO_TRUST,
        appearance: Appearance = NO_APPEARANCE,
        turn: float = 0.0,
    ) -> Face: ...
    @overload
    def generate(
        self,
        sketch: Sequence[Sketch],
        frame: Selection | Sequence[Selection | None] | None = None,
        trust: Trust | Sequence[Trust] = NO_TRUST,
        appearance: Appearance | Sequence[Appearance] = NO_APPEARANCE,
        turn: float | Sequence[float] = 0.0,
    ) -> list[Face]: ...

    def generate(
        self,
        sketch: Sketch | Sequence[Sketch],
        frame: Selection | Sequence[Selection | None] | None = None,
        trust: Trust | Sequence[Trust] = NO_TRUST,
        appearance: Appearance | Sequence[Appearance] = NO_APPEARANCE,
        turn: float | Sequence[float] = 0.0,
    ) -> Face | list[Face]:
        """Turn one sketch into a face, or several (of any sizes) in one batch.

        A sketch is a picture or uint8 array: H x W gray, H x W x 3 RGB or H x W x 4 RGBA with straight
        alpha, 16 to 8192 pixels a side. `frame` (left, top, width, height) is where the face sits, turned around its
        middle by `turn` degrees, clockwise; without it the surest head of the drawing is meant. `trust` is how exactly
        lines are meant, `appearance` which colours the face has. Several sketches may have one of these for all, or a
        list with one for each. Raises SketchError when nothing is drawn, these weights know no colours and are told
        some, or anything given is of another kind.
        """
        requests = requests_for(sketch, frame, trust=trust, appearance=appearance, turn=turn)
        prepared: list[Prepared] = []
        times = []
        for request in requests:
            started = time.perf_counter()
            prepared.append(self.prepare_request(request))
            times.append(1000 * (time.perf_counter() - started))
        faces = [
            replace(face, timings={"prepare": before, **face.timings})
            for face, before in zip(self.draw(prepared), times, strict=True)
        ]
        return faces[0] if isinstance(sketch, Sketch) else faces

    def variants(
        self,
        sketch: Sketch,
        count: int = 4,
        frame: Selection | None = None,
        trust: Trust = NO_TRUST,
        appearance: Appearance = NO_APPEARANCE,
    ) -> dict[int, Face]:
        """One sketch as up to `count` (1 to 64) different people, by their seeds: the appearance's own, and others that
        fill in other colours (`Appearance.variants`). Fewer when it leaves too little open.

        Each is the face that `generate` gives with its seed, to within 3 of 255, but what does not depend on colours is
        done once. Raises SketchError as `generate` does, and when the weights know no colours.
        """
        if isinstance(count, bool) or not isinstance(count, int) or not 1 <= count <= MOST_VARIANTS:
            raise SketchError(f"The number of variants is a whole number from 1 to {MOST_VARIANTS}.")
        self.require_colours()
        started = time.perf_counter()
        prepared = self.prepare_request(FaceRequest(sketch, frame, trust, appearance), count)
        before = {"prepare": 1000 * (time.perf_counter() - started) / len(prepared.seeds)}
        faces = (replace(face, timings={**before, **face.timings}) for face in self.draw_variants(prepared))
        return dict(zip(prepared.seeds, faces, strict=True))

    def prepare(
        self,
        sketch: Sketch,
        frame: Selection | None = None,
        trust: Trust = NO_TRUST,
        appearance: Appearance = NO_APPEARANCE,
        turn: float = 0.0,
    ) -> Prepared:
        """The first half of `generate`, which needs no network: find the frame and its lines. Raises SketchError."""
        return self.prepare_request(FaceRequest(sketch, frame, trust, appearance, turn))

    def prepare_request(self, request: FaceRequest, variants: int = 1) -> Prepared:
        """As `prepare`, for whoever hands on a whole request or wants several variants. Raises SketchError."""
        if request.appearance.wanted or variants > 1:
            self.require_colours()
        return prepare(request, self.config.size, self.palettes, variants)

    def prepare_heads(self, request: FaceRequest, most: int | None = None) -> list[Prepared]:
        """As `prepare_request`, for each head that is drawn on a sheet, the surest first, `most` at most.

        One that is doubtful where none is sure; the request's own where it has a frame. Raises SketchError.
        """
        if request.appearance.wanted:
            self.require_colours()
        return prepare_each(request, self.config.size, self.palettes, most)

    def generate_all(
        self,
        sketch: Sketch,
        most: int | None = None,
        trust: Trust = NO_TRUST,
        appearance: Appearance = NO_APPEARANCE,
    ) -> list[Face]:
        """The face of each head that is drawn on a sheet, the surest first, `most` at most; see `generate`.

        One where none is sure; its `doubt` says so. `dfp.pictures.together` lays them on one picture.
        """
        request = FaceRequest(sketch, None, trust, appearance)
        started = time.perf_counter()
        prepared = self.prepare_heads(request, most)
        before = 1000 * (time.perf_counter() - started) / len(prepared)
        return [replace(face, timings={"prepare": before, **face.timings}) for face in self.draw(prepared)]

    def draw(self, prepared: Sequence[Prepared]) -> list[Face]:
        """The second half of `generate`: the faces of prepared sketches in one batch, timed without `prepare`."""
        if not prepared:
            return []
        return self._faces(Inputs.joined([p.inputs for p in prepared]), prepared)

    def draw_variants(self, prepared: Prepared) -> list[Face]:
        """The second half of `variants`: a face for each seed of the prepared sketch, timed without `prepare`."""
        return self._faces(prepared.inputs, [prepared] * len(prepared.seeds))

    def _faces(self, inputs: Inputs, sketches: Sequence[Prepared]) -> list[Face]:
        started = time.perf_counter()
        drawn = self._runtime(inputs)
        model = 1000 * (time.perf_counter() - started) / len(sketches)
        coloured = self.palettes is not None
        each = zip(drawn.pictures, drawn.attention, drawn.regions, inputs.apart(), sketches, strict=True)
        return [
            _face(attention, *finished(picture, regions, of, coloured), sketch, model)
            for picture, attention, regions, of, sketch in each
        ]

    def run(self, lines: np.ndarray, trust: np.ndarray | None = None) -> Outputs:
        """Prepared lines, float32 N x 1 x size x size, through the network alone, in the usual colours.

        `trust`: float32 N x 1 x 16 x 16 in [-1, 1], None is 0.
        """
        palette = None
        if self.palettes is not None:
            palette = np.tile(NO_APPEARANCE.colours(self.palettes), (len(lines), 1))
        return self._runtime(Inputs.of(lines, trust, palette))

    def interrupt(self) -> None:
        """From another thread: let the `draw` or `run` that is going on raise Interrupted, if it can."""
        self._runtime.interrupt()

    def release(self) -> None:
        """Give back memory that the runtime keeps for the next call."""
        self._runtime.release()


def _face(attention: np.ndarray, picture: np.ndarray, regions: np.ndarray, prepared: Prepared, ms: float) -> Face:
    cover = None
    if turn := prepared.turn:
        picture, attention, regions = (
            turned(picture, turn, turned_side(len(picture), turn)),
            turned_map(attention, turn, turned_side(attention.shape[-1], turn)),
            turned_map(regions, turn, turned_side(regions.shape[-1], turn)),
        )
        cover = coverage(turn, len(picture))
    of_sheet = prepared.certainty, prepared.heads, prepared.doubt
    return Face(picture, attention, prepared.frame, regions, {"model": ms}, turn, *of_sheet, cover)
