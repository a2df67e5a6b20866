"""What fine-tuning minimises: every term by name. None is the paper's but Eq. 4."""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp.model.networks import Generated, MainGenerator
from dfp_training.data.loader import Batch
from dfp_training.losses import terms as losses
from dfp_training.losses.droplet import DropletLoss
from dfp_training.networks.efficientnet import EfficientNet
from dfp_training.networks.face_parser import FaceParser, parsing_distance
from dfp_training.networks.person import PersonNetwork
from dfp_training.networks.projected import ProjectedDiscriminator, hinge_d, hinge_g, judged_layers, scales_of
from dfp_training.networks.squeezenet import SqueezeNet, distance_of, wanted_in
from dfp_training.tasks.dual_objective import held, weighted
from dfp_training.tasks.finetune_config import FinetuneConfig

# Eyes, nose and mouth of an aligned face, in shares of the side: top, left and side of a square.
MIDDLE = (0.36, 0.28, 0.44)
ENLARGED = 2
LUMA = (0.299, 0.587, 0.114)  # of red, green and blue (BT.601)
DEAR = 4  # of so many pictures one is parsed, and drawn mirrored
MET = 2  # of so many pictures one is asked who it is


def whole(pictures: Tensor) -> Tensor:
    """Pictures as they are."""
    return pictures


def middle(pictures: Tensor) -> Tensor:
    """N x C x S x S pictures or sketches -> eyes, nose and mouth, enlarged."""
    size = pictures.shape[-1]
    top, left, side = (round(share * size) for share in MIDDLE)
    part = pictures[..., top : top + side, left : left + side]
    if part.shape[1] == 1:
        return part.repeat_interleave(ENLARGED, -1).repeat_interleave(ENLARGED, -2)
    return F.interpolate(part, scale_factor=ENLARGED, mode="bilinear", align_corners=False)


def light(pictures: Tensor) -> Tensor:
    """N x 3 x S x S pictures -> the same in grey.

    No sketch says which colours a face has. Where features of colour pictures are compared or judged all the same,
    noses redden and lips turn violet: the picture that is nearest to the features of all photos is none of them.
    """
    weights = torch.tensor(LUMA, device=pictures.device, dtype=pictures.dtype).view(1, 3, 1, 1)
    return (pictures * weights).sum(1, keepdim=True).expand(-1, 3, -1, -1)


def colours(pictures: Tensor) -> Tensor:
    """N x 3 x S x S pictures -> what their grey lacks, zero where they are grey."""
    return pictures - light(pictures)


VIEWS = {"whole": whole, "middle": middle}
PEOPLE = "people"  # beside the views' discriminators, with whose state it is kept: what it has seen is part of a run


class Looking(NamedTuple):
    """The networks that have learnt to look, and never learn here; without `features` the discriminators look with
    `perceptual`, without `person` nobody asks who a face is."""

    perceptual: SqueezeNet
    parser: FaceParser
    features: EfficientNet | None = None
    person: PersonNetwork | None = None


