"""The classifier C: pre-trained to tell S_syn from S_dfm, then frozen inside the SAP (§3.2)."""

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from tqdm import tqdm

from dfp.model.config import ModelConfig
from dfp.model.networks import initialise
from dfp.model.precision import autocast
from dfp.model.sap import Classifier
from dfp_training.data.datasets import LEAST_SIDE
from dfp_training.data.deform import Deformation
from dfp_training.data.loader import Batch, Steps, Triplets, batches
from dfp_training.data.pack import Pack
from dfp_training.loop import checkpoint
from dfp_training.loop.progress import Interrupts
from dfp_training.loop.train_config import check_same
from dfp_training.option import option

CLASSIFIER = "classifier"  # kind of its checkpoints
SAVE_EVERY = 250  # steps between checkpoints


@dataclass(frozen=True, kw_only=True)
class ClassifierConfig:
    """The classifier's configuration. `least` of the deformation makes it see small distortions too."""

    size: int = option(256, "side of the training pictures", LEAST_SIDE)
    batch: int = option(16, "pairs of sketches a step", 1)
    steps: int = option(1000, "length; the learning rate falls to zero", 1)
    lr: float = option(1e-3, "learning rate of Adam 0.5 / 0.999")
    seed: int = option(1, "decides start weights, order and deformations")
    workers: int = option(1, "processes that prepare sketches")
    deformation: Deformation = field(default_factory=Deformation)
    model: ModelConfig = field(default_factory=ModelConfig)


def train_classifier(config: ClassifierConfig, pack: Pack, run: Path, device: torch.device) -> float | None:
    """Train C, or go on from `run`/checkpoint.pt to the same bits.

    Returns its accuracy on the held-out sketches (val split), None when it was interrupted before. Raises
    CheckpointError, before any work, for a checkpoint of another configuration or a pack without val split.
    """
    if not len(pack.indices("val")):
        raise checkpoint.CheckpointError("The pack has no val split to measure the classifier on.")
    torch.manual_seed(config.seed)
    classifier = Classifier(config.model)
    initialise(classifier)
    classifier.to(device)
    optimiser = torch.optim.Adam(classifier.parameters(), config.lr, (0.5, 0.999))
    latest = run / "checkpoint.pt"
    first = _resumed(checkpoint.read(latest, CLASSIFIER), config, classifier, optimiser) if latest.exists() else 0

    def save(step: int, accuracy: float | None = None) -> None:
        said = {"kind": CLASSIFIER, "config": asdict(config), "step": step, "accuracy": accuracy}
        learnt = {"classifier": classifier.state_dict(), "optimiser": optimiser.state_dict()}
        checkpoint.write(latest, {**said, **learnt})

    triplets = Triplets(pack, config.size, config.deformation)
    steps = Steps(pack.indices("train"), config.batch, first, config.steps, config.seed)
    bar = tqdm(batches(triplets, steps, config.workers), total=config.steps, initial=first, unit="step")
    with Interrupts() as interrupts:
        for step, packed in enumerate(bar, first):
            for group in optimiser.param_groups:
                group["lr"] = config.lr * (1 - step / config.steps)
            loss = _step(classifier, optimiser, packed.to(device))
            if step % 25 == 0:
                bar.set_postfix(loss=round(float(loss), 4))
            if interrupts.asked or (step + 1) % SAVE_EVERY == 0:
                save(step + 1)
            if interrupts.asked:
                return None
    accuracy = held_out_accuracy(classifier, config, pack, device)
    save(config.steps, accuracy)
    return accuracy


def _resumed(
    saved: dict[str, Any], config: ClassifierConfig, classifier: Classifier, optimiser: torch.optim.Optimizer
) -> int:
    check_same(saved["config"], config)
    classifier.load_state_dict(saved["classifier"])
    optimiser.load_state_dict(saved["optimiser"])
    return saved["step"]


def _step(classifier: Classifier, optimiser: torch.optim.Optimizer, batch: Batch) -> torch.Tensor:
    sketches = torch.cat([batch.aligned, batch.deformed])
    is_deformed = torch.arange(len(sketches), device=sketches.device) >= len(batch.aligned)
    with autocast(sketches.device):
        logits = classifier(sketches)
    loss = F.binary_cross_entropy_with_logits(logits.float(), is_deformed.float())
    optimiser.zero_grad()
    loss.backward()
    optimiser.step()
    return loss.detach()


@torch.no_grad()
def held_out_accuracy(classifier: Classifier, config: ClassifierConfig, pack: Pack, device: torch.device) -> float:
    """The share of val sketches, aligned and deformed equally many, that C tells right."""
    faces = pack.indices("val")
    batch = min(config.batch, len(faces))
    steps = Steps(faces, batch, 0, len(faces) // batch, config.seed + 1)
    right = []
    for packed in batches(Triplets(pack, config.size, config.deformation), steps, 0):
        held_out = packed.to(device)
        right += (classifier(held_out.aligned) < 0).tolist()
        right += (classifier(held_out.deformed) > 0).tolist()
    return float(np.mean(right))
