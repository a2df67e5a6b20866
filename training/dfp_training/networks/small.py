"""Small networks as they are trained: what `dfp.model.small_network` calculates from the weights that `folded` gives.

`unfold` goes back.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp.model.small_network import FIRST, Shape


class Small(nn.Module):
    """N x inputs x side x side -> N x outputs x cells x cells of a shape; its first weights answer 0 to everything."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self._blocks = shape.named_blocks()
        first, fine, middle, coarse = shape.widths
        self.last = nn.Conv2d(fine, shape.outputs, 1)
        self.layers = nn.ModuleDict(
            {
                "first": _conv(FIRST**2 * shape.inputs, first, 3),
                "fine": _conv(4 * first, fine, 1),
                "middle": _conv(4 * fine, middle, 1),
                "coarse": _conv(4 * middle, coarse, 1),
                "to_middle": _conv(coarse, middle, 1),
                "to_fine": _conv(middle, fine, 1),
                "hidden": _conv(fine, fine, 1),
            }
        )
        for name, (width, depth) in self._blocks.items():
            for number in range(depth):
                self.layers[f"{name}_{number}"] = _conv(width, width, 3)
        assert self.last.bias is not None
        nn.init.zeros_(self.last.weight)
        nn.init.zeros_(self.last.bias)

    def forward(self, pictures: Tensor) -> Tensor:
        """See the class."""
        fine = self._block("down_fine", self._down("fine", self._down("first", pictures, FIRST)))
        middle = self._block("down_middle", self._down("middle", fine))
        coarse = self._block("down_coarse", self._down("coarse", middle))
        middle = self._block("up_middle", middle + _doubled(F.relu(self.layers["to_middle"](coarse))))
        fine = self._block("up_fine", fine + _doubled(F.relu(self.layers["to_fine"](middle))))
        return self.last(F.relu(self.layers["hidden"](fine)))

    def _down(self, name: str, features: Tensor, by: int = 2) -> Tensor:
        return F.relu(self.layers[name](F.pixel_unshuffle(features, by)))

    def _block(self, name: str, features: Tensor) -> Tensor:
        for number in range(self._blocks[name][1]):
            features = features + F.relu(self.layers[f"{name}_{number}"](features))
        return features


def _conv(inputs: int, outputs: int, size: int) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


def _doubled(features: Tensor) -> Tensor:
    return F.interpolate(features, scale_factor=2, mode="nearest")


@torch.no_grad()
def folded(network: Small) -> dict[str, Tensor]:
    """The weights as numpy calculates with them: normalisation is part of the convolution before it."""
    assert network.last.bias is not None
    tensors: dict[str, Tensor] = {"last.weight": network.last.weight, "last.bias": network.last.bias}
    for name, layer in network.layers.items():
        conv, norm = _parts(layer)
        assert norm.running_var is not None
        assert norm.running_mean is not None
        scale = norm.weight / torch.sqrt(norm.running_var + norm.eps)
        tensors[f"{name}.weight"] = conv.weight * scale[:, None, None, None]
        tensors[f"{name}.bias"] = norm.bias - norm.running_mean * scale
    return {name: tensor.detach().contiguous() for name, tensor in tensors.items()}


def _parts(layer: nn.Module) -> tuple[nn.Conv2d, nn.BatchNorm2d]:
    assert isinstance(layer, nn.Sequential)
    conv, norm = layer
    assert isinstance(conv, nn.Conv2d)
    assert isinstance(norm, nn.BatchNorm2d)
    return conv, norm


@torch.no_grad()
def unfold(network: Small, tensors: dict[str, Tensor], inputs: Tensor) -> None:
    """Give a network, new and in eval mode, weights that `folded` gave, to train on from them.

    What normalisation a convolution had is not known any more: on `inputs`, N x inputs x side x side, it is chosen so
    that nothing changes. Raises KeyError or RuntimeError for weights of other networks.
    """
    network.last.load_state_dict({"weight": tensors["last.weight"].float(), "bias": tensors["last.bias"].float()})
    for name, layer in network.layers.items():
        conv, norm = _parts(layer)
        conv.load_state_dict({"weight": tensors[f"{name}.weight"].float()})
        norm.bias.copy_(tensors[f"{name}.bias"].float())
        norm.register_forward_hook(_chosen)
    network(inputs)
    for layer in network.modules():
        layer._forward_hooks.clear()


def _chosen(norm: nn.Module, inputs: tuple[Tensor, ...], _: Tensor) -> Tensor:
    """Make a normalisation take its input's own mean and variance, and undo that by its weights."""
    assert isinstance(norm, nn.BatchNorm2d)
    assert norm.running_mean is not None
    assert norm.running_var is not None
    features = inputs[0]
    variance, mean = torch.var_mean(features, (0, 2, 3), correction=0)
    shown = features + norm.bias[:, None, None]
    norm.running_mean.copy_(mean)
    norm.running_var.copy_(variance)
    norm.weight.copy_(torch.sqrt(variance + norm.eps))
    norm.bias.add_(mean)
    return shown
