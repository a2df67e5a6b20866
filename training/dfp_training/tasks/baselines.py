"""What the paper compares with (§4.2), trained by the same loop, data and budget.

pix2pix in its default setting; pix2pixHD's global generator on edge-aligned pairs (the paper's *baseline*) and on both
kinds of pairs (*baseline_deform*). pix2pixHD's own program has a VGG term; here it is our perceptual term, and off
unless the stages have it, too. D and G step at the same time, as in our stages. In pix2pix's own program D steps first.
"""

from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp.errors import DfpError
from dfp.model.config import ModelConfig
from dfp.model.networks import AuxiliaryGenerator, Discriminator, Trunk, initialise
from dfp_training.data.loader import Batch
from dfp_training.loop import checkpoint
from dfp_training.loop.model import Group, Model, Start
from dfp_training.loop.train_config import TrainConfig
from dfp_training.losses import terms as losses
from dfp_training.losses.objective import LossTerm, active, held, weighted
from dfp_training.networks.gan_pair import GanPair
from dfp_training.networks.pix2pix import Pix2Pix
from dfp_training.networks.squeezenet import perceptual_distance, wanted_of
from dfp_training.option import option
from dfp_training.tasks.dual import StageConfig
from dfp_training.tasks.loss_networks import LossNetworks

NAMES = ("pix2pix", "pix2pixhd", "pix2pixhd-deform")  # kinds of checkpoints
L1_WEIGHT = 100.0  # of pix2pix
DFM_WEIGHT = 10.0  # of pix2pixHD
NORM_EPS = StageConfig.norm_eps


@dataclass(frozen=True)
class BaselinePass:
    """One step: photos, pictures, and D's outputs for photos, for pictures as D and as G learn from them."""

    photo: Tensor
    image: Tensor
    real: losses.Outputs
    fake: losses.Outputs
    judged: losses.Outputs
    networks: LossNetworks


@dataclass(frozen=True, kw_only=True)
class BaselineConfig(TrainConfig):
    """One baseline's whole configuration, saved in its run folder, and its loss."""

    baseline: str
    perceptual_weight: float = option(0.0, "of pix2pixHD: weight of the distance in features; needs --metrics")
    d_width: int = option(64, "channels of D", 1)
    d_scales: int = 3  # of pix2pixHD's D; pix2pix has one scale
    model: ModelConfig = field(default_factory=ModelConfig)  # of pix2pix only the width

    def terms(self) -> list[LossTerm[BaselinePass]]:
        """What D and G minimise. D's own loss counts half, as in both programs."""
        return _pix2pix_terms() if self.baseline == "pix2pix" else _pix2pixhd_terms(self.perceptual_weight)


def _pix2pix_terms() -> list[LossTerm[BaselinePass]]:
    """L1 x 100 and the log form."""
    return [
        LossTerm("d", 0.5, lambda step: losses.adversarial_d(step.real, step.fake)),
        LossTerm("rec", L1_WEIGHT, lambda step: losses.reconstruction(step.image, step.photo)),
        LossTerm("adv", 1.0, lambda step: losses.adversarial_g(step.judged)),
    ]


def _pix2pixhd_terms(perceptual_weight: float) -> list[LossTerm[BaselinePass]]:
    """Least squares, summed over D's scales, and feature matching x 10, summed over its layers."""
    return [
        LossTerm("d", 0.5, lambda step: squares(step.real, 1.0) + squares(step.fake, 0.0)),
        LossTerm("adv", 1.0, lambda step: squares(step.judged, 1.0)),
        LossTerm("dfm", DFM_WEIGHT, _features),
        LossTerm("perceptual", perceptual_weight, _perceptual, needs=("perceptual",)),
    ]


def _features(step: BaselinePass) -> Tensor:
    return (len(step.real[0]) - 1) * losses.discriminator_features(step.real, step.judged)


def _perceptual(step: BaselinePass) -> Tensor:
    network = step.networks.perceptual
    return perceptual_distance(network, step.image, wanted_of(network, step.photo, NORM_EPS))


def squares(outputs: losses.Outputs, target: float) -> Tensor:
    """Mean squared distance of D's scores from `target`, summed over its scales."""
    terms = [F.mse_loss(scale[-1].float(), torch.full_like(scale[-1].float(), target)) for scale in outputs]
    return torch.stack(terms).sum()


