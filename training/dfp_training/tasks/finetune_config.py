"""The configuration of fine-tuning."""

from dataclasses import dataclass, field

from dfp.model.config import ModelConfig
from dfp_training.loop.train_config import TrainConfig

STAGE = 4  # in checkpoints: after those of §3.3


@dataclass(frozen=True, kw_only=True)
class FinetuneConfig(TrainConfig):
    """The whole recipe, saved in the run folder."""

    stage: int = STAGE
    rec_weight: float = 5.0  # of Eq. 4
    colour_weight: float = 50.0  # of Eq. 4 for colours alone, which hardly any other term sees
    perceptual_weight: float = 25.0  # see dfp_training.networks.squeezenet
    norm_eps: float = 0.02  # as in dfp_training.tasks.dual.StageConfig
    projected_weight: float = 1.0  # see dfp_training.networks.projected
    parsing_weight: float = 6.0  # see dfp_training.networks.face_parser
    regions_weight: float = 0.5  # of the cross entropy of a model's regions with the label map
    likeness_weight: float = 0.0  # of being the photo's person, see dfp_training.networks.person; 0: nobody asks
    mirror_weight: float = 10.0  # see dfp_training.losses.terms.mirrored
    droplet_weight: float = 0.01  # see dfp_training.losses.droplet
    deep_features: bool = False  # the discriminators look with EfficientNet, as Projected GAN's, else with SqueezeNet
    told: float = 0.6  # share of sketches whose looseness G_m is told as trust
    d_width: int = 48
    model: ModelConfig = field(default_factory=ModelConfig)
