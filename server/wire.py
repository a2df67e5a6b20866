"""The wire format between painters' plugins and the server: the one place where it is written down.

Both sides use this file: the server imports it, `dfp-krita` puts a copy into the plugin. So it needs
nothing but the standard library and runs on Python 3.8. A message is a msgpack map with string keys;
each dataclass below is one message, its fields are the keys.

    GET  /v1/health    -> Health
    POST /v1/generate  GenerateRequest -> GenerateAnswer, or ErrorAnswer with a status of 400 and above

Pixels are raw rows from the top, without padding, 8 bits a channel, straight (not premultiplied) alpha.
"""

from dataclasses import asdict, dataclass, fields
from typing import Any, Dict, Optional, Tuple, Type, TypeVar

VERSION = 1
DEFAULT_PORT = 7878
MIN_SIDE = 1
MAX_SIDE = 8192
CHANNELS = {"L": 1, "RGB": 3, "RGBA": 4, "BGRA": 4}
CONTENT_TYPE = "application/msgpack"

# The largest picture plus room for the other fields.
MAX_BODY = MAX_SIDE * MAX_SIDE * 4 + 64 * 1024

M = TypeVar("M", bound="Message")


class WireError(ValueError):
    """A message is not what this file says; the text names the field and what was expected."""


class Message:
    """A dataclass that is one msgpack map."""

    def to_map(self) -> Dict[str, Any]:
        """The map to pack, keys as the fields are named."""
        return asdict(self)  # type: ignore[call-overload]

    @classmethod
    def from_map(cls: Type[M], message: Any) -> M:
        """Build and check the message from an unpacked map; unknown keys and wrong types raise WireError."""
        if not isinstance(message, dict):
            raise WireError("the message is not a map")
        names = {f.name for f in fields(cls)}  # type: ignore[arg-type]
        unknown = sorted(str(key) for key in message if key not in names)
        if unknown:
            raise WireError("unknown field: " + ", ".join(unknown[:4]))
        try:
            made = cls(**message)
        except TypeError as error:
            raise WireError("a field is missing: " + str(error)) from error
        made.check()
        return made

    def check(self) -> None:
        """Raise WireError when a field is out of its range."""


def require(condition: bool, what: str) -> None:
    """Raise WireError(what) unless the condition holds."""
    if not condition:
        raise WireError(what)


def is_int(value: Any, low: int, high: int) -> bool:
    """Whether value is a whole number (not a bool) from low to high."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def check_picture(width: Any, height: Any, mode: Any, pixels: Any) -> None:
    """Raise WireError unless the four fields describe one whole picture."""
    require(is_int(width, MIN_SIDE, MAX_SIDE), "width must be a whole number from 1 to 8192")
    require(is_int(height, MIN_SIDE, MAX_SIDE), "height must be a whole number from 1 to 8192")
    require(isinstance(mode, str) and mode in CHANNELS, "mode must be one of " + ", ".join(CHANNELS))
    require(isinstance(pixels, bytes), "pixels must be binary")
    wanted = width * height * CHANNELS[mode]
    require(
        len(pixels) == wanted,
        "pixels has {} bytes, but {}x{} {} needs {}".format(len(pixels), width, height, mode, wanted),  # noqa: UP032
    )


@dataclass(frozen=True)
class GenerateRequest(Message):
    """One sketch to turn into a face.

    `frame` is (left, top, width, height) in the picture's own coordinates when the painter selected one;
    it may reach outside the picture. Without it the server finds the frame from the drawing.
    """

    id: str
    width: int
    height: int
    mode: str
    pixels: bytes
    frame: Optional[Tuple[int, int, int, int]] = None
    attention: bool = False
    version: int = VERSION

    def check(self) -> None:
        require(
            self.version == VERSION,
            "version {!r} is not spoken here, only {}".format(self.version, VERSION),  # noqa: UP032
        )
        require(isinstance(self.id, str) and 0 < len(self.id) <= 128, "id must be a text of 1 to 128 letters")
        check_picture(self.width, self.height, self.mode, self.pixels)
        require(isinstance(self.attention, bool), "attention must be true or false")
        if self.frame is not None:
            require(isinstance(self.frame, (list, tuple)) and len(self.frame) == 4, "frame must be four numbers")
            left, top, width, height = self.frame
            require(
                is_int(left, -MAX_SIDE, MAX_SIDE) and is_int(top, -MAX_SIDE, MAX_SIDE),
                "frame must start within 8192 pixels of the picture",
            )
            require(
                is_int(width, MIN_SIDE, MAX_SIDE) and is_int(height, MIN_SIDE, MAX_SIDE),
                "frame must have sides from 1 to 8192",
            )


@dataclass(frozen=True)
class GenerateAnswer(Message):
    """The face, already at the frame's size: (left, top) is where it lies in the picture that was sent.

    `attention`, when asked for, is one byte a position and branch, `attention_shape` = (branches, rows,
    columns): 255 where the SAP relies on that branch alone (Eq. 2). `timings` are milliseconds by step.
    `model` is the checksum of the weights.
    """

    id: str
    left: int
    top: int
    width: int
    height: int
    mode: str
    pixels: bytes
    model: str
    timings: Dict[str, float]
    attention: Optional[bytes] = None
    attention_shape: Optional[Tuple[int, int, int]] = None
    version: int = VERSION

    def check(self) -> None:
        check_picture(self.width, self.height, self.mode, self.pixels)


@dataclass(frozen=True)
class ErrorAnswer(Message):
    """What went wrong: `code` for programs, `message` one sentence for the painter."""

    code: str
    message: str
    id: str = ""
    version: int = VERSION


@dataclass(frozen=True)
class Health(Message):
    """`state` is loading, ready or failed (then `message` says why). `service` tells us from other programs."""

    state: str
    model: str
    device: str
    server_version: str
    message: str = ""
    service: str = "deepfacepencil"
    version: int = VERSION