class GlobalGenerator(GanPair[AuxiliaryGenerator, Discriminator]):
    """pix2pixHD: the generator that our G_a is as well, and D on several scales."""

    def __init__(self, config: BaselineConfig):
        super().__init__()
        self.generators = AuxiliaryGenerator(config.model, Trunk(config.model))
        self.discriminator = Discriminator(config.d_width, config.d_scales)
        initialise(self)


class BaselineObjective(nn.Module):
    """Batch -> the sum of what D and G minimise, and every term by name.

    G sees edge-aligned sketches; of pix2pixhd-deform every other face by its deformed sketch, so that the number of
    pictures stays the same.
    """

    def __init__(self, networks: GanPair[Any, Any], config: BaselineConfig, loss_networks: LossNetworks | None = None):
        super().__init__()
        self.networks, self.both = networks, deforms(config)
        self.terms = active(config.terms())
        self.loss_networks = (loss_networks or LossNetworks()).complete(self.terms)

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """See the class."""
        sketch, d = self.sketches(batch), self.networks.discriminator
        image = self.networks.generators(sketch).image
        real, fake = _outputs(d(sketch, batch.photo)), _outputs(d(sketch, image.detach()))
        with held(d):
            judged = _outputs(d(sketch, image))
        return weighted(self.terms, BaselinePass(batch.photo, image, real, fake, judged, self.loss_networks))

    def sketches(self, batch: Batch) -> Tensor:
        """The sketches that G sees."""
        if not self.both:
            return batch.aligned
        second = torch.arange(len(batch.photo), device=batch.photo.device) % 2 == 1
        return torch.where(second.view(-1, 1, 1, 1), batch.deformed, batch.aligned)


def _outputs(scores: Tensor | losses.Outputs) -> losses.Outputs:
    """pix2pix's D gives the scores of one scale alone."""
    return [[scores]] if isinstance(scores, Tensor) else scores


def deforms(config: BaselineConfig) -> bool:
    """Whether half of its pairs are deformed."""
    return config.baseline == "pix2pixhd-deform"


def baseline_model(config: BaselineConfig, loss_networks: LossNetworks | None = None) -> Model:
    """A baseline for the training loop. Raises DfpError for a configuration that it cannot be trained with."""
    if deforms(config) and config.batch % 2:
        raise DfpError("Half of the pairs are deformed: pix2pixhd-deform needs an even --batch.")
    if config.baseline == "pix2pix" and config.perceptual_weight:
        raise DfpError("pix2pix has no perceptual term: leave --perceptual-weight out.")
    networks = _networks(config)
    return Model(
        kind=config.baseline,
        networks=networks,
        objective=BaselineObjective(networks, config, loss_networks),
        learns=[Group(list(networks.generators.parameters()))],
        fused=[networks.generators, networks.discriminator],
        init_from=_from_nothing,
        deforms=deforms(config),
    )


def _networks(config: BaselineConfig) -> GanPair[Any, Any]:
    if config.baseline != "pix2pix":
        return GlobalGenerator(config)
    try:
        return Pix2Pix(config.size, config.model.width, config.d_width)
    except ValueError as error:
        raise DfpError(f"pix2pix draws pictures of side 32, 64, 128, 256 and so on, not {config.size}.") from error


def _from_nothing(start: Start) -> None:
    if start.before or start.classifier:
        raise DfpError("A baseline starts from weights drawn at random.")


def generator_of(saved: dict[str, Any]) -> nn.Module:
    """The generator of a baseline's checkpoint (its average, when there is one), in evaluation mode.

    pix2pix then draws without dropout and with the running statistics: a picture depends on its sketch alone.
    Raises KeyError, ValueError, TypeError or RuntimeError for what is no such checkpoint.
    """
    config = saved["config"]
    model = ModelConfig.from_dict(config["model"])
    if config["baseline"] == "pix2pix":
        generator: nn.Module = Pix2Pix(config["size"], model.width, config["d_width"]).generators
    else:
        generator = AuxiliaryGenerator(model, Trunk(model))
    generator.load_state_dict(checkpoint.averaged(saved))
    return generator.eval()
