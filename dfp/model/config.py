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
    # Ours, not the paper's; without them the trunk is the paper's.
    codes: int = 0  # numbers that a face's colours become (`dfp.model.inputs`); 0: neither colours nor trust are told
    skips: bool = False  # whether the decoder sees the encoder's features of each resolution, too
    details: tuple[int, ...] = ()  # residual blocks after each step of the decoder, coarse to fine
    trusting: bool = False  # whether trust changes all features, as colours do, not only what is added to some
    regions: bool = False  # whether the trunk says what it draws where, in the 19 classes

    def channels(self, level: int) -> int:
        """Channels after `level` downsamplings."""
        return min(self.width * 2**level, self.max_width)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "ModelConfig":
        """The inverse of `to_dict`; what is ours may be missing. Unknown or missing names raise ValueError."""
        known = {f.name for f in fields(cls)}
        other = (set(values) | OURS) ^ known
        if other:
            raise ValueError(f"the model configuration has other fields: {sorted(other)}")
        tuples: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in values.items()}
        return cls(**tuples)


OURS = frozenset({"codes", "skips", "details", "trusting", "regions"})  # which older files do not have
