"""What the paper compares with (§4.2), trained by the same loop, data and budget.

pix2pix in its default setting; pix2pixHD's global generator on edge-aligned pairs (the paper's *baseline*) and on both
kinds of pairs (*baseline_deform*). pix2pixHD's own program has a VGG term; here it is our perceptual term, and off
unless the stages have it, too. D and G step at the same time, as in our stages. In pix2pix's own program D steps first.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp.errors import DfpError
from dfp.model.config import ModelConfig
from dfp.model.networks import AuxiliaryGenerator, Discriminator, Trunk, initialise
from dfp_training.data.loader import Batch
from dfp_training.loop.model import LossNetworks, Model, Start
from dfp_training.loop.train_config import TrainConfig
from dfp_training.losses import terms as losses
from dfp_training.networks.gan_pair import GanPair
from dfp_training.networks.pix2pix import Pix2Pix
from dfp_training.networks.squeezenet import SqueezeNet, perceptual_distance, wanted_of
from dfp_training.tasks.dual import StageConfig
from dfp_training.tasks.dual_objective import held

NAMES = ("pix2pix", "pix2pixhd", "pix2pixhd-deform")
L1_WEIGHT = 100.0  # of pix2pix
DFM_WEIGHT = 10.0  # of pix2pixHD
NORM_EPS = StageConfig.norm_eps


@dataclass(frozen=True, kw_only=True)
class BaselineConfig(TrainConfig):
    """One baseline's whole recipe, saved in its run folder."""

    baseline: str
    perceptual_weight: float = 0.0  # of pix2pixHD only; the same term as the stages'
    d_width: int = 64
    d_scales: int = 3  # of pix2pixHD's D; pix2pix has one scale
    model: ModelConfig = field(default_factory=ModelConfig)  # of pix2pix only the width


class GlobalGenerator(GanPair[AuxiliaryGenerator, Discriminator]):
    """pix2pixHD: the generator that our G_a is as well, and D on several scales."""

    def __init__(self, config: BaselineConfig):
        super().__init__()
        self.generators = AuxiliaryGenerator(config.model, Trunk(config.model))
        self.discriminator = Discriminator(config.d_width, config.d_scales)
        initialise(self)


class Pix2PixObjective(nn.Module):
    """L1 x 100 and the log form; D's own loss counts half."""

    def __init__(self, networks: Pix2Pix):
        super().__init__()
        self.networks = networks

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Batch -> the sum of what D and G minimise, and every term by name; sees edge-aligned pairs."""
        sketch, d = batch.aligned, self.networks.discriminator
        image = self.networks.generators(sketch).image
        real, fake = [[d(sketch, batch.photo)]], [[d(sketch, image.detach())]]
        with held(d):
            judged = [[d(sketch, image)]]
        terms = {
            "d": losses.adversarial_d(real, fake),
            "rec": losses.reconstruction(image, batch.photo),
            "adv": losses.adversarial_g(judged),
        }
        return 0.5 * terms["d"] + L1_WEIGHT * terms["rec"] + terms["adv"], terms


class Pix2PixHDObjective(nn.Module):
    """Least squares, summed over D's scales, and feature matching x 10, summed over its layers.

    `both`: every other face is seen by its deformed sketch, so that the number of pictures stays the same.
    `critic` adds the perceptual term.
    """

    def __init__(
        self, networks: GlobalGenerator, both: bool, perceptual_weight: float = 0.0, critic: SqueezeNet | None = None
    ):
        super().__init__()
        self.networks, self.both, self.perceptual_weight = networks, both, perceptual_weight
        self.critic = critic.requires_grad_(False) if critic else None

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Batch -> the sum of what D and G minimise, and every term by name."""
        sketch, d = self._sketches(batch), self.networks.discriminator
        image = self.networks.generators(sketch).image
        real, fake = d(sketch, batch.photo), d(sketch, image.detach())
        with held(d):
            judged = d(sketch, image)
        layers = len(real[0]) - 1
        terms = {
            "d": _squares(real, 1.0) + _squares(fake, 0.0),
            "adv": _squares(judged, 1.0),
            "dfm": layers * losses.discriminator_features(real, judged),
        }
        total = 0.5 * terms["d"] + terms["adv"] + DFM_WEIGHT * terms["dfm"]
        if self.critic is not None:
            wanted = wanted_of(self.critic, batch.photo, NORM_EPS)
            terms["perceptual"] = perceptual_distance(self.critic, image, wanted)
            total = total + self.perceptual_weight * terms["perceptual"]
        return total, terms

    def _sketches(self, batch: Batch) -> Tensor:
        if not self.both:
            return batch.aligned
        second = torch.arange(len(batch.photo), device=batch.photo.device) % 2 == 1
        return torch.where(second.view(-1, 1, 1, 1), batch.deformed, batch.aligned)


