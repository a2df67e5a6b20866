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
from dfp_training.loop.model import LossNetworks, Model, Start
from dfp_training.networks import efficientnet
from dfp_training.networks.gan_pair import GanPair
from dfp_training.networks.person import MeanPerson
from dfp_training.networks.projected import CHANNELS, ProjectedDiscriminator
from dfp_training.tasks.finetune_config import FinetuneConfig
from dfp_training.tasks.finetune_objective import PEOPLE, VIEWS, FinetuneObjective, Looking
from dfp_training.tasks.init_from import check_model

# The deepest features of a smaller picture leave nothing to judge.
LEAST_SIDE, LEAST_SIDE_DEEP = 96, 128


class FinetuneNetworks(GanPair[nn.ModuleDict, nn.ModuleDict]):
    """G_m, a discriminator for each view of its pictures, and the mean of the people that were seen."""

    def __init__(self, config: FinetuneConfig):
        super().__init__()
        self.generators = nn.ModuleDict({"m": MainGenerator(config.model)})
        channels = efficientnet.CHANNELS if config.deep_features else CHANNELS
        judges: dict[str, nn.Module] = {view: ProjectedDiscriminator(config.d_width, channels) for view in VIEWS}
        self.discriminator = nn.ModuleDict({**judges, PEOPLE: MeanPerson()})

    @property
    def m(self) -> MainGenerator:
        """G_m."""
        module = self.generators["m"]
        assert isinstance(module, MainGenerator)
        return module


def finetune_model(config: FinetuneConfig, loss_networks: LossNetworks) -> Model:
    """G_m alone for the training loop. Raises DfpError without the networks that judge it."""
    if loss_networks.perceptual is None or loss_networks.parsing is None:
        raise DfpError("Fine-tuning needs --metrics, the folder of the measuring networks.")
    least = LEAST_SIDE_DEEP if config.deep_features else LEAST_SIDE
    if config.size < least:
        raise DfpError(f"Fine-tuning needs pictures of {least} pixels or more: give another --size.")
    networks = FinetuneNetworks(config)
    networks.m.sap.classifier.requires_grad_(False)

    def constrain() -> None:
        smooth(networks.m.trunk)

    def init_from(start: Start) -> None:
        take_over(networks.m, start.before, config.model)
        constrain()

    looking = Looking(loss_networks.perceptual, loss_networks.parsing, loss_networks.features, loss_networks.person)
    return Model(
        title="finetune",
        networks=networks,
        objective=FinetuneObjective(networks.m, networks.discriminator, config, looking),
        trained=[p for p in networks.m.parameters() if p.requires_grad],
        fused=[networks.m, *(networks.discriminator[view] for view in VIEWS)],
        init_from=init_from,
        deforms=True,
        told=config.told,
        coloured=config.model.codes > 0,
        # Its inputs are positive, hundreds for each pixel: Adam, which moves all weights alike, would swing the colour
        # of whole pictures from step to step, and the discriminators would chase it.
        slow=list(networks.m.trunk.decoder[-3].parameters()),
        constrain=constrain,
    )


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
    saved = checkpoint.read_stage(before)
    if saved["config"]["stage"] < 3:
        raise checkpoint.CheckpointError(
            f"{before} is of stage {saved['config']['stage']}. Fine-tuning comes after stage 3."
        )
    check_model(saved["config"]["model"], model)
    return checkpoint.of_generator("m", saved["ema"] or saved["generators"])