class FinetuneObjective(nn.Module):
    """Batch -> the sum of what the discriminators and G_m minimise, and every term by name."""

    def __init__(
        self, generator: MainGenerator, discriminators: nn.ModuleDict, config: FinetuneConfig, looking: Looking
    ):
        super().__init__()
        self.generator, self.discriminators, self.config = generator, discriminators, config
        self.perceptual, self.parser = looking.perceptual, looking.parser
        self.features, self.person = looking.features, looking.person
        for network in looking:
            if network is not None:
                network.requires_grad_(False)
        self._droplet = DropletLoss(generator.trunk)

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """`d_` terms are the discriminators' own."""
        dear = -(-len(batch.photo) // DEAR)
        image, turned, regions = self._draw(batch, dear)
        terms = {
            "rec": losses.reconstruction(image, batch.photo),
            "colour": losses.reconstruction(colours(image), colours(batch.photo)),
            "mirror": losses.mirrored(image[:dear], turned),
            "droplet": self._droplet.taken(),
            "parsing": parsing_distance(self.parser, image[:dear], self.parser.classes(batch.photo[:dear])),
        }
        if regions is not None and batch.labels is not None:
            terms["regions"] = losses.regions(regions, batch.labels)
        if self.person is not None:
            met = -(-len(batch.photo) // MET)
            terms["likeness"] = self._likeness(image[-met:], batch.photo[-met:])
        greys = light(batch.photo), light(image)
        # Colours that G_m was told can be judged; others cannot.
        seen = greys if batch.colours is None else (batch.photo, image)
        for name, view in VIEWS.items():
            photo_grey, image_grey, photo, made = (view(x) for x in (*greys, *seen))
            terms |= self._judged(name, view(batch.deformed), (photo_grey, image_grey), (photo, made))
        return self._total(terms), terms

    def _draw(self, batch: Batch, dear: int) -> tuple[Tensor, Tensor, Tensor | None]:
        """G_m's pictures, those of the first sketches mirrored, and the regions of the former."""
        sketch, trust, colours = batch.turned(dear)
        generated: Generated = self.generator(
            torch.cat([batch.deformed, sketch]),
            None if batch.trust is None or trust is None else torch.cat([batch.trust, trust]),
            None if batch.colours is None or colours is None else batch.colours.joined(colours),
        )
        count = len(batch.deformed)
        image, turned = generated.image.split([count, dear])
        return image, turned, None if generated.regions is None else generated.regions[:count]

    def _likeness(self, image: Tensor, photo: Tensor) -> Tensor:
        """How unlike the photo's person the picture's is, 0 to 2."""
        assert self.person is not None
        with torch.no_grad():
            wanted = self.person.descriptor(photo).float()
            mean = self.discriminators[PEOPLE](wanted)
        seen = self.person.descriptor(image).float()
        return (1 - F.cosine_similarity(seen - mean, wanted - mean)).mean()

    def _judged(
        self, view: str, sketch: Tensor, greys: tuple[Tensor, Tensor], seen: tuple[Tensor, Tensor]
    ) -> dict[str, Tensor]:
        """What features say about a view: the distance of grey pictures, and the discriminator's scores."""
        d = self.discriminators[view]
        assert isinstance(d, ProjectedDiscriminator)
        with torch.no_grad():
            of_photo = self.perceptual.maps(greys[0])
        of_image = self.perceptual.maps(greys[1])
        if self.features is None:
            photo_seen, image_seen = judged_layers(of_photo), judged_layers(of_image)
        else:
            with torch.no_grad():
                photo_seen = self.features.maps(seen[0])
            image_seen = self.features.maps(seen[1])
        scales = scales_of(photo_seen)
        photo_mixed, image_mixed = d.mixed(photo_seen, scales), d.mixed(image_seen, scales)
        real, fake = d(sketch, photo_mixed), d(sketch, [mixture.detach() for mixture in image_mixed])
        with held(d):
            judged = d(sketch, image_mixed)
        return {
            f"d_{view}": hinge_d(real, fake),
            f"projected_{view}": hinge_g(judged),
            f"perceptual_{view}": distance_of(of_image, wanted_in(of_photo, self.config.norm_eps)),
        }

    def _total(self, terms: dict[str, Tensor]) -> Tensor:
        weights = {
            "d": 1.0,
            "rec": self.config.rec_weight,
            "colour": self.config.colour_weight,
            "mirror": self.config.mirror_weight,
            "droplet": self.config.droplet_weight,
            "parsing": self.config.parsing_weight,
            "regions": self.config.regions_weight,
            "likeness": self.config.likeness_weight,
            "projected": self.config.projected_weight / len(VIEWS),
            "perceptual": self.config.perceptual_weight / len(VIEWS),
        }
        return weighted(terms, weights)