def _squares(outputs: losses.Outputs, target: float) -> Tensor:
    terms = [F.mse_loss(scale[-1].float(), torch.full_like(scale[-1].float(), target)) for scale in outputs]
    return torch.stack(terms).sum()


def baseline_model(config: BaselineConfig, loss_networks: LossNetworks) -> Model:
    """A baseline for the training loop. Raises DfpError for a recipe that it cannot be trained with."""
    if config.baseline == "pix2pixhd-deform" and config.batch % 2:
        raise DfpError("Half of the pairs are deformed: pix2pixhd-deform needs an even --batch.")
    if config.baseline == "pix2pix" and config.perceptual_weight:
        raise DfpError("pix2pix has no perceptual term: leave --perceptual-weight out.")
    networks, objective = _BUILDERS[config.baseline](config, loss_networks)
    return Model(
        title=config.baseline,
        networks=networks,
        objective=objective,
        trained=list(networks.generators.parameters()),
        fused=[networks.generators, networks.discriminator],
        init_from=_from_nothing,
        deforms=config.baseline == "pix2pixhd-deform",
    )


def _pix2pix(config: BaselineConfig, _critics: LossNetworks) -> tuple[GanPair[Any, Any], nn.Module]:
    try:
        networks = Pix2Pix(config.size, config.model.width, config.d_width)
    except ValueError as error:
        raise DfpError(f"pix2pix draws pictures of side 32, 64, 128, 256 and so on, not {config.size}.") from error
    return networks, Pix2PixObjective(networks)


def _pix2pixhd(config: BaselineConfig, loss_networks: LossNetworks) -> tuple[GanPair[Any, Any], nn.Module]:
    networks = GlobalGenerator(config)
    both, weight = config.baseline == "pix2pixhd-deform", config.perceptual_weight
    return networks, Pix2PixHDObjective(networks, both, weight, loss_networks.perceptual)


_BUILDERS: dict[str, Callable[[BaselineConfig, LossNetworks], tuple[GanPair[Any, Any], nn.Module]]] = {
    "pix2pix": _pix2pix,
    "pix2pixhd": _pix2pixhd,
    "pix2pixhd-deform": _pix2pixhd,
}


def _from_nothing(start: Start) -> None:
    if start.before or start.classifier:
        raise DfpError("A baseline starts from weights drawn at random.")


def generator_of(saved: dict[str, Any]) -> nn.Module:
    """The generator of a baseline's checkpoint (its average, when there is one), in evaluation mode.

    pix2pix then draws without dropout and with the running statistics: a picture depends on its sketch alone.
    Raises KeyError, ValueError, TypeError or RuntimeError for what is no such checkpoint.
    """
    recipe = saved["config"]
    model = ModelConfig.from_dict(recipe["model"])
    if recipe["baseline"] == "pix2pix":
        generator: nn.Module = Pix2Pix(recipe["size"], model.width, recipe["d_width"]).generators
    else:
        generator = AuxiliaryGenerator(model, Trunk(model))
    generator.load_state_dict(saved["ema"] or saved["generators"])
    return generator.eval()
