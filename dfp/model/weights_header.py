"""What a weights file says about itself; nothing here needs torch."""

import base64
import hashlib
import json
from pathlib import Path

import numpy as np
from safetensors import SafetensorError, safe_open

from dfp.errors import WeightsError
from dfp.model.classes import REGIONS
from dfp.model.config import ModelConfig

FORMAT = "deepfacepencil-gm-1"
PALETTES = "palettes"  # of the header
RELEASE = Path(__file__).parents[1] / "release" / "deepfacepencil.safetensors"


def read_config(path: Path) -> ModelConfig:
    """The network that a weights file is for. Raises WeightsError with a sentence."""
    try:
        return ModelConfig.from_dict(json.loads(_header(path)["config"]))
    except (KeyError, ValueError, TypeError) as error:
        raise WeightsError(unfit(path)) from error


def read_palettes(path: Path) -> np.ndarray | None:
    """Real faces' palettes that a weights file brings, k x 6 x 3 uint8, the usual one first; None where its network
    knows no colours. Raises WeightsError with a sentence."""
    if not read_config(path).codes:
        return None
    try:
        data = base64.b64decode(_header(path)[PALETTES], validate=True)
        palettes = np.frombuffer(data, np.uint8).reshape(-1, len(REGIONS), 3)
    except (KeyError, ValueError) as error:
        raise WeightsError(unfit(path)) from error
    if not len(palettes):
        raise WeightsError(unfit(path))
    return palettes


def packed_palettes(palettes: np.ndarray) -> str:
    """How the header has them."""
    return base64.b64encode(palettes.astype(np.uint8).tobytes()).decode()


def _header(path: Path) -> dict[str, str]:
    if not path.is_file():
        raise WeightsError(f"There is no weights file at {path}. Give another one with --weights.")
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"The weights file {path} is damaged or no safetensors file. Copy it again.") from error
    if header.get("format") != FORMAT:
        raise WeightsError(f"The weights file {path} is of another network. Use one made by dfp-train export.")
    return header


def unfit(path: Path) -> str:
    """What to say when tensors and network do not go together."""
    return f"The weights in {path} do not fit the network that the file describes."


def checksum(path: str | Path) -> str:
    """The first 16 hexadecimal digits of the file's SHA-256: names a model in answers and manifests."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]
