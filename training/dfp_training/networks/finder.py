"""The finder as it is trained: where on a sheet heads are drawn, how large, how turned.

`dfp.model.finder` calculates the same from the weights that `folded` gives, without PyTorch; `unfolded` goes back.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp.model.finder import DEPTHS, INPUTS, OUTPUTS, WIDTHS

RARE = 0.02  # how certain the first weights are of a head anywhere


class Finder(nn.Module):
    """N x INPUTS x SIDE x SIDE -> N x OUTPUTS x CELLS x CELLS; see `dfp.model.finder` for what they are."""

    def __init__(self) -> None:
        super().__init__()
        first, fine, middle, coarse = WIDTHS
        self.layers = nn.ModuleDict(
            {
                "first": _conv(16 * INPUTS, first, 3),
                "fine": _conv(4 * first, fine, 1),
                "middle": _conv(4 * fine, middle, 1),
                "coarse": _conv(4 * middle, coarse, 1),
                "to_middle": _conv(coarse, middle, 1),
                "to_fine": _conv(middle, fine, 1),
                "hidden": _conv(fine, fine, 1),
                "last": nn.Conv2d(fine, OUTPUTS, 1),
            }
        )
        for name, (width, depth) in DEPTHS.items():
            for number in range(depth):
                self.layers[f"{name}_{number}"] = _conv(width, width, 3)
        last = self.layers["last"]
        assert isinstance(last, nn.Conv2d)
        assert last.bias is not None
        nn.init.zeros_(last.weight)
        nn.init.zeros_(last.bias)
        last.bias.data[0] = torch.logit(torch.tensor(RARE))

    def forward(self, sheets: Tensor) -> Tensor:
        """See the class."""
        layers = self.layers
        fine = self._block("down_fine", self._down("fine", self._down_first(sheets)))
        middle = self._block("down_middle", self._down("middle", fine))
        coarse = self._block("down_coarse", self._down("coarse", middle))
        middle = self._block("up_middle", middle + _doubled(F.relu(layers["to_middle"](coarse))))
        fine = self._block("up_fine", fine + _doubled(F.relu(layers["to_fine"](middle))))
        return layers["last"](F.relu(layers["hidden"](fine)))

    def _down_first(self, sheets: Tensor) -> Tensor:
        return F.relu(self.layers["first"](F.pixel_unshuffle(sheets, 4)))

    def _down(self, name: str, features: Tensor) -> Tensor:
        return F.relu(self.layers[name](F.pixel_unshuffle(features, 2)))

    def _block(self, name: str, features: Tensor) -> Tensor:
        for number in range(DEPTHS[name][1]):
            features = features + F.relu(self.layers[f"{name}_{number}"](features))
        return features


def _conv(inputs: int, outputs: int, size: int) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs))


def _doubled(features: Tensor) -> Tensor:
    return F.interpolate(features, scale_factor=2, mode="nearest")


@torch.no_grad()
def folded(finder: Finder) -> dict[str, Tensor]:
    """The weights of `dfp.model.finder`: normalisation is part of the convolution before it."""
    tensors: dict[str, Tensor] = {}
    for name, layer in finder.layers.items():
        if isinstance(layer, nn.Conv2d):
            assert layer.bias is not None
            tensors[f"{name}.weight"], tensors[f"{name}.bias"] = layer.weight, layer.bias
            continue
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
def unfolded(tensors: dict[str, Tensor], inputs: Tensor) -> Finder:
    """A finder to train on from weights that `folded` gave.

    What normalisation a convolution had is not known any more: on `inputs`, N x INPUTS x SIDE x SIDE, it is chosen so
    that nothing changes. Raises KeyError or RuntimeError for weights of other networks.
    """
    finder = Finder().eval()
    for name, layer in finder.layers.items():
        weight, bias = tensors[f"{name}.weight"].float(), tensors[f"{name}.bias"].float()
        if isinstance(layer, nn.Conv2d):
            layer.load_state_dict({"weight": weight, "bias": bias})
            continue
        conv, norm = _parts(layer)
        conv.load_state_dict({"weight": weight})
        norm.bias.copy_(bias)
        norm.register_forward_hook(_chosen)
    finder(inputs)
    for layer in finder.modules():
        layer._forward_hooks.clear()
    return finder


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
