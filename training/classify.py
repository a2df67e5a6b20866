"""The classifier C: pre-trained to tell S_syn from S_dfm, then frozen inside the SAP (§3.2)."""

from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from tqdm import tqdm

from dfp.config import ModelConfig
from dfp.networks import initialise
from dfp.sap import Classifier
from training import checkpoint
from training.deform import Deformation
from training.loader import Steps, Triplets, batches
from training.pack import Pack


@dataclass(frozen=True)
class ClassifierConfig:
    """The classifier's recipe. `least` of the deformation makes it see small distortions too."""

    size: int = 256
    batch: int = 16
    steps: int = 1000
    lr: float = 1e-3  # linear to zero
    seed: int = 1
    workers: int = 1
    deformation: Deformation = field(default_factory=Deformation)
    model: ModelConfig = field(default_factory=ModelConfig)


def train_classifier(config: ClassifierConfig, pack: Pack, run: Path, device: torch.device) -> float:
    """Train C and write `run`/checkpoint.pt; returns its accuracy on the held-out sketches (val split)."""
    run.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(config.seed)
    classifier = Classifier(config.model)
    initialise(classifier)
    classifier.to(device)
    optimiser = torch.optim.Adam(classifier.parameters(), config.lr, (0.5, 0.999))
    triplets = Triplets(pack, config.size, config.deformation)
    steps = Steps(pack.indices("train"), config.batch, 0, config.steps, config.seed)
    bar = tqdm(batches(triplets, steps, config.workers), total=config.steps, unit="step")
    for step, batch in enumerate(bar):
        for group in optimiser.param_groups:
            group["lr"] = config.lr * (1 - step / config.steps)
        sketches = torch.cat([batch.aligned, batch.deformed]).to(device)
        is_deformed = torch.arange(len(sketches), device=device) >= len(batch.aligned)
        with torch.autocast(device.type, torch.bfloat16):
            logits = classifier(sketches)
        loss = F.binary_cross_entropy_with_logits(logits.float(), is_deformed.float())
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        if step % 25 == 0:
            bar.set_postfix(loss=round(float(loss.detach()), 4))
    accuracy = held_out_accuracy(classifier, config, pack, device)
    state = {"config": asdict(config), "classifier": classifier.state_dict(), "accuracy": accuracy}
    checkpoint.write(run / "checkpoint.pt", state)
    return accuracy


@torch.no_grad()
def held_out_accuracy(classifier: Classifier, config: ClassifierConfig, pack: Pack, device: torch.device) -> float:
    """The share of val sketches, aligned and deformed equally many, that C tells right."""
    faces = pack.indices("val")
    if not len(faces):
        raise checkpoint.CheckpointError("The pack has no val split to measure the classifier on.")
    batch = min(config.batch, len(faces))
    steps = Steps(faces, batch, 0, len(faces) // batch, config.seed + 1)
    right = []
    for held_out in batches(Triplets(pack, config.size, config.deformation), steps, 0):
        right += (classifier(held_out.aligned.to(device)) < 0).tolist()
        right += (classifier(held_out.deformed.to(device)) > 0).tolist()
    return float(np.mean(right))
