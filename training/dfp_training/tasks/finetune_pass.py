"""One step of fine-tuning: what G_m drew, and what discriminators and loss networks see of it when a term asks."""

from dataclasses import dataclass
from functools import cached_property

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp.model.networks import Generated
from dfp_training.data.loader import Batch
from dfp_training.losses.objective import held
from dfp_training.networks.face_parser import parsing_distance
from dfp_training.networks.person import MeanPerson
from dfp_training.networks.projected import ProjectedDiscriminator, judged_layers, scales_of
from dfp_training.networks.squeezenet import distance_of, wanted_in
from dfp_training.tasks.loss_networks import LossNetworks
from dfp_training.tasks.views import VIEWS, light

DEAR = 4  # of so many pictures one is parsed, and drawn mirrored
MET = 2  # of so many pictures one is asked who it is
PEOPLE = "people"  # beside the views' discriminators, with whose state it is kept: what it has seen is part of a run


def share_of(count: int, of: int) -> int:
    """How many of `count` pictures one of every `of` are, rounded up."""
    return -(-count // of)


@dataclass(frozen=True)
class View:
    """Photos and pictures seen in one way: grey, and as the discriminator judges them.

    discriminator: None where none judges. deep: whether it looks with EfficientNet.
    """

    sketch: Tensor
    greys: tuple[Tensor, Tensor]
    judged_as: tuple[Tensor, Tensor]
    discriminator: nn.Module | None
    networks: LossNetworks
    deep: bool
    norm_eps: float

    @property
    def perceptual(self) -> Tensor:
        """The distance of grey pictures from grey photos in features."""
        of_photo, of_image = self._maps
        return distance_of(of_image, wanted_in(of_photo, self.norm_eps))

    @property
    def real(self) -> list[Tensor]:
        """The discriminator's scores of the photos."""
        return self._scores[0]

    @property
    def fake(self) -> list[Tensor]:
        """Its scores of the pictures, as it learns from them."""
        return self._scores[1]

    @property
    def judged(self) -> list[Tensor]:
        """The same as G_m learns from them."""
        return self._scores[2]

    @cached_property
    def _maps(self) -> tuple[list[Tensor], list[Tensor]]:
        network = self.networks.perceptual
        with torch.no_grad():
            of_photo = network.maps(self.greys[0])
        return of_photo, network.maps(self.greys[1])

    def _features(self) -> tuple[list[Tensor], list[Tensor]]:
        if not self.deep:
            of_photo, of_image = self._maps
            return judged_layers(of_photo), judged_layers(of_image)
        with torch.no_grad():
            of_photo = self.networks.features.maps(self.judged_as[0])
        return of_photo, self.networks.features.maps(self.judged_as[1])

    @cached_property
    def _scores(self) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
        d = self.discriminator
        assert isinstance(d, ProjectedDiscriminator)
        of_photo, of_image = self._features()
        scales = scales_of(of_photo)
        photo, image = d.mixed(of_photo, scales), d.mixed(of_image, scales)
        real, fake = d(self.sketch, photo), d(self.sketch, [mixture.detach() for mixture in image])
        with held(d):
            return real, fake, d(self.sketch, image)


@dataclass(frozen=True)
class FinetunePass:
    """made: what G_m drew of the deformed sketches and, behind them, of the first ones mirrored, where a term asks.

    droplet: see `losses.droplet`. judging: whether discriminators do.
    """

    batch: Batch
    made: Generated
    droplet: Tensor
    discriminators: nn.ModuleDict
    networks: LossNetworks
    judging: bool
    deep: bool
    norm_eps: float

    @property
    def image(self) -> Tensor:
        """The pictures, N x 3 x S x S."""
        return self.made.image[: len(self.batch.photo)]

    @property
    def turned(self) -> tuple[Tensor, Tensor]:
        """The first pictures, and what was drawn of their sketches mirrored."""
        turned = self.made.image[len(self.batch.photo) :]
        return self.image[: len(turned)], turned

    @property
    def regions(self) -> tuple[Tensor, Tensor]:
        """The logits of the pictures' regions, and the label maps."""
        assert self.made.regions is not None
        assert self.batch.labels is not None
        return self.made.regions[: len(self.batch.photo)], self.batch.labels

    def parsing(self) -> Tensor:
        """How far a face parser sees other classes in some pictures than in the photos."""
        parser, count = self.networks.parsing, share_of(len(self.batch.photo), DEAR)
        return parsing_distance(parser, self.image[:count], parser.classes(self.batch.photo[:count]))

    def likeness(self) -> Tensor:
        """How unlike the photo's person some pictures' are, 0 to 2."""
        met, people = share_of(len(self.batch.photo), MET), self.discriminators[PEOPLE]
        assert isinstance(people, MeanPerson)
        with torch.no_grad():
            wanted = self.networks.person.descriptor(self.batch.photo[-met:]).float()
            mean = people(wanted)
        seen = self.networks.person.descriptor(self.image[-met:]).float()
        return (1 - F.cosine_similarity(seen - mean, wanted - mean)).mean()

    @cached_property
    def views(self) -> dict[str, View]:
        """Photos and pictures by the name of the view."""
        greys = light(self.batch.photo), light(self.image)
        # Colours that G_m was told can be judged; others cannot.
        judged_as = greys if self.batch.colours is None else (self.batch.photo, self.image)
        return {
            name: View(
                sketch=view(self.batch.deformed),
                greys=(view(greys[0]), view(greys[1])),
                judged_as=(view(judged_as[0]), view(judged_as[1])),
                discriminator=self.discriminators[name] if self.judging else None,
                networks=self.networks,
                deep=self.deep,
                norm_eps=self.norm_eps,
            )
            for name, view in VIEWS.items()
        }
