"""The overall objective, Eq. 8, of each stage: every term by name, in one pass forward."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, nn

from dfp.model.networks import Generated
from dfp_training.data.loader import Batch
from dfp_training.losses import terms as losses
from dfp_training.losses.droplet import DropletLoss
from dfp_training.networks.face_parser import FaceParser, parsing_distance
from dfp_training.networks.squeezenet import SqueezeNet, perceptual_distance, wanted_of
from dfp_training.tasks.dual import Networks, StageConfig


class Objective(nn.Module):
    """Batch -> the sum of what D and the generators minimise, and every term by name.

    D and the generators are pulled by terms of their own only, so one backward pass of the sum gives both
    their gradients; several processes can therefore share it as one module (DistributedDataParallel).
    `critic` and `parser` add the terms that the paper does not have.
    """

    def __init__(
        self,
        networks: Networks,
        config: StageConfig,
        critic: SqueezeNet | None = None,
        parser: FaceParser | None = None,
    ):
        super().__init__()
        self.networks, self.config = networks, config
        self.critic = critic.requires_grad_(False) if critic else None
        self.parser = parser.requires_grad_(False) if parser else None
        self._droplet = DropletLoss(networks.a.trunk) if config.droplet_weight else None

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """Terms end in `_a` for G_a and `_m` for G_m; d_a and d_m are D's own."""
        made, terms = self._draw(batch)
        if self._droplet is not None:
            terms["droplet"] = self._droplet.taken()
        view, share = self._crop(batch), self.config.crop
        seen = {name: view(generated.image) for name, (_, generated) in made.items()}
        target = view(batch.photo)
        sketch = torch.cat([view(sketch) for sketch, _ in made.values()])
        image = torch.cat([*seen.values()])
        photo = torch.cat([target] * len(made))
        d = self.networks.discriminator
        real, fake = d(sketch, photo), d(sketch, image.detach())
        with held(d):
            judged = d(sketch, image)
        wanted = wanted_of(self.critic, target, self.config.norm_eps) if self.critic else []
        parsed = self.parser.classes(target, share) if self.parser else None
        for i, (name, (_, generated)) in enumerate(made.items()):
            rows = slice(i * len(batch.photo), (i + 1) * len(batch.photo))
            terms[f"d_{name}"] = losses.adversarial_d(_rows(real, rows), _rows(fake, rows))
            terms[f"rec_{name}"] = losses.reconstruction(generated.image, batch.photo)
            terms[f"adv_{name}"] = losses.adversarial_g(_rows(judged, rows))
            terms[f"dfm_{name}"] = losses.discriminator_features(_rows(real, rows), _rows(judged, rows))
            if self.critic is not None:
                terms[f"perceptual_{name}"] = perceptual_distance(self.critic, seen[name], wanted)
            if self.parser is not None and parsed is not None:
                terms[f"parsing_{name}"] = parsing_distance(self.parser, seen[name], parsed, share)
        return total_of(terms, self.config), terms

    def _crop(self, batch: Batch) -> Callable[[Tensor], Tensor]:
        """What shows D and the loss networks their part of a picture.

        They reduce in steps of two: patterns of those steps' periods would cost the generators nothing if the
        steps always fell on the same pixels. Every other crop touches an edge in each direction: corners would
        hardly be seen else.
        """
        side = batch.photo.shape[-1]
        part = round(side * self.config.crop)
        if part == side:
            return lambda pictures: pictures
        room = side - part
        top, left = torch.randint(-room // 2, room + room // 2 + 1, (2,)).clamp(0, room).tolist()
        return lambda pictures: pictures[..., top : top + part, left : left + part]

    def _draw(self, batch: Batch) -> tuple[dict[str, tuple[Tensor, Generated]], dict[str, Tensor]]:
        """What the stage's generators make of the batch, with the sketches they saw, and Eq. 7."""
        a, m, stage = self.networks.a, self.networks.m, self.config.stage
        made: dict[str, tuple[Tensor, Generated]] = {}
        if stage == 2:
            with torch.no_grad():
                guide = a.guide(batch.aligned, losses.GUIDED_BLOCKS, batch.colours)
        else:
            made["a"] = (batch.aligned, a(batch.aligned, batch.colours))
            # G_a guides and is not pulled: else both could agree on features that say little about the sketch.
            guide = [feature.detach() for feature in made["a"][1].features]
        if stage == 1:
            return made, {}
        made["m"] = (batch.deformed, m(batch.deformed, batch.trust, batch.colours))
        terms = {"gfm": losses.generator_features(guide, made["m"][1].features)}
        if self.config.mirror_weight:
            turned = m(*batch.turned())
            terms["mirror_m"] = losses.mirrored(made["m"][1].image, turned.image)
        return made, terms


def _rows(outputs: losses.Outputs, rows: slice) -> losses.Outputs:
    return [[layer[rows] for layer in scale] for scale in outputs]


@contextmanager
def held(module: nn.Module) -> Iterator[None]:
    """Let gradients pass through a module without reaching its own parameters."""
    module.requires_grad_(False)
    try:
        yield
    finally:
        module.requires_grad_(True)


def total_of(terms: dict[str, Tensor], config: StageConfig) -> Tensor:
    """Eq. 8, D's terms among them."""
    weights = {
        "d": 1.0,
        "rec": config.rec_weight,
        "adv": 1.0,
        "dfm": config.dfm_weight,
        "gfm": config.gfm_weight,
        "perceptual": config.perceptual_weight,
        "parsing": config.parsing_weight,
        "droplet": config.droplet_weight,
        "mirror": config.mirror_weight,
    }
    return weighted(terms, weights)


def weighted(terms: dict[str, Tensor], weights: dict[str, float]) -> Tensor:
    """The sum of the terms, each times the weight of what stands before its name's first underscore."""
    return torch.stack([weights[name.split("_")[0]] * term for name, term in terms.items()]).sum()
