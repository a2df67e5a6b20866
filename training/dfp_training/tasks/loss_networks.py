"""Networks that have learnt to look, and never learn here: for the terms that the paper does not have."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from torch import nn

from dfp.errors import DfpError
from dfp_training.losses.objective import LossTerm
from dfp_training.networks.efficientnet import EfficientNet
from dfp_training.networks.face_parser import FaceParser
from dfp_training.networks.person import PersonNetwork
from dfp_training.networks.squeezenet import SqueezeNet

KINDS: dict[str, Any] = {
    "perceptual": SqueezeNet,
    "parsing": FaceParser,
    "features": EfficientNet,
    "person": PersonNetwork,
}


class LossNetworks(nn.Module):
    """Those that a loss needs, by name; the others are not there.

    features: what discriminators look with. person: says who is seen.
    """

    perceptual: SqueezeNet
    parsing: FaceParser
    features: EfficientNet
    person: PersonNetwork

    def __init__(self, **networks: nn.Module):
        super().__init__()
        for name, network in networks.items():
            self.add_module(name, network.requires_grad_(False))

    @classmethod
    def load(cls, terms: Sequence[LossTerm[Any]], folder: Path | None) -> "LossNetworks":
        """The networks that terms need, from the folder of the measuring networks. Raises DfpError."""
        wanting = {name: term.name for term in terms if term.weight for name in term.needs}
        if folder is None:
            return cls().complete(terms)
        return cls(**{name: kind.load(folder) for name, kind in KINDS.items() if name in wanting})

    def complete(self, terms: Sequence[LossTerm[Any]]) -> "LossNetworks":
        """Itself. Raises DfpError when a term that weighs anything needs a network that is not there."""
        there = {name for name, _ in self.named_children()}
        for term in terms:
            if term.weight and not there.issuperset(term.needs):
                raise DfpError(f"The term {term.name} needs --metrics, the folder of the measuring networks.")
        return self
