"""The dual generators and D in training: what each stage of §3.3 trains and what it keeps."""

from dataclasses import dataclass, field

from torch import nn

from dfp.model.config import ModelConfig
from dfp.model.networks import AuxiliaryGenerator, Discriminator, MainGenerator, Trunk, initialise
from dfp_training.loop.train_config import TrainConfig
from dfp_training.networks.gan_pair import GanPair


@dataclass(frozen=True, kw_only=True)
class StageConfig(TrainConfig):
    """One stage's whole recipe, saved in its run folder."""

    stage: int
    rec_weight: float = 1.0  # of Eq. 4; Eq. 8 has 1, short runs find their colours sooner with more
    dfm_weight: float = 10.0  # lambda of Eq. 8
    gfm_weight: float = 10.0  # mu of Eq. 8
    perceptual_weight: float = 0.0  # no term of the paper, see dfp_training.networks.squeezenet
    norm_eps: float = 0.02  # of a layer's mean length: shorter features hardly count in the perceptual term
    told: float = 0.0  # share of sketches whose looseness G_m is told as trust; no idea of the paper
    parsing_weight: float = 0.0  # no term of the paper, see dfp_training.networks.face_parser
    droplet_weight: float = 0.0  # no term of the paper, see dfp_training.losses.droplet
    mirror_weight: float = 0.0  # no term of the paper, see dfp_training.losses.terms.mirrored
    d_width: int = 64
    d_scales: int = 3
    crop: float = 1.0  # share of the side that D and the loss networks see of a picture, at a place drawn each step
    smooth: bool = False  # the decoder stays one that draws no grid, see dfp.model.networks.smooth; not the paper's
    own_features: bool = False  # ablation: the attention learns its features beside the rest, C's are not used
    model: ModelConfig = field(default_factory=ModelConfig)


class Networks(GanPair[nn.ModuleDict, Discriminator]):
    """Everything that is trained: G_a and G_m around one trunk, and D."""

    def __init__(self, config: StageConfig):
        super().__init__()
        trunk = Trunk(config.model)
        self.generators = nn.ModuleDict(
            {"a": AuxiliaryGenerator(config.model, trunk), "m": MainGenerator(config.model, trunk)}
        )
        self.discriminator = Discriminator(config.d_width, config.d_scales)
        initialise(self)
        self.m.sap.initialise()

    @property
    def a(self) -> AuxiliaryGenerator:
        """G_a, which sees edge-aligned sketches."""
        module = self.generators["a"]
        assert isinstance(module, AuxiliaryGenerator)
        return module

    @property
    def m(self) -> MainGenerator:
        """G_m, which sees deformed ones."""
        module = self.generators["m"]
        assert isinstance(module, MainGenerator)
        return module


def trained_parts(networks: Networks, stage: int) -> list[nn.Module]:
    """The generators' parts that a stage trains; D is always trained, the classifier never."""
    a, m = networks.a, networks.m
    if stage == 1:
        return [a.encoder, a.trunk]
    if stage == 2:
        return [m.sap, m.encoder]
    return [a.encoder, m.sap, m.encoder, a.trunk]


def freeze_for(networks: Networks, stage: int, own_features: bool = False) -> list[nn.Parameter]:
    """Let gradients reach only what the stage trains; returns those parameters of the generators.

    `own_features` lets them into C's convolutions too: the attention then learns features of its own.
    """
    networks.generators.requires_grad_(False)
    for part in trained_parts(networks, stage):
        part.requires_grad_(True)
    networks.m.sap.classifier.requires_grad_(own_features and stage > 1)
    networks.m.sap.classifier.head.requires_grad_(False)
    return [p for p in networks.generators.parameters() if p.requires_grad]
