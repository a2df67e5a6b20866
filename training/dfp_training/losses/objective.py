"""A loss as a list of terms: their weighted sum, and each by name for the log."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import torch
from torch import Tensor, nn

from dfp.errors import DfpError

Pass = TypeVar("Pass")


@dataclass(frozen=True)
class LossTerm(Generic[Pass]):
    """One summand: its column in the log, its weight, and how it is calculated from one pass forward.

    needs: names of the loss networks that it looks with (`dfp_training.tasks.loss_networks`).
    """

    name: str
    weight: float
    of: Callable[[Pass], Tensor]
    needs: tuple[str, ...] = ()


def active(terms: Sequence[LossTerm[Pass]]) -> list[LossTerm[Pass]]:
    """Those that weigh anything: no other is calculated. Raises DfpError when none does."""
    weighing = [term for term in terms if term.weight]
    if not weighing:
        raise DfpError("Every term of the loss has weight 0, so nothing would be learnt. Give one a weight.")
    return weighing


def weighted(terms: Sequence[LossTerm[Pass]], made: Pass) -> tuple[Tensor, dict[str, Tensor]]:
    """The terms' weighted sum in one pass, and every term by name."""
    values = {term.name: term.of(made) for term in terms}
    return torch.stack([term.weight * values[term.name] for term in terms]).sum(), values


@contextmanager
def held(module: nn.Module) -> Iterator[None]:
    """Let gradients pass through a module without reaching its own parameters."""
    module.requires_grad_(False)
    try:
        yield
    finally:
        module.requires_grad_(True)
