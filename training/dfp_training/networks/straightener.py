"""The straightener as it is trained: how a crooked drawing would become a regular face."""

from torch import Tensor

from dfp.model.straightener import GAIN, SHAPE
from dfp_training.networks.small import Small


class Straightener(Small):
    """N x 1 x SIDE x SIDE -> N x 2 x CELLS x CELLS; see `dfp.model.straightener` for what they are."""

    def __init__(self) -> None:
        super().__init__(SHAPE)

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        return GAIN * super().forward(pictures)
