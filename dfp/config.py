"""What the networks are made of; saved inside every weights file."""

from dataclasses import asdict, dataclass, fields
from typing import Any


@dataclass(frozen=True)
class ModelConfig:
    """Widths and depths of G_m, G_a and C (§3.2, §3.3, §4.1).

    The number of channels doubles with each of the `downsamplings` from `width` up to `max_width`,
    which caps the residual blocks: they hold nearly all the parameters.
    """

    size: int = 256  # side of the square frame in pixels
    width: int = 24  # channels at full size (ngf)
    max_width: int = 256  # channels of the residual blocks
    stride: int = 1  # of the first convolution; 2 halves the resolution of all others but the SAP's
    downsamplings: int = 4
    blocks: int = 9
    kernels: tuple[int, ...] = (1, 5, 9, 13)  # poolings r_i of the SAP, Eq. 1
    classifier_widths: tuple[int, int, int] = (32, 64, 128)
    attention_width: int = 24

    def channels(self, level: int) -> int:
        """Channels after `level` downsamplings."""
        return min(self.width * 2**level, self.max_width)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "ModelConfig":
        """The inverse of `to_dict`; unknown or missing names raise ValueError."""
        known = {f.name for f in fields(cls)}
        if set(values) != known:
            raise ValueError(f"the model configuration has other fields: {sorted(set(values) ^ known)}")
        tuples: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**tuples)
