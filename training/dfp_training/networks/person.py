"""Who is seen in a picture? HSE-FaceRes, a MobileNet that was trained to tell people, their age and gender apart.

Its file is a graph of TensorFlow.js. Differentiable, so that training can ask for the same person; what was trained
with it is judged by dfp_training.networks.embedding, which no training looks with.
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from dfp.errors import DfpError
from dfp_training.networks.efficientnet import Convolution

GRAPH, WEIGHTS = "faceres.json", "faceres.bin"
SIDE = 224
DESCRIPTOR, TRAITS, AGES = 1024, 256, 100
MEAN_OVER = 100  # steps over which the mean of people is taken
STEM = 32
# Stride and channels of each pair of a convolution within each channel and one across them
PAIRS = (
    (1, 64),
    (2, 128),
    (1, 128),
    (2, 256),
    (1, 256),
    (2, 512),
    *[(1, 512)] * 5,
    (2, 1024),
    (1, 1024),
)


@dataclass(frozen=True)
class Person:
    """N x 1024 descriptors, N ages in years, and how sure it is of a man, N numbers in [0, 1]."""

    descriptor: Tensor
    age: Tensor
    male: Tensor


class PersonNetwork(nn.Module):
    """Aligned faces in [-1, 1] RGB, the whole picture each; the weights stay as they are."""

    def __init__(self):
        super().__init__()
        self.stem = Convolution(3, STEM, 3, 2)
        self.depths, self.points = nn.ModuleList(), nn.ModuleList()
        inputs = STEM
        for stride, outputs in PAIRS:
            self.depths.append(Convolution(inputs, inputs, 3, stride, groups=inputs))
            self.points.append(Convolution(inputs, outputs, 1))
            inputs = outputs
        self.traits = nn.Linear(DESCRIPTOR, TRAITS)
        self.age, self.male = nn.Linear(TRAITS, AGES), nn.Linear(TRAITS, 1)
        self.requires_grad_(False).eval()

    @classmethod
    def load(cls, folder: Path) -> "PersonNetwork":
        """Read both files from the folder of measuring networks. Raises DfpError for missing or foreign ones.

        Weights lie channels innermost, which halves the time of a step on a processor.
        """
        network, path = cls(), folder / GRAPH
        try:
            network.load_state_dict(_state(_tensors(folder)))
        except OSError as error:
            raise DfpError(f"The measuring network {path} cannot be read, or {WEIGHTS} beside it.") from error
        except (ValueError, KeyError, TypeError, RuntimeError) as error:
            raise DfpError(f"{path} with {WEIGHTS} beside it is of another network, not HSE-FaceRes.") from error
        return network.to(memory_format=torch.channels_last)  # pyright: ignore[reportCallIssue]

    def descriptor(self, pictures: Tensor) -> Tensor:
        """N x 3 x S x S -> N x 1024, not of unit length; people differ in the cosine once the mean is taken off."""
        if pictures.shape[-1] != SIDE:
            # A processor's bfloat16 knows no such filter.
            pictures = F.interpolate(
                pictures.float(), (SIDE, SIDE), mode="bilinear", align_corners=False, antialias=True
            )
        x = F.relu6(self.stem((pictures + 1) * 127.5))
        for depth, point in zip(self.depths, self.points, strict=True):
            x = F.relu6(point(F.relu6(depth(x))))
        return x.mean((2, 3))

    def forward(self, pictures: Tensor) -> Person:
        """N x 3 x S x S -> descriptors, ages and genders."""
        descriptor = self.descriptor(pictures)
        traits = self.traits(descriptor).relu()
        # Its authors' way: the mean of the two likeliest years. That of all makes children grown up.
        likeliest = self.age(traits).float().softmax(1).topk(2, 1)
        age = (likeliest.values * likeliest.indices).sum(1) / likeliest.values.sum(1)
        return Person(descriptor, age, self.male(traits).float().sigmoid()[:, 0])


class MeanPerson(nn.Module):
    """The mean of the descriptors seen lately: what all people have in common says nothing about one."""

    mean: Tensor
    seen: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("mean", torch.zeros(1, DESCRIPTOR))
        self.register_buffer("seen", torch.zeros(()))

    @torch.no_grad()
    def forward(self, descriptors: Tensor) -> Tensor:
        """N x 1024 -> 1 x 1024, these among them when training."""
        if self.training:
            self.seen += 1
            self.mean.lerp_(descriptors.mean(0, keepdim=True), (1 / self.seen).clamp(min=1 / MEAN_OVER))
        return self.mean.clone()


def _tensors(folder: Path) -> dict[str, np.ndarray]:
    """The graph's tensors by name; halves become float32. Raises ValueError where the two files do not fit."""
    groups: list[dict[str, Any]] = json.loads((folder / GRAPH).read_text(encoding="utf-8"))["weightsManifest"]
    data = (folder / WEIGHTS).read_bytes()
    tensors, at = {}, 0
    for entry in (entry for group in groups for entry in group["weights"]):
        kind = np.dtype(entry.get("quantization", entry)["dtype"]).newbyteorder("<")
        count = int(np.prod(entry["shape"], dtype=np.int64))
        tensors[entry["name"]] = np.frombuffer(data, kind, count, at).reshape(entry["shape"])
        at += count * kind.itemsize
    if at != len(data):
        raise ValueError(f"{len(data)} bytes where the graph has {at}")
    return tensors


def _state(tensors: dict[str, np.ndarray]) -> dict[str, Tensor]:
    """The module's weights from the graph's: what scales a convolution's outputs is folded into its weights."""

    def across(name: str) -> np.ndarray:
        return tensors[f"{name}/convolution/merged_input"].transpose(3, 2, 0, 1)

    state = {"stem.weight": across("conv1"), "stem.bias": tensors["conv1_bn/batchnorm_1/sub"]}
    for i in range(len(PAIRS)):
        depth, point = f"conv_dw_{i + 1}", f"conv_pw_{i + 1}"
        scale = tensors[f"{depth}_bn/batchnorm_1/mul"].astype(np.float32)
        within = tensors[f"{depth}/depthwise_kernel"].transpose(2, 3, 0, 1)
        state[f"depths.{i}.weight"] = within * scale[:, None, None, None]
        state[f"depths.{i}.bias"] = tensors[f"{depth}_bn/batchnorm_1/sub"]
        state[f"points.{i}.weight"] = across(point)
        state[f"points.{i}.bias"] = tensors[f"{point}_bn/batchnorm_1/sub"]
    for layer, name in (("traits", "feats"), ("age", "age_pred"), ("male", "gender_pred")):
        state[f"{layer}.weight"], state[f"{layer}.bias"] = tensors[f"{name}/kernel"].T, tensors[f"{name}/bias"]
    return {name: torch.from_numpy(tensor.astype(np.float32)) for name, tensor in state.items()}
