"""The dual generators and D in training: what each stage of §3.3 minimises, what it trains and what it keeps."""

from dataclasses import dataclass, field

from torch import Tensor, nn

from dfp.model.config import ModelConfig
from dfp.model.networks import AuxiliaryGenerator, Discriminator, MainGenerator, Trunk, initialise
from dfp_training.loop.train_config import TrainConfig
from dfp_training.losses import terms as losses
from dfp_training.losses.objective import LossTerm
from dfp_training.networks.gan_pair import GanPair
from dfp_training.option import option
from dfp_training.tasks.dual_pass import DualPass

STAGES = ("stage1", "stage2", "stage3")  # kinds of checkpoints


@dataclass(frozen=True, kw_only=True)
class StageConfig(TrainConfig):
    """One stage's whole configuration, saved in its run folder, and its loss."""

    stage: int
    # Short runs find their colours sooner with more than the 1 of Eq. 8.
    rec_weight: float = option(1.0, "weight of Eq. 4")
    dfm_weight: float = option(10.0, "lambda of Eq. 8: weight of Eq. 6")
    gfm_weight: float = option(10.0, "mu of Eq. 8: weight of Eq. 7; 0: off")
    perceptual_weight: float = option(0.0, "weight of the distance in features; needs --metrics; no term of the paper")
    norm_eps: float = option(0.02, "features hardly count in it that are shorter than this share of the mean", most=1)
    told: float = option(0.0, "share of sketches whose looseness G_m is told as trust; no idea of the paper", most=1)
    parsing_weight: float = option(0.0, "weight of what a face parser sees; needs --metrics; no term of the paper")
    droplet_weight: float = option(
        0.0, "keeps the trunk from drawing a speck into every picture, see losses.droplet; no term of the paper"
    )
    mirror_weight: float = option(
        0.0, "keeps G_m from drawing all mouths awry to one side, see losses.terms.mirrored; no term of the paper"
    )
    d_width: int = option(64, "channels of the discriminators", 1)
    d_scales: int = 3
    crop: float = option(
        1.0, "share of a picture's side that D and the loss networks see, at a place drawn each step", 0.1, 1
    )
    smooth: bool = option(False, "hold the decoder to weights that draw no grid, see dfp.model.networks.smooth")
    own_features: bool = option(False, "ablation: the attention learns features of its own, not C's")
    model: ModelConfig = field(default_factory=ModelConfig)

    @property
    def kind(self) -> str:
        """What checkpoints say they are."""
        return STAGES[self.stage - 1]

    @property
    def drawing(self) -> tuple[str, ...]:
        """The generators that the stage trains: G_a ("a"), G_m ("m")."""
        return {1: ("a",), 2: ("m",), 3: ("a", "m")}[self.stage]

    def terms(self) -> list[LossTerm[DualPass]]:
        """Eq. 8, D's terms among them, and what is not the paper's. `_a` is of G_a, `_m` of G_m."""
        terms: list[LossTerm[DualPass]] = []
        if "m" in self.drawing:
            terms += [
                LossTerm("gfm", self.gfm_weight, _guided),
                LossTerm("mirror_m", self.mirror_weight, _mirrored),
            ]
        terms.append(LossTerm("droplet", self.droplet_weight, lambda s: s.droplet))
        for generator in self.drawing:
            terms += self._terms_of(generator)
        return terms

    def _terms_of(self, of: str) -> list[LossTerm[DualPass]]:
        return [
            LossTerm(f"d_{of}", 1.0, lambda s: losses.adversarial_d(s.real(of), s.fake(of))),
            LossTerm(f"rec_{of}", self.rec_weight, lambda s: losses.reconstruction(s.image(of), s.batch.photo)),
            LossTerm(f"adv_{of}", 1.0, lambda s: losses.adversarial_g(s.judged(of))),
            LossTerm(
                f"dfm_{of}",
                self.dfm_weight,
                lambda s: losses.discriminator_features(s.real(of), s.judged(of)),
            ),
            LossTerm(f"perceptual_{of}", self.perceptual_weight, lambda s: s.perceptual(of), needs=("perceptual",)),
            LossTerm(f"parsing_{of}", self.parsing_weight, lambda s: s.parsing(of), needs=("parsing",)),
        ]


def _guided(s: DualPass) -> Tensor:
    return losses.generator_features(s.guide, s.features("m"))


def _mirrored(step: DualPass) -> Tensor:
    assert step.turned is not None
    return losses.mirrored(step.image("m"), step.turned)


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
