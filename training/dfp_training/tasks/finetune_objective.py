"""What fine-tuning minimises, in one pass forward; the terms are those of `FinetuneConfig.terms`."""

import torch
from torch import Tensor, nn

from dfp.model.networks import Generated, MainGenerator
from dfp_training.data.loader import Batch
from dfp_training.losses.droplet import DropletLoss
from dfp_training.losses.objective import active, weighted
from dfp_training.tasks.finetune_config import FinetuneConfig
from dfp_training.tasks.finetune_pass import DEAR, FinetunePass, share_of
from dfp_training.tasks.loss_networks import LossNetworks


class FinetuneObjective(nn.Module):
    """Batch -> the sum of what the discriminators and G_m minimise, and every term by name.

    Raises DfpError when a term lacks the network that it looks with.
    """

    def __init__(
        self,
        generator: MainGenerator,
        discriminators: nn.ModuleDict,
        config: FinetuneConfig,
        loss_networks: LossNetworks | None = None,
    ):
        super().__init__()
        self.generator, self.discriminators, self.config = generator, discriminators, config
        self.terms = active(config.terms())
        self.loss_networks = (loss_networks or LossNetworks()).complete(self.terms)
        self._droplet = DropletLoss(generator.trunk) if config.droplet_weight else None

    def forward(self, batch: Batch) -> tuple[Tensor, dict[str, Tensor]]:
        """See the class."""
        made = self._drawn(batch)
        return weighted(
            self.terms,
            FinetunePass(
                batch=batch,
                made=made,
                droplet=self._droplet.taken() if self._droplet else torch.zeros(()),
                discriminators=self.discriminators,
                networks=self.loss_networks,
                judging=self.config.projected_weight > 0,
                deep=self.config.deep_features,
                norm_eps=self.config.norm_eps,
            ),
        )

    def _drawn(self, batch: Batch) -> Generated:
        """G_m's pictures, and behind them those of the first sketches mirrored."""
        if not self.config.mirror_weight:
            return self.generator(batch.deformed, batch.trust, batch.colours)
        sketch, trust, colours = batch.turned(share_of(len(batch.photo), DEAR))
        return self.generator(
            torch.cat([batch.deformed, sketch]),
            None if batch.trust is None or trust is None else torch.cat([batch.trust, trust]),
            None if batch.colours is None or colours is None else batch.colours.joined(colours),
        )
