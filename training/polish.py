"""What comes after the three stages and is no idea of the paper: G_m alone, polished for the eye.

Painters see G_m's pictures alone, and by the end of stage 3 G_a has guided it as far as it could. Alone, G_m takes
two thirds of the time. It is judged in the features of a network that has seen many pictures (`training.projected`),
the whole face and its middle enlarged: eyes and mouths are what people look at, and small. It is judged in grey, and
colours have a term of their own.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp import weights
from dfp.config import ModelConfig
from dfp.errors import DfpError
from dfp.networks import MainGenerator, smooth
from training import checkpoint, losses
from training.begin import check_model
from training.face_parser import FaceParser, parsing_distance
from training.learners import Learners
from training.loader import Batch
from training.model import Critics, Model, Start
from training.objective import held, weighted
from training.peaks import Peaks
from training.projected import ProjectedDiscriminator, hinge_d, hinge_g, judged_layers, scales_of
from training.recipe import Recipe
from training.squeezenet import SqueezeNet, distance_of, wanted_in

STAGE = 4  # in checkpoints: after those of §3.3
# Eyes, nose and mouth of an aligned face, in shares of the side: top, left and side of a square.
MIDDLE = (0.36, 0.28, 0.44)
ENLARGED = 2
LEAST_SIDE = 96  # the deepest features of a smaller picture leave nothing to judge
LUMA = (0.299, 0.587, 0.114)  # of red, green and blue (BT.601)
DEAR = 4  # of so many pictures one is parsed, and drawn mirrored


@dataclass(frozen=True, kw_only=True)
class PolishConfig(Recipe):
    """The whole recipe, saved in the run folder."""

    stage: int = STAGE
    rec_weight: float = 5.0  # of Eq. 4
    colour_weight: float = 50.0  # of Eq. 4 for colours alone, which no other term but this and the parser's sees
    perceptual_weight: float = 25.0  # see training.squeezenet
    weak: float = 0.02  # as in training.dual.StageConfig
    projected_weight: float = 1.0  # see training.projected
    parsing_weight: float = 6.0  # see training.face_parser
    mirror_weight: float = 10.0  # see training.losses.mirrored
    peak_weight: float = 0.01  # see training.peaks
    told: float = 0.6  # share of sketches whose looseness G_m is told as trust
    d_width: int = 48
    model: ModelConfig = field(default_factory=ModelConfig)


class Polished(Learners[nn.ModuleDict, nn.ModuleDict]):
    """G_m, and a discriminator for each view of its pictures."""

    def __init__(self, config: PolishConfig):
        super().__init__()
        self.generators = nn.ModuleDict({"m": MainGenerator(config.model)})
        self.discriminator = nn.ModuleDict({view: ProjectedDiscriminator(config.d_width) for view in VIEWS})

    @property
    def m(self) -> MainGenerator:
        """G_m."""
        module = self.generators["m"]
        assert isinstance(module, MainGenerator)
        return module


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


class PolishObjective(nn.Module):
    """Batch -> the sum of what the discriminators and G_m minimise, and every term by name."""

    def __init__(self, networks: Polished, config: PolishConfig, critic: SqueezeNet, parser: FaceParser):
        super().__init__()
        self.networks, self.config = networks, config
        self.critic, self.parser = critic.requires_grad_(False), parser.requires_grad_(False)
        self._peaks = Peaks(networks.m.trunk)

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """`d_` terms are the discriminators' own."""
        dear = -(-len(batch.photo) // DEAR)
        image, turned = self._draw(batch, dear)
        photo_light, image_light = light(batch.photo), light(image)
        terms = {
            "rec": losses.reconstruction(image, batch.photo),
            "colour": losses.reconstruction(colours(image), colours(batch.photo)),
            "mirror": losses.mirrored(image[:dear], turned),
            "peaks": self._peaks.taken(),
            "parsing": parsing_distance(self.parser, image[:dear], self.parser.classes(batch.photo[:dear])),
        }
        for name, view in VIEWS.items():
            terms |= self._judged(name, view(batch.deformed), view(photo_light), view(image_light))
        return self._total(terms), terms

    def _draw(self, batch: Batch, dear: int) -> tuple[Tensor, Tensor]:
        """G_m's pictures, and those of the first sketches mirrored."""
        sketch, trust = batch.deformed, batch.trust
        both = torch.cat([sketch, sketch[:dear].flip(-1)])
        told = None if trust is None else torch.cat([trust, trust[:dear].flip(-1)])
        return self.networks.m(both, told).image.split([len(sketch), dear])

    def _judged(self, view: str, sketch: Tensor, photo: Tensor, image: Tensor) -> dict[str, Tensor]:
        """What features say about a view of the pictures in grey."""
        d = self.networks.discriminator[view]
        assert isinstance(d, ProjectedDiscriminator)
        with torch.no_grad():
            of_photo = self.critic.maps(photo)
        of_image = self.critic.maps(image)
        photo_seen = judged_layers(of_photo)
        scales = scales_of(photo_seen)
        photo_mixed, image_mixed = d.mixed(photo_seen, scales), d.mixed(judged_layers(of_image), scales)
        real, fake = d(sketch, photo_mixed), d(sketch, [mixture.detach() for mixture in image_mixed])
        with held(d):
            judged = d(sketch, image_mixed)
        return {
            f"d_{view}": hinge_d(real, fake),
            f"projected_{view}": hinge_g(judged),
            f"perceptual_{view}": distance_of(of_image, wanted_in(of_photo, self.config.weak)),
        }

    def _total(self, terms: dict[str, Tensor]) -> Tensor:
        weights = {
            "d": 1.0,
            "rec": self.config.rec_weight,
            "colour": self.config.colour_weight,
            "mirror": self.config.mirror_weight,
            "peaks": self.config.peak_weight,
            "parsing": self.config.parsing_weight,
            "projected": self.config.projected_weight / len(VIEWS),
            "perceptual": self.config.perceptual_weight / len(VIEWS),
        }
        return weighted(terms, weights)


def polish_model(config: PolishConfig, critics: Critics) -> Model:
    """G_m alone for the training loop. Raises DfpError without the networks that judge it."""
    if critics.perceptual is None or critics.parsing is None:
        raise DfpError("Polishing needs --metrics, the folder of the measuring networks.")
    if config.size < LEAST_SIDE:
        raise DfpError(f"Polishing needs pictures of {LEAST_SIDE} pixels or more: give another --size.")
    networks = Polished(config)
    networks.m.sap.classifier.requires_grad_(False)

    def constrain() -> None:
        smooth(networks.m.trunk)

    def begin(start: Start) -> None:
        networks.m.load_state_dict(_before(start.before, config.model))
        constrain()

    return Model(
        title="polish",
        networks=networks,
        objective=PolishObjective(networks, config, critics.perceptual, critics.parsing),
        trained=[p for p in networks.m.parameters() if p.requires_grad],
        fused=[networks.m, *networks.discriminator.values()],
        begin=begin,
        deforms=True,
        told=config.told,
        # Its inputs are positive, hundreds for each pixel: Adam, which moves all weights alike, would swing the colour
        # of whole pictures from step to step, and the discriminators would chase it.
        slow=list(networks.m.trunk.decoder[-3].parameters()),
        constrain=constrain,
    )


def _before(before: Path | None, model: ModelConfig) -> dict[str, Any]:
    """G_m's tensors from release weights or a checkpoint. Raises CheckpointError, WeightsError."""
    if before is None:
        raise checkpoint.CheckpointError("Polishing starts from release weights or a run of stage 3: give --before.")
    if before.suffix == ".safetensors":
        released, found = weights.load(before)
        check_model(found.to_dict(), model)
        return released.state_dict()
    saved = checkpoint.read_stage(before)
    if saved["config"]["stage"] < 3:
        raise checkpoint.CheckpointError(
            f"{before} is of stage {saved['config']['stage']}. Polishing comes after stage 3."
        )
    check_model(saved["config"]["model"], model)
    return checkpoint.of_generator("m", saved["ema"] or saved["generators"])
