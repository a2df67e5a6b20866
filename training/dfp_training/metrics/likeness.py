"""Is it the person who was drawn? Recognisers compare faces made of drawings with the photos that were drawn from.

Descriptors of drawings, of generated faces and of photos differ by what kind of picture they are, far more than by
who is in it: so every set has its own mean taken off before descriptors are compared.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from dfp.errors import DfpError
from dfp_training.metrics.figure import Figure, mean_of
from dfp_training.networks import embedding, person
from dfp_training.networks.embedding import Embedding
from dfp_training.networks.person import PersonNetwork

AMONG = 10
JUDGE, COMPANION = "mobilefacenet", "faceres"

Recogniser = Callable[[Tensor], np.ndarray]


@dataclass(frozen=True)
class Likeness:
    """Of faces and their own photos: the mean cosine, and the shares that have it nearest and among the ten nearest."""

    cosine: Figure
    nearest: Figure
    among: Figure

    def minus(self, other: "Likeness") -> "Likeness":
        """How much more this is than another model's of the same drawings."""
        return Likeness(*(getattr(self, f.name).minus(getattr(other, f.name)) for f in fields(self)))

    def plain(self) -> dict[str, object]:
        """As values for JSON."""
        return {f.name: getattr(self, f.name).plain() for f in fields(self)}


def likeness(seen: np.ndarray, photos: np.ndarray) -> Likeness:
    """From descriptors of n faces and of the n photos they belong to, n x f each, n above ten.

    Where photos are equally near, the own one counts as the last of them: a model that gives everybody the same face
    finds nobody. Raises DfpError for too few.
    """
    if len(photos) <= AMONG:
        raise DfpError(f"There are {len(photos)} drawings, {AMONG + 1} are needed to say whose photo is nearest.")
    cosines = _directions(seen) @ _directions(photos).T
    own = cosines.diagonal()
    before = (cosines >= own[:, None]).sum(1) - 1
    shares = (mean_of((before < places).astype(np.float64)) for places in (1, AMONG))
    return Likeness(mean_of(own), *shares)


def _directions(descriptors: np.ndarray) -> np.ndarray:
    centred = descriptors.astype(np.float64) - descriptors.mean(0, dtype=np.float64)
    return centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), np.finfo(np.float64).tiny)


def recognisers(folder: Path, device: torch.device) -> dict[str, Recogniser]:
    """Those of the folder of measuring networks by name, the judge first. Raises DfpError when there are none.

    Training may ask the companion for the same person, so its figures flatter models that were trained with it.
    """
    found: dict[str, Recogniser] = {}
    if judge := Embedding.load(folder):
        found[JUDGE] = judge
    if (folder / person.GRAPH).is_file():
        network = PersonNetwork.load(folder).to(device)
        found[COMPANION] = lambda pictures: _described(network, pictures.to(device))
    if not found:
        files = f"{embedding.FILE} (which needs OpenVINO) and {person.GRAPH}"
        raise DfpError(f"{folder} has no network that tells people apart: put {files} there, or one of them.")
    return found


@torch.inference_mode()
def _described(network: PersonNetwork, pictures: Tensor) -> np.ndarray:
    return network.descriptor(pictures).float().cpu().numpy()


def descriptors(recogniser: Recogniser, pictures: Sequence[np.ndarray]) -> np.ndarray:
    """n square pictures uint8 S x S x 3, which may differ in S -> n x f."""
    tensors = (torch.from_numpy(np.array(p)).permute(2, 0, 1)[None] / 127.5 - 1 for p in pictures)
    return np.concatenate([recogniser(tensor) for tensor in tensors])
