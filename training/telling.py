"""Which colours a model is told when it is measured: the photo's, another person's, or the usual ones."""

import zlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from dfp.appearance import NO_APPEARANCE, REGIONS, Appearance
from dfp.networks import Colours, Generated
from dfp.torch_runtime import TorchRuntime, to_pictures
from dfp.weights import read_config, read_palettes
from training.colour import ColourErrors, colour_errors
from training.loader import Batch


class Telling(Enum):
    """Where the palette of a face that is measured comes from."""

    PHOTO = "photo"  # what it looks like
    SEED = "seed"  # of another real face, drawn by the photo
    USUAL = "usual"  # what painters get who say nothing


@dataclass(frozen=True)
class Painter:
    """Draws batches, told colours where the model knows them. draw: lines, trust and colours -> what G_m gives.

    palettes: those of the weights, None for models that know no colours.
    """

    draw: Callable[[Tensor, Tensor | None, Colours | None], Generated]
    palettes: np.ndarray | None
    telling: Telling

    @classmethod
    def load(cls, weights: Path, device: str, telling: Telling) -> "Painter":
        """Release weights in PyTorch. Raises WeightsError or DfpError."""
        runtime = TorchRuntime.load(weights, device)
        return cls(runtime.run, read_palettes(weights) if read_config(weights).codes else None, telling)

    def __call__(self, batch: Batch) -> Tensor:
        """N x 3 x size x size images in [-1, 1] of a batch's deformed sketches."""
        return self.draw(batch.deformed, None, self.told(batch)).image

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


def _seed(photo: Tensor) -> int:
    return zlib.crc32(photo.cpu().numpy().tobytes())


@torch.inference_mode()
def colours_kept(painter: Painter, batches: list[Batch]) -> ColourErrors:
    """How far regions are from the colours that were told. Raises DfpError when there is nothing to compare.

    Of photos' palettes only regions that the photo has count, for the others are not colours of anything.
    """
    told, pictures, labels = [], [], []
    for batch in batches:
        colours = painter.told(batch)
        if colours is None or batch.labels is None:
            continue
        told.append((colours.palette.numpy().reshape(-1, len(REGIONS), 3) + 1) * 127.5)
        pictures.append(to_pictures(painter(batch)))
        labels.append(batch.labels.numpy().astype(np.uint8))
    return colour_errors(np.concatenate(told), np.concatenate(pictures), np.concatenate(labels))
