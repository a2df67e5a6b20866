"""The dual generators and D in training: what each stage of §3.3 trains, what it keeps, and its losses."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor, nn

from dfp.config import ModelConfig
from dfp.networks import AuxiliaryGenerator, Discriminator, MainGenerator, Trunk, initialise
from training import checkpoint, losses
from training.deform import Deformation
from training.loader import Batch
from training.squeezenet import SqueezeNet, perceptual_distance


@dataclass(frozen=True)
class StageConfig:
    """One stage's whole recipe, saved in its run folder."""

    stage: int
    size: int = 256  # side of the training pictures
    batch: int = 32
    steps: int = 10_000
    lr: float = 2e-4  # Adam 0.5 / 0.999; linear to zero over the second half
    rec_weight: float = 1.0  # of Eq. 4; Eq. 8 has 1, short runs find their colours sooner with more
    dfm_weight: float = 10.0  # lambda of Eq. 8
    gfm_weight: float = 10.0  # mu of Eq. 8
    perceptual_weight: float = 0.0  # no term of the paper, see training.squeezenet
    d_width: int = 64
    d_scales: int = 3
    ema: float = 0.0  # decay of the averaged generators, 0: none
    seed: int = 1
    workers: int = 1
    save_every: int = 250  # steps between checkpoints and sheets
    deformation: Deformation = field(default_factory=Deformation)
    model: ModelConfig = field(default_factory=ModelConfig)


class Networks(nn.Module):
    """Everything that is trained: G_a and G_m around one trunk, and D."""

    def __init__(self, config: StageConfig):
        super().__init__()
        trunk = Trunk(config.model)
        self.generators = nn.ModuleDict(
            {"a": AuxiliaryGenerator(config.model, trunk), "m": MainGenerator(config.model, trunk)}
        )
        self.discriminator = Discriminator(config.d_width, config.d_scales)
        initialise(self)

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


def freeze_for(networks: Networks, stage: int) -> list[nn.Parameter]:
    """Let gradients reach only what the stage trains; returns those parameters of the generators."""
    networks.generators.requires_grad_(False)
    for part in trained_parts(networks, stage):
        part.requires_grad_(True)
    networks.m.sap.classifier.requires_grad_(False)
    return [p for p in networks.generators.parameters() if p.requires_grad]


def start_from(networks: Networks, config: StageConfig, before: dict[str, Any], classifier: dict[str, Any] | None):
    """Take over what a stage keeps from the stage before (§3.3).

    Stage 2 keeps E_a and the trunk, takes the trained classifier, and leaves SAP, E_m and D as drawn
    at random. Stage 3 keeps everything, and so does a stage that goes on from itself with another recipe.
    A model of stride 1 grows into one of stride 2 for pictures of twice the side; D is then drawn anew.
    """
    generators = before["ema"] or before["generators"]
    grows = before["config"]["model"].get("stride", 1) < config.model.stride
    if grows:
        generators = grown(generators, config.model.stride)
    if config.stage == 2 and before["config"]["stage"] == 1:
        if classifier is None:
            raise checkpoint.CheckpointError("Stage 2 needs a trained classifier. Train one with dfp-train classifier.")
        networks.a.load_state_dict({k[2:]: v for k, v in generators.items() if k.startswith("a.")})
        networks.m.sap.classifier.load_state_dict(classifier["classifier"])
    else:
        networks.generators.load_state_dict(generators)
        if not grows:
            networks.discriminator.load_state_dict(before["discriminator"])


def grown(generators: dict[str, Tensor], stride: int) -> dict[str, Tensor]:
    """Weights of stride 1 as weights of `stride`: every pixel at first repeated stride x stride times.

    The last convolution's outputs are repeated as the pixel shuffle reads them. The first convolutions keep
    their kernels, which then see finer lines and have to learn them.
    """
    last = max(int(k.split(".")[3]) for k in generators if k.startswith("a.trunk.decoder."))
    heads = {f"{g}.trunk.decoder.{last}.{kind}" for g in "am" for kind in ("weight", "bias")}
    return {k: t.repeat_interleave(stride**2, 0) if k in heads else t for k, t in generators.items()}


def generator_losses(
    networks: Networks, batch: Batch, config: StageConfig, critic: SqueezeNet | None = None
) -> tuple[Tensor, dict[str, Tensor]]:
    """The generators' share of Eq. 8 and D's loss; backward runs here for D, the caller's for G.

    `critic` adds the perceptual term.

    Returns the generators' total and every term by name, `_a` of G_a and `_m` of G_m.
    """
    d, terms = networks.discriminator, {}
    made = {}
    with torch.set_grad_enabled(config.stage != 2):
        guide = networks.a(batch.aligned)
    if config.stage != 2:
        made["a"] = (batch.aligned, guide)
    if config.stage > 1:
        made["m"] = (batch.deformed, networks.m(batch.deformed))
        # G_a guides and is not pulled: else both could agree on features that say little about the sketch.
        guiding = [feature.detach() for feature in guide.features]
        terms["gfm"] = losses.generator_features(guiding, made["m"][1].features)

    d_total = torch.zeros((), device=batch.photo.device)
    real = {}
    for name, (sketch, generated) in made.items():
        real[name] = d(sketch, batch.photo)
        terms[f"d_{name}"] = losses.adversarial_d(real[name], d(sketch, generated.image.detach()))
        d_total = d_total + terms[f"d_{name}"]
    d_total.backward()

    d.requires_grad_(False)
    for name, (sketch, generated) in made.items():
        fake = d(sketch, generated.image)
        terms[f"rec_{name}"] = losses.reconstruction(generated.image, batch.photo)
        terms[f"adv_{name}"] = losses.adversarial_g(fake)
        terms[f"dfm_{name}"] = losses.discriminator_features(real[name], fake)
        if critic is not None:
            terms[f"perceptual_{name}"] = perceptual_distance(critic, generated.image, batch.photo)
    d.requires_grad_(True)
    return total_of(terms, config), terms


def total_of(terms: dict[str, Tensor], config: StageConfig) -> Tensor:
    """Eq. 8 without D's own terms."""
    weights = {
        "rec": config.rec_weight,
        "adv": 1.0,
        "dfm": config.dfm_weight,
        "gfm": config.gfm_weight,
        "perceptual": config.perceptual_weight,
    }
    kept = [(weights[kind], term) for name, term in terms.items() if (kind := name.split("_")[0]) in weights]
    return torch.stack([weight * term for weight, term in kept]).sum()
