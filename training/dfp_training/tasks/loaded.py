"""Whatever was trained, read from its file: release weights, runs of the stages, of fine-tuning and of baselines."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import nn

from dfp.model import weights
from dfp.model.config import ModelConfig
from dfp.model.networks import AuxiliaryGenerator, MainGenerator, Trunk
from dfp.model.sap import Classifier
from dfp_training.loop import checkpoint
from dfp_training.loop.checkpoint import CheckpointError, averaged, of_generator
from dfp_training.loop.model import pictures_of, said_by
from dfp_training.tasks import baselines
from dfp_training.tasks.classify import CLASSIFIER
from dfp_training.tasks.dual import STAGES
from dfp_training.tasks.finetune_config import FINETUNE

RELEASE = "release"  # kind of release weights whose header says none
DRAWING = (*STAGES, FINETUNE, *baselines.NAMES)  # kinds of checkpoints whose network draws


@dataclass(frozen=True)
class Loaded:
    """A trained network on the CPU, in evaluation mode, and what its file says of it.

    kind: a stage ("stage1" …), "finetune", "classifier", the name of a baseline, or "release". size: the side that it
    draws at. config: the whole configuration that it was trained with; of release weights only the model's. step,
    images_seen: None where the file does not say.
    """

    kind: str
    network: nn.Module
    model: ModelConfig
    size: int
    config: dict[str, Any]
    step: int | None = None
    images_seen: int | None = None

    @property
    def main(self) -> bool:
        """Whether it is G_m."""
        return isinstance(self.network, MainGenerator)

    @property
    def coloured(self) -> bool:
        """Whether it is told colours."""
        return self.main and self.model.codes > 0


def file_of(path: Path) -> Path:
    """The file of release weights, a checkpoint or a run's folder."""
    return path if path.suffix in (".safetensors", ".pt") else path / "checkpoint.pt"


def load_generator(path: Path, *kinds: str) -> Loaded:
    """What release weights, a checkpoint or a run's folder hold: G_a of stage 1, G_m of the others, C, a baseline's G.

    Of averaged generators the average. kinds: which checkpoints it may be, all where none is named; release weights
    always. Raises CheckpointError or WeightsError with a sentence.
    """
    file = file_of(path)
    if file.suffix == ".safetensors":
        generator, model = weights.load(file)
        kind, config = said_by(file).get("kind", RELEASE), {"model": model.to_dict()}
        return Loaded(kind, generator, model, model.size, config, None, pictures_of(file))
    saved = checkpoint.read(file, *(kinds or (*DRAWING, CLASSIFIER)))
    config = saved["config"]
    try:
        model = ModelConfig.from_dict(config["model"])
        network = _network(saved, model).eval()
        size, step = config["size"], saved["step"]
    except (KeyError, ValueError, TypeError, AttributeError, RuntimeError) as error:
        raise CheckpointError(f"The checkpoint {file} does not fit its own configuration.") from error
    return Loaded(saved["kind"], network, model, size, config, step, saved.get("images_seen"))


def _network(saved: dict[str, Any], model: ModelConfig) -> nn.Module:
    """The network of a checkpoint that is of a known kind, with its weights."""
    if saved["kind"] in baselines.NAMES:
        return baselines.generator_of(saved)
    if saved["kind"] == CLASSIFIER:
        network, tensors = Classifier(model), saved["classifier"]
    elif saved["kind"] == STAGES[0]:
        network, tensors = AuxiliaryGenerator(model, Trunk(model)), of_generator("a", averaged(saved))
    else:
        network, tensors = MainGenerator(model), of_generator("m", averaged(saved))
    network.load_state_dict(tensors)
    return network


def model_in(path: Path) -> ModelConfig:
    """The model's configuration in release weights, a checkpoint or a run's folder. Raises as `load_generator`."""
    file = file_of(path)
    if file.suffix == ".safetensors":
        return weights.read_config(file)
    try:
        return ModelConfig.from_dict(checkpoint.read(file)["config"]["model"])
    except (KeyError, ValueError, TypeError) as error:
        raise CheckpointError(f"The checkpoint {file} does not fit its own configuration.") from error
