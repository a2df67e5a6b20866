"""Training on several GPUs or machines: the processes that `torchrun` starts, one a device."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, distributed

from dfp.errors import DfpError
from dfp.runtime.torch import choose_device


@dataclass(frozen=True)
class Process:
    """This process among `count`: its `rank` and its device. Rank 0 writes the run's folder."""

    device: torch.device
    rank: int = 0
    count: int = 1

    @property
    def writes(self) -> bool:
        """Whether this process writes files and shows progress."""
        return self.rank == 0

    def share(self, batch: int) -> int:
        """How many pictures of a step are this process's; DfpError when they cannot be shared out evenly."""
        if batch % self.count:
            raise DfpError(f"A batch of {batch} cannot be shared by {self.count} processes. Give a multiple of it.")
        return batch // self.count

    def mean(self, terms: dict[str, Tensor]) -> dict[str, Tensor]:
        """The mean of every term over all processes; all of them must ask."""
        if self.count == 1:
            return terms
        stacked = torch.stack([terms[name].detach().float() for name in sorted(terms)])
        distributed.all_reduce(stacked)
        return dict(zip(sorted(terms), stacked / self.count, strict=True))

    def agreed(self, wish: bool) -> bool:
        """Whether any process wishes to stop: none may leave the others waiting for its gradients."""
        if self.count == 1:
            return wish
        wishes = torch.tensor(float(wish), device=self.device)
        distributed.all_reduce(wishes)
        return bool(wishes > 0)


@contextmanager
def joined(device: str) -> Iterator[Process]:
    """This process, with the others when torchrun has started several. `device`: auto, cpu or cuda."""
    count = int(os.environ.get("WORLD_SIZE", "1"))
    chosen = choose_device(device)
    if count == 1:
        yield Process(chosen)
        return
    if chosen.type == "cuda":
        chosen = torch.device("cuda", int(os.environ["LOCAL_RANK"]))
        torch.cuda.set_device(chosen)
    distributed.init_process_group("nccl" if chosen.type == "cuda" else "gloo")
    try:
        yield Process(chosen, distributed.get_rank(), count)
        # Nobody leaves while another still speaks: threads that are cut off in the middle abort their process.
        distributed.barrier()
    finally:
        distributed.destroy_process_group()


ALONE = Process(torch.device("cpu"))
