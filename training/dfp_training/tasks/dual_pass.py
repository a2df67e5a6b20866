"""One step of the dual generators: what was drawn, and what D and the loss networks see of it when a term asks."""

from dataclasses import dataclass
from functools import cached_property

import torch
from torch import Tensor

from dfp.model.networks import Discriminator, Generated
from dfp_training.data.loader import Batch
from dfp_training.losses.objective import held
from dfp_training.losses.terms import Outputs
from dfp_training.networks.face_parser import parsing_distance
from dfp_training.networks.squeezenet import Wanted, perceptual_distance, wanted_of
from dfp_training.tasks.loss_networks import LossNetworks


@dataclass(frozen=True)
class Crop:
    """A square of pictures of side `side`, at (top, left) in pixels; `share` of the picture's side."""

    share: float
    side: int
    top: int = 0
    left: int = 0

    @classmethod
    def drawn(cls, share: float, whole: int) -> "Crop":
        """One at a random place of pictures of side `whole`.

        Discriminators and loss networks reduce in steps of two: patterns of those steps' periods would cost the
        generators nothing if the steps always fell on the same pixels. Every other crop touches an edge in each
        direction: corners would hardly be seen else.
        """
        side = round(whole * share)
        if side == whole:
            return cls(share, side)
        room = whole - side
        top, left = torch.randint(-room // 2, room + room // 2 + 1, (2,)).clamp(0, room).tolist()
        return cls(share, side, top, left)

    def of(self, pictures: Tensor) -> Tensor:
        """N x C x S x S -> N x C x side x side."""
        return pictures[..., self.top : self.top + self.side, self.left : self.left + self.side]


@dataclass(frozen=True)
class DualPass:
    """drawn: what G_a ("a") and G_m ("m") made, of the sketches beside it, as far as the stage trains them.

    guide: G_a's features for Eq. 7. turned: G_m's pictures of the mirrored sketches. droplet: see `losses.droplet`.
    D and the loss networks see the crop.
    """

    batch: Batch
    drawn: dict[str, tuple[Tensor, Generated]]
    guide: list[Tensor]
    turned: Tensor | None
    droplet: Tensor
    crop: Crop
    discriminator: Discriminator
    networks: LossNetworks
    norm_eps: float

    def image(self, of: str) -> Tensor:
        """A generator's pictures, N x 3 x S x S."""
        return self.drawn[of][1].image

    def features(self, of: str) -> list[Tensor]:
        """Its residual blocks' outputs."""
        return self.drawn[of][1].features

    def real(self, of: str) -> Outputs:
        """D's outputs for the photos, beside the sketches of a generator."""
        return self._rows(self._judged[0], of)

    def fake(self, of: str) -> Outputs:
        """The same for its pictures, as D learns from them."""
        return self._rows(self._judged[1], of)

    def judged(self, of: str) -> Outputs:
        """The same as the generator learns from them."""
        return self._rows(self._judged[2], of)

    def perceptual(self, of: str) -> Tensor:
        """How far its pictures are from the photos in features."""
        return perceptual_distance(self.networks.perceptual, self.crop.of(self.image(of)), self._wanted)

    def parsing(self, of: str) -> Tensor:
        """How far a face parser sees other classes in its pictures than in the photos."""
        return parsing_distance(self.networks.parsing, self.crop.of(self.image(of)), self._parsed, self.crop.share)

    @cached_property
    def _judged(self) -> tuple[Outputs, Outputs, Outputs]:
        view = self.crop.of
        sketch = torch.cat([view(sketch) for sketch, _ in self.drawn.values()])
        image = torch.cat([view(generated.image) for _, generated in self.drawn.values()])
        photo = torch.cat([view(self.batch.photo)] * len(self.drawn))
        d = self.discriminator
        real, fake = d(sketch, photo), d(sketch, image.detach())
        with held(d):
            return real, fake, d(sketch, image)

    def _rows(self, outputs: Outputs, of: str) -> Outputs:
        count, at = len(self.batch.photo), list(self.drawn).index(of)
        return [[layer[at * count : (at + 1) * count] for layer in scale] for scale in outputs]

    @cached_property
    def _wanted(self) -> list[Wanted]:
        return wanted_of(self.networks.perceptual, self.crop.of(self.batch.photo), self.norm_eps)

    @cached_property
    def _parsed(self) -> Tensor:
        return self.networks.parsing.classes(self.crop.of(self.batch.photo), self.crop.share)
