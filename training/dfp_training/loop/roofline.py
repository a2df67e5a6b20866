"""How fast a step could be at best: its operations over what the device calculates in a second."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from dfp.model.precision import autocast
from dfp.runtime.roofline import Roofline, peak
from dfp_training.data.loader import Batch


def measure(objective: nn.Module, size: int, device: torch.device) -> Roofline:
    """Count one picture's operations and time the device, which takes a second or two."""
    return Roofline(operations(objective, size, device), peak(device))


def operations(objective: nn.Module, size: int, device: torch.device) -> float:
    """Floating-point operations (two a multiplication and addition) of one step with one picture of side `size`."""
    sketch = torch.zeros(1, 1, size, size, device=device)
    labels = torch.zeros(1, size, size, dtype=torch.int64, device=device)
    batch = Batch(sketch, sketch, torch.zeros(1, 3, size, size, device=device), labels=labels)
    modes = [(module, module.training) for module in objective.modules()]
    # Batch norms must not learn from the picture that is only counted.
    objective.eval()
    with FlopCounterMode(display=False) as counter, autocast(device):
        total, _ = objective(batch)
        total.backward()
    objective.zero_grad()
    for module, training in modes:
        module.training = training
    return float(counter.get_total_flops())
