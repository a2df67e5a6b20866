"""What comes after the three stages and is no idea of the paper: G_m alone, fine-tuned for the eye.

Painters see G_m's pictures alone, and by the end of stage 3 G_a has guided it as far as it could. Alone, G_m takes
two thirds of the time. It is judged in the features of a network that has seen many pictures (`networks.projected`),
the whole face and its middle enlarged: eyes and mouths are what people look at, and small. It is judged in grey, and
colours have a term of their own; only a model that is told colours is judged in them, too.
"""

from pathlib import Path

from torch import Tensor, nn

from dfp.errors import DfpError
from dfp.model import weights
from dfp.model.config import ModelConfig
from dfp.model.networks import MainGenerator, smooth
from dfp_training.loop import checkpoint
from dfp_training.loop.model import Group, Model, Start
from dfp_training.networks import efficientnet
from dfp_training.networks.gan_pair import GanPair
from dfp_training.networks.person import MeanPerson
from dfp_training.networks.projected import CHANNELS, ProjectedDiscriminator
from dfp_training.tasks.dual import STAGES
from dfp_training.tasks.finetune_config import FINETUNE, FinetuneConfig
from dfp_training.tasks.finetune_objective import FinetuneObjective
from dfp_training.tasks.finetune_pass import PEOPLE
from dfp_training.tasks.init_from import check_model
from dfp_training.tasks.loss_networks import LossNetworks
from dfp_training.tasks.views import VIEWS

# The deepest features of a smaller picture leave nothing to judge.
LEAST_SIDE, LEAST_SIDE_DEEP = 96, 128
LR_SCALE = 0.05  # of the last convolution
SAP_CLASSIFIER = "sap.classifier."  # never learns


class FinetuneNetworks(GanPair[nn.ModuleDict, nn.ModuleDict]):
    """G_m, a discriminator for each view of its pictures where any judges, and the mean of the people seen."""

    def __init__(self, config: FinetuneConfig):
        super().__init__()
        self.generators = nn.ModuleDict({"m": MainGenerator(config.model)})
        channels = efficientnet.CHANNELS if config.deep_features else CHANNELS
        views = VIEWS if config.projected_weight else ()
        judges: dict[str, nn.Module] = {view: ProjectedDiscriminator(config.d_width, channels) for view in views}
        self.discriminator = nn.ModuleDict({**judges, PEOPLE: MeanPerson()})

    @property
    def m(self) -> MainGenerator:
        """G_m."""
        module = self.generators["m"]
        assert isinstance(module, MainGenerator)
        return module


def finetune_model(config: FinetuneConfig, loss_networks: LossNetworks | None = None) -> Model:
    """G_m alone for the training loop. Raises DfpError without the networks that its loss looks with."""
    least = LEAST_SIDE_DEEP if config.deep_features else LEAST_SIDE
    if config.projected_weight and config.size < least:
        raise DfpError(f"Fine-tuning needs pictures of {least} pixels or more: give another --size.")
    networks = FinetuneNetworks(config)
    learns = learning(networks.m, config.learn)
    decoder_learns = any(p.requires_grad for p in networks.m.trunk.decoder.parameters())

    def constrain() -> None:
        if decoder_learns:  # what does not learn is left alone: every smoothing rounds anew
            smooth(networks.m.trunk)

    def init_from(start: Start) -> None:
        take_over(networks.m, start.before, config.model)
        constrain()

    return Model(
        kind=FINETUNE,
        networks=networks,
        objective=FinetuneObjective(networks.m, networks.discriminator, config, loss_networks),
        learns=learns,
        fused=[networks.m, *(d for name, d in networks.discriminator.items() if name != PEOPLE)],
        init_from=init_from,
        deforms=True,
        told=config.told,
        coloured=config.model.codes > 0,
        constrain=constrain,
    )


def learning(generator: MainGenerator, prefixes: tuple[str, ...]) -> list[Group]:
    """Let only what begins with one of `prefixes` learn, all but the classifier where there are none; returns it.

    Raises DfpError for a prefix that nothing begins with.
    """
    named = {name: p for name, p in generator.named_parameters() if not name.startswith(SAP_CLASSIFIER)}
    for prefix in prefixes:
        if not any(name.startswith(prefix) for name in named):
            raise DfpError(f"Nothing that can learn in G_m begins with {prefix}: give --learn a name as trunk.regions.")
    generator.requires_grad_(False)
    learns = [p for name, p in named.items() if not prefixes or name.startswith(prefixes)]
    for parameter in learns:
        parameter.requires_grad_(True)
    # Its inputs are positive, hundreds for each pixel: Adam, which moves all weights alike, would swing the colour
    # of whole pictures from step to step, and the discriminators would chase it.
    last = {id(p) for p in generator.trunk.decoder[-3].parameters()}
    return [
        Group([p for p in learns if id(p) not in last]),
        Group([p for p in learns if id(p) in last], LR_SCALE),
    ]


def take_over(generator: MainGenerator, before: Path | None, model: ModelConfig) -> None:
    """Fill G_m with release weights or a checkpoint's; what those have not begins as nothing (`dfp.model.trunk`).

    Raises CheckpointError, WeightsError.
    """
    tensors = _before(before, model)
    own = generator.state_dict()
    generator.load_state_dict({name: tensors.get(name, own[name]) for name in own})


def _before(before: Path | None, model: ModelConfig) -> dict[str, Tensor]:
    if before is None:
        raise checkpoint.CheckpointError("Fine-tuning starts from release weights or a run of stage 3: give --before.")
    if before.suffix == ".safetensors":
        released, found = weights.load(before)
        check_model(found.to_dict(), model)
        return released.state_dict()
    saved = checkpoint.read(before, STAGES[-1], FINETUNE)
    check_model(saved["config"]["model"], model)
    return checkpoint.of_generator("m", checkpoint.averaged(saved))
