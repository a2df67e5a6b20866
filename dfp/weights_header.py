"""What a weights file says about itself; nothing here needs torch."""

import hashlib
import json
from pathlib import Path

from safetensors import SafetensorError, safe_open

from dfp.config import ModelConfig
from dfp.errors import WeightsError

FORMAT = "deepfacepencil-gm-1"
RELEASE = Path(__file__).parent / "release" / "deepfacepencil.safetensors"


def read_config(path: Path) -> ModelConfig:
    """The network that a weights file is for. Raises WeightsError with a sentence."""
    if not path.is_file():
        raise WeightsError(f"There is no weights file at {path}. Give another one with --weights.")
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
    except (SafetensorError, OSError) as error:
        raise WeightsError(f"The weights file {path} is damaged or no safetensors file. Copy it again.") from error
    if header.get("format") != FORMAT:
        raise WeightsError(f"The weights file {path} is of another network. Use one made by dfp-train export.")
    try:
        return ModelConfig.from_dict(json.loads(header["config"]))
    except (KeyError, ValueError, TypeError) as error:
        raise WeightsError(unfit(path)) from error


def unfit(path: Path) -> str:
    """What to say when tensors and network do not go together."""
    return f"The weights in {path} do not fit the network that the file describes."


def checksum(path: str | Path) -> str:
    """The first 16 hexadecimal digits of the file's SHA-256: names a model in answers and manifests."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:16]
