"""Which numbers a device calculates the networks in fastest."""

import torch


def autocast(device: torch.device) -> torch.autocast:
    """bfloat16 where the device has instructions for it, else float32.

    Most computers' processors have none, and PyTorch then imitates it a hundred times slower.
    """
    return torch.autocast(device.type, torch.bfloat16, enabled=has_bfloat16(device))


def has_bfloat16(device: torch.device) -> bool:
    """Whether the device multiplies bfloat16 by itself."""
    if device.type == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    return device.type == "cpu" and torch.cpu._is_avx512_bf16_supported()
