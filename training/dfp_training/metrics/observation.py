"""What the feature networks see in pictures, each looking once, and what is kept of it face by face."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch.nn.functional as F
from torch import Tensor

from dfp_training.metrics.feature_networks import FeatureNetworks
from dfp_training.networks.face_parser import FaceParser

SIDE = 256  # at which the parser's reading and the label map are compared


def classes_at(logits: Tensor, side: int) -> Tensor:
    """N x 19 x h x w logits -> N x side x side indices of the likeliest classes."""
    return F.interpolate(logits.float(), (side, side), mode="bilinear", align_corners=False).argmax(1)


def reading(parser: FaceParser, images: Tensor, side: int = SIDE) -> Tensor:
    """Square pictures N x 3 x S x S in [-1, 1] -> the classes the parser sees, N x side x side indices."""
    return classes_at(parser.classes(images), side)


@dataclass(frozen=True)
class View:
    """Pictures N x 3 x S x S in [-1, 1] on the networks' device, and what the networks see in them.

    Those that are not there may not be asked.
    """

    images: Tensor
    networks: FeatureNetworks

    @cached_property
    def maps(self) -> list[Tensor]:
        """SqueezeNet's maps."""
        return self.networks.features.maps(self.images)

    @cached_property
    def classes(self) -> Tensor:
        """What the face parser sees, N x 256 x 256 indices."""
        return reading(self.networks.parser, self.images)

    @cached_property
    def embedding(self) -> np.ndarray:
        """MobileFaceNet's embeddings, N x 128 of length 1."""
        assert self.networks.embedding is not None
        return self.networks.embedding(self.images)

    @cached_property
    def inception(self) -> tuple[np.ndarray, np.ndarray]:
        """Inception's features, N x 2048, and its probabilities, N x 1008."""
        assert self.networks.inception is not None
        features, probabilities = (t.cpu().numpy() for t in self.networks.inception(self.images))
        return features, probabilities


@dataclass(frozen=True)
class Comparison:
    """Some faces that were made, the photos that their sketches came from, and the classes that they ask for.

    wanted: N x 256 x 256 indices, of the label maps or of what the parser sees in the photos.
    """

    made: View
    photo: View
    wanted: Tensor


@dataclass(frozen=True)
class Observation:
    """What is kept of faces: N of them -> an array of N rows. Measures that are made of the same one share it.

    name: in the file where it is kept; no other observation may have it.
    """

    name: str
    of: Callable[[Comparison], np.ndarray]


FEATURES = Observation("features", lambda faces: faces.made.maps[-1].mean((2, 3)).cpu().numpy())
EMBEDDINGS = Observation("embeddings", lambda faces: faces.made.embedding)
INCEPTION_FEATURES = Observation("inception", lambda faces: faces.made.inception[0])
PROBABILITIES = Observation("probabilities", lambda faces: faces.made.inception[1])
SQUEEZENET_NOTE = "on the SqueezeNet of the metrics folder, comparable only with figures made with the same"
