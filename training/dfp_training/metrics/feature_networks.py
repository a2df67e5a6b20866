"""The networks whose features the measures look at."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch

from dfp_training.networks import embedding, face_parser, lpips, squeezenet
from dfp_training.networks.embedding import Embedding
from dfp_training.networks.face_parser import FaceParser
from dfp_training.networks.inception import Inception
from dfp_training.networks.lpips import Lpips
from dfp_training.networks.squeezenet import SqueezeNet


@dataclass(frozen=True)
class FeatureNetworks:
    """The networks that measure, and the device they are on; the last two where there are files for them.

    files: what they were read from.
    """

    features: SqueezeNet
    lpips: Lpips
    parser: FaceParser
    device: torch.device
    embedding: Embedding | None = None
    inception: Inception | None = None
    files: tuple[Path, ...] = ()

    @classmethod
    def load(cls, folder: Path, device: torch.device, inception: Path | None = None) -> "FeatureNetworks":
        """Read all from the folder of measuring networks, and Inception's standard weights where they are given.

        Raises DfpError for one that cannot be read.
        """
        features, parser = SqueezeNet.load(folder).to(device), FaceParser.load(folder).to(device)
        standard = Inception.load(inception).to(device) if inception else None
        faces = Embedding.load(folder)
        files = [folder / name for name in (squeezenet.FILE, lpips.FILE, face_parser.FILE)]
        files += [folder / embedding.FILE] if faces else []
        files += [inception] if inception else []
        return cls(features, Lpips.load(folder), parser, device, faces, standard, tuple(files))


@dataclass(frozen=True)
class Need:
    """What a measure takes that not everybody has, in words, and whether it is there."""

    what: str
    met: Callable[[FeatureNetworks], bool]


INCEPTION = Need("the standard Inception weights (--inception)", lambda networks: networks.inception is not None)
EMBEDDING = Need(f"OpenVINO and {embedding.FILE}", lambda networks: networks.embedding is not None)
