"""The finder as it is trained: where on a sheet heads are drawn, how large, how turned."""

import torch

from dfp.model.finder import SHAPE
from dfp_training.networks.small import Small

RARE = 0.02  # how certain the first weights are of a head anywhere


class Finder(Small):
    """N x INPUTS x SIDE x SIDE -> N x OUTPUTS x CELLS x CELLS; see `dfp.model.finder` for what they are."""

    def __init__(self) -> None:
        super().__init__(SHAPE)
        assert self.last.bias is not None
        self.last.bias.data[0] = torch.logit(torch.tensor(RARE))
