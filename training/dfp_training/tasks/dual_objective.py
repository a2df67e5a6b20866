"""The overall objective, Eq. 8, of each stage: every term by name, in one pass forward."""

import torch
from torch import Tensor, nn

from dfp.model.networks import Generated
from dfp_training.data.loader import Batch
from dfp_training.losses.droplet import DropletLoss
from dfp_training.losses.objective import active, weighted
from dfp_training.losses.terms import GUIDED_BLOCKS
from dfp_training.tasks.dual import Networks, StageConfig
from dfp_training.tasks.dual_pass import Crop, DualPass
from dfp_training.tasks.loss_networks import LossNetworks


class Objective(nn.Module):
    """Batch -> the sum of what D and the generators minimise, and every term by name.

    D and the generators are pulled by terms of their own only, so one backward pass of the sum gives both
    their gradients; several processes can therefore share it as one module (DistributedDataParallel).
    Raises DfpError when a term lacks the network that it looks with.
    """

    def __init__(self, networks: Networks, config: StageConfig, loss_networks: LossNetworks | None = None):
        super().__init__()
        self.networks, self.config = networks, config
        self.terms = active(config.terms())
        self.loss_networks = (loss_networks or LossNetworks()).complete(self.terms)
        self._droplet = DropletLoss(networks.a.trunk) if config.droplet_weight else None

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """See the class."""
        return weighted(self.terms, self._pass(batch))

    def _pass(self, batch: Batch) -> DualPass:
        """What the stage's generators make of the batch."""
        a, m, config = self.networks.a, self.networks.m, self.config
        drawn: dict[str, tuple[Tensor, Generated]] = {}
        if "a" in config.drawing:
            drawn["a"] = (batch.aligned, a(batch.aligned, batch.colours))
            # G_a guides and is not pulled: else both could agree on features that say little about the sketch.
            guide = [feature.detach() for feature in drawn["a"][1].features]
        else:
            with torch.no_grad():
                guide = a.guide(batch.aligned, GUIDED_BLOCKS, batch.colours) if config.gfm_weight else []
        turned = None
        if "m" in config.drawing:
            drawn["m"] = (batch.deformed, m(batch.deformed, batch.trust, batch.colours))
            turned = m(*batch.turned()).image if config.mirror_weight else None
        return DualPass(
            batch=batch,
            drawn=drawn,
            guide=guide,
            turned=turned,
            droplet=self._droplet.taken() if self._droplet else torch.zeros(()),
            crop=Crop.drawn(config.crop, batch.photo.shape[-1]),
            discriminator=self.networks.discriminator,
            networks=self.loss_networks,
            norm_eps=config.norm_eps,
        )
