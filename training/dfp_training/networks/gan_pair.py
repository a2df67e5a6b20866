"""The two sides of every adversarial training."""

from typing import Generic, TypeVar

from torch import nn

G = TypeVar("G", bound=nn.Module)
D = TypeVar("D", bound=nn.Module)


class GanPair(nn.Module, Generic[G, D]):
    """One or several generators, whose average may be kept, and the discriminator that judges them."""

    generators: G
    discriminator: D
