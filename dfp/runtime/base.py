"""What calculates G_m, whatever it is: one small interface."""

from dataclasses import dataclass
from typing import Protocol

from dfp.model.inputs import Inputs, Outputs

NO_MEMORY = "not enough memory", "allocate memory", "out of memory", "bad_alloc", "bad allocation"


@dataclass(frozen=True)
class Device:
    """Where the model runs: `type` is cpu or cuda. PyTorch's own class would take seconds to import."""

    type: str

    def __str__(self) -> str:
        return self.type


class Interrupted(Exception):
    """A call was ended by `Runtime.interrupt` before it had drawn everything."""


class Runtime(Protocol):
    """G_m with its weights, ready to run.

    name: torch or openvino.
    """

    name: str
    device: Device

    def __call__(self, inputs: Inputs) -> Outputs:
        """Draw as many faces as there are palettes. Raises Interrupted; MemoryError or RuntimeError, see
        `is_out_of_memory`."""
        ...

    def interrupt(self) -> None:
        """From another thread: let the call that is going on raise Interrupted, if there is one and it can."""
        ...

    def release(self) -> None:
        """Give back memory that is kept for the next call."""
        ...


def is_out_of_memory(error: Exception) -> bool:
    """Whether a runtime failed for want of memory, which most of them tell by their words alone."""
    return isinstance(error, MemoryError) or (
        isinstance(error, RuntimeError) and any(words in str(error) for words in NO_MEMORY)
    )
