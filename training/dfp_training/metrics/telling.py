"""Which colours a model is told when it is measured: the photo's, another person's, or the usual ones."""

import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from dfp.finish import finished
from dfp.model.classes import REGIONS
from dfp.model.inputs import Inputs
from dfp.model.networks import Colours, Generated
from dfp.model.weights import read_palettes
from dfp.runtime.torch import TorchRuntime, likelihoods, to_pictures
from dfp.sketch.appearance import NO_APPEARANCE, Appearance
from dfp.sketch.straighten import straightened
from dfp_training.data.loader import Batch
from dfp_training.metrics.colour import ColourErrors, colour_errors
from dfp_training.metrics.figure import Figure
from dfp_training.metrics.miou import Overlap, mean_iou
from dfp_training.metrics.observation import classes_at


class Telling(Enum):
    """Where the palette of a face that is measured comes from."""

    PHOTO = "photo"  # what it looks like
    SEED = "seed"  # of another real face, drawn by the photo
    USUAL = "usual"  # what painters get who say nothing


@dataclass(frozen=True)
class Painter:
    """Draws batches, told colours where the model knows them. draw: lines, trust and colours -> what G_m gives.

    palettes: those of the weights, None for models that know no colours. trust: of all lines, -1 to 1.
    """

    draw: Callable[[Tensor, Tensor | None, Colours | None], Generated]
    palettes: np.ndarray | None
    telling: Telling
    trust: float = 0.0

    @classmethod
    def load(cls, weights: Path, device: str, telling: Telling, trust: float = 0.0) -> "Painter":
        """Release weights in PyTorch. Raises WeightsError or DfpError."""
        return cls(TorchRuntime.load(weights, device).run, read_palettes(weights), telling, trust)

    def __call__(self, batch: Batch) -> Tensor:
        """N x 3 x size x size images in [-1, 1] of a batch's deformed sketches."""
        return self.generated(batch).image

    def generated(self, batch: Batch) -> Generated:
        """All that is made of a batch's deformed sketches, as `dfp.FaceGenerator` makes it."""
        lines, told = self.lines(batch), self.told(batch)
        made = self.draw(lines, torch.full((len(lines), 1, 1, 1), self.trust), told)
        return made if made.regions is None else _finished(made, lines, told)

    def lines(self, batch: Batch) -> Tensor:
        """A batch's deformed sketches as `dfp.sketch.prepare` gives them to the model: straightened at little trust."""
        if self.trust >= 0:
            return batch.deformed
        trust = np.full((1, 1, 1), self.trust, np.float32)
        each = [straightened(sketch[0].numpy() > 0, trust) for sketch in batch.deformed.cpu()]
        return torch.from_numpy(np.stack(each)[:, None]).to(batch.deformed)

    def told(self, batch: Batch) -> Colours | None:
        """The colours for the faces of a batch; the same for a face at every deformation."""
        if self.palettes is None or batch.colours is None:
            return None
        palette, painted = batch.colours
        if self.telling is not Telling.PHOTO:
            usual = self.telling is Telling.USUAL
            looks = [NO_APPEARANCE if usual else Appearance(seed=_seed(photo)) for photo in batch.photo]
            palette = torch.from_numpy(np.stack([look.colours(self.palettes) for look in looks]))
        return Colours(palette, torch.zeros_like(painted))


def _finished(made: Generated, lines: Tensor, told: Colours | None) -> Generated:
    colours = (None, None) if told is None else (part.cpu().numpy() for part in told)
    each = zip(
        to_pictures(made.image),
        likelihoods(made).cpu().numpy(),
        Inputs.of(lines.cpu().numpy(), None, *colours).apart(),
        strict=True,
    )
    pictures, regions = zip(*(finished(*parts, told is not None) for parts in each), strict=True)
    image = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 127.5 - 1
    likely = torch.from_numpy(np.stack(regions)).float().clamp(min=0.5) / 255
    return made._replace(image=image.to(made.image), regions=likely.log().to(made.image))


def _seed(photo: Tensor) -> int:
    return zlib.crc32(photo.cpu().numpy().tobytes())


@dataclass(frozen=True)
class Kept:
    """What a model that is told colours and says regions keeps of both; None for one that is not, does not.

    colours: how far regions are from the colours they were told. regions: mIoU of what it says with the label maps.
    """

    colours: ColourErrors | None
    regions: Figure | None

    def lines(self) -> list[str]:
        """As lines of text."""
        lines = self.colours.lines() if self.colours else []
        if self.regions:
            mean, spread = self.regions.value, self.regions.spread
            lines.append(f"regions: mIoU of what the model says with the label maps {mean:.4f} {spread:.4f}")
        return lines

    def plain(self) -> dict[str, object]:
        """All figures as values for JSON."""
        return {
            "colours": self.colours.plain() if self.colours else None,
            "regions": self.regions.plain() if self.regions else None,
        }


@torch.inference_mode()
def kept(painter: Painter, batches: Iterable[Batch]) -> Kept:
    """Look at the faces of batches that come with colours and label maps. Raises DfpError when none has a colour."""
    told, pictures, labels, overlaps = [], [], [], []
    for batch in batches:
        assert batch.labels is not None
        made, colours = painter.generated(batch), painter.told(batch)
        if colours is not None:
            told.append((colours.palette.numpy().reshape(-1, len(REGIONS), 3) + 1) * 127.5)
            pictures.append(to_pictures(made.image))
            labels.append(batch.labels.numpy().astype(np.uint8))
        if made.regions is not None:
            overlaps.append(Overlap.of(classes_at(made.regions, batch.labels.shape[-1]).cpu(), batch.labels))
    errors = colour_errors(*(np.concatenate(part) for part in (told, pictures, labels))) if told else None
    return Kept(errors, mean_iou(Overlap.joined(overlaps)) if overlaps else None)
