"""The wire format between painters' plugins and the server: the one place where it is written down.

Both sides use this file: the server imports it, `dfp-krita` puts a copy into the plugin. So it needs
nothing but the standard library and runs on Python 3.8. A message is a msgpack map with string keys;
each dataclass below is one message, its fields are the keys.

    GET  /v1/health    -> Health
    GET  /v1/metrics   -> Prometheus's text format, for whoever watches the server
    POST /v1/generate  GenerateRequest -> GenerateAnswer

Whatever goes wrong, at any path, is answered with an ErrorAnswer and a status of 400 and above; only what is no
HTTP gets plain text. Who does not send a request or read an answer to its end in time is cut off. A request
carries CONTENT_TYPE as its Content-Type; a web page could not send that unasked. Every request carries
`Authorization: Bearer` and the server's token. Where the server listens and what its token is stands in
discovery_path(), a file that only its user can read; a Discovery as JSON.

Fields with a default may be left out, and whoever reads a message passes over fields that it does not know: within
VERSION 1 both sides may learn new optional fields, one line in a dataclass and its part of `check`. A field that
changes what an older program would make of the others needs a new VERSION. What of a request's optional fields a server
understands stands in Health.capabilities; an answer has those that the request asked for.

Pixels are raw rows from the top, without padding, 8 bits a channel, straight (not premultiplied) alpha.
"""

import json
import os
from dataclasses import MISSING, asdict, dataclass, fields
from typing import Any, Dict, Optional, Tuple, Type, TypeVar

VERSION = 1
DEFAULT_PORT = 7878
MIN_SIDE = 1
MAX_SIDE = 8192
MAX_ID = 128
MAX_MASK_SIDE = 256
MAX_PAINTED_SIDE = 512
MAX_CAPABILITIES = 256
CHANNELS = {"L": 1, "RGB": 3, "RGBA": 4, "BGRA": 4}
CONTENT_TYPE = "application/msgpack"

# Of a face, as the keys of a palette name them; and its layers from the bottom up, as GenerateAnswer.regions has them.
PALETTE = ("skin", "hair", "lips", "eyes", "background", "clothes")
LAYERS = ("background", "clothes", "skin", "hair", "features")

# All fields of a request but its picture; and the largest picture plus room for these.
OTHER_FIELDS = MAX_MASK_SIDE * MAX_MASK_SIDE + MAX_PAINTED_SIDE * MAX_PAINTED_SIDE * 4 + 64 * 1024
MAX_BODY = MAX_SIDE * MAX_SIDE * 4 + OTHER_FIELDS

M = TypeVar("M", bound="Message")


class WireError(ValueError):
    """A message is not what this file says; the text names the field and what was expected."""


class VersionError(WireError):
    """The other side speaks a version of this format that is not known here."""


class Code:
    """The values of ErrorAnswer.code."""

    LOADING = "loading"  # 503 with Retry-After: ask again
    FAILED = "failed"  # 503: the model could not be loaded, Health says the same
    BAD_MESSAGE = "bad-message"  # 400: not msgpack, or not a message of this file
    UNKNOWN_VERSION = "unknown-version"  # 400
    BAD_CONTENT_TYPE = "bad-content-type"  # 415
    TOO_LARGE = "too-large"  # 413: more bytes or pixels than this server takes
    TOO_SLOW = "too-slow"  # 408: the request did not come whole in time
    TOO_MANY = "too-many"  # 429 with Retry-After: this client has enough requests here
    BUSY = "busy"  # 503 with Retry-After: too many are waiting
    TIMEOUT = "timeout"  # 503 with Retry-After: it waited or took too long
    OUT_OF_MEMORY = "out-of-memory"  # 503 with Retry-After: the computer has too little free memory
    STOPPING = "stopping"  # 503: the server was told to end
    SUPERSEDED = "superseded"  # 409: a newer request of the same client and channel took its place
    BAD_SKETCH = "bad-sketch"  # 422: nothing drawn, or nothing that can be used
    FORBIDDEN = "forbidden"  # 403: a web page asked, or another computer
    NO_TOKEN = "no-token"  # 401: the token is missing or of another server
    NOT_FOUND = "not-found"  # 404
    WRONG_METHOD = "wrong-method"  # 405
    BAD_REQUEST = "bad-request"  # any other status below 500
    INTERNAL = "internal"  # 500: the server's log says more


class State:
    """The values of Health.state."""

    LOADING = "loading"
    READY = "ready"
    BUSY = "busy"  # it draws, and takes more all the same
    FAILED = "failed"


class Message:
    """A dataclass that is one msgpack map."""

    def to_map(self) -> Dict[str, Any]:
        """The map to pack, keys as the fields are named."""
        return asdict(self)  # type: ignore[call-overload]

    @classmethod
    def from_map(cls: Type[M], message: Any) -> M:
        """Build and check the message from an unpacked map; missing keys and wrong types raise WireError.

        Keys that are not known are passed over.
        """
        require(isinstance(message, dict), "the message is not a map")
        # First of all, since another version may well have other fields.
        version = message.get("version", VERSION)
        if not is_int(version, VERSION, VERSION):
            raise VersionError(f"version {version!r:.40} is not known here, only version {VERSION}")
        known = fields(cls)  # type: ignore[arg-type]
        missing = [f.name for f in known if f.default is MISSING and f.name not in message]
        require(not missing, "missing field: " + ", ".join(missing))
        made = cls(**{f.name: message[f.name] for f in known if f.name in message})
        made.check()
        return made

    def check(self) -> None:
        """Raise WireError when a field is out of its range."""


def require(condition: bool, what: str) -> None:
    """Raise WireError(what) unless the condition holds."""
    if not condition:
        raise WireError(what)


def require_texts(message: Any, *names: str) -> None:
    """Raise WireError unless the message's fields of these names are texts."""
    for name in names:
        require(isinstance(getattr(message, name), str), name + " must be a text")


def is_int(value: Any, low: int, high: int) -> bool:
    """Whether value is a whole number (not a bool) from low to high."""
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def is_milliseconds(step: Any, ms: Any) -> bool:
    """Whether the name of a step and how long it took are what GenerateAnswer.timings holds."""
    return isinstance(step, str) and isinstance(ms, (int, float)) and 0 <= ms < float("inf")


def check_picture(width: Any, height: Any, mode: Any, pixels: Any) -> None:
    """Raise WireError unless the four fields describe one whole picture."""
    require(is_int(width, MIN_SIDE, MAX_SIDE), "width must be a whole number from 1 to 8192")
    require(is_int(height, MIN_SIDE, MAX_SIDE), "height must be a whole number from 1 to 8192")
    require(isinstance(mode, str) and mode in CHANNELS, "mode must be one of " + ", ".join(CHANNELS))
    require(isinstance(pixels, bytes), "pixels must be binary")
    wanted = width * height * CHANNELS[mode]
    require(
        len(pixels) == wanted,
        f"pixels has {len(pixels)} bytes, but {width}x{height} {mode} needs {wanted}",
    )


def check_frame(frame: Any) -> None:
    """Raise WireError unless the frame is (left, top, width, height) at or around a picture."""
    require(isinstance(frame, (list, tuple)) and len(frame) == 4, "frame must be four whole numbers")
    require(
        all(is_int(start, -MAX_SIDE, MAX_SIDE) for start in frame[:2]),
        "frame must start within 8192 pixels of the picture",
    )
    require(
        all(is_int(side, MIN_SIDE, MAX_SIDE) for side in frame[2:]),
        "frame must have sides from 1 to 8192",
    )


def check_trust(trust: Any, mask: Any, size: Any) -> None:
    """Raise WireError unless trust is from -1 to 1 and the mask, if there is one, has its size."""
    require(isinstance(trust, (int, float)) and not isinstance(trust, bool), "trust must be a number")
    require(-1 <= trust <= 1, "trust must be from -1 to 1")
    check_spread("trust_mask", mask, size, MAX_MASK_SIDE, 1)


def check_spread(name: str, layer: Any, size: Any, most: int, bytes_each: int) -> None:
    """Raise WireError unless there is no layer, or one of `size` = (columns, rows) places of so many bytes each."""
    if layer is None and size is None:
        return
    require(isinstance(size, (list, tuple)) and len(size) == 2, name + "_size must be two whole numbers")
    require(all(is_int(side, 1, most) for side in size), f"{name}_size must be from 1 to {most}")
    require(isinstance(layer, bytes) and len(layer) == size[0] * size[1] * bytes_each, name + " has a wrong size")


def check_palette(palette: Any) -> None:
    """Raise WireError unless the palette is a map of colours by names in PALETTE."""
    require(isinstance(palette, dict), "palette must be a map")
    require(all(name in PALETTE for name in palette), "palette must have only " + ", ".join(PALETTE))
    for colour in palette.values():
        right = isinstance(colour, (list, tuple)) and len(colour) == 3 and all(is_int(n, 0, 255) for n in colour)
        require(right, "palette must hold colours of three whole numbers from 0 to 255")


def check_planes(name: str, planes: Any, shape: Any) -> None:
    """Raise WireError unless shape is (planes, rows, columns) and there is a byte for each of them."""
    require(isinstance(shape, (list, tuple)) and len(shape) == 3, name + "_shape must be three numbers")
    require(all(is_int(side, 1, MAX_SIDE) for side in shape), name + "_shape is out of range")
    right = isinstance(planes, bytes) and len(planes) == shape[0] * shape[1] * shape[2]
    require(right, name + " has a wrong size")


@dataclass(frozen=True)
class GenerateRequest(Message):
    """One sketch to turn into a face.

    `frame` is (left, top, width, height) in the picture's own coordinates when the painter selected one;
    it may reach outside the picture. Without it the server finds the frame from the drawing.

    A request is live, and comes before every `batch` one. A live one with a `client` and a `channel` takes the place of
    that client's last one in that channel, unless that one is being drawn already: only the newest matters.

    `trust` says how exactly the lines are meant: 1 exactly, -1 loosely, 0 as the model thinks. `trust_mask` adds to it
    place by place: rows of one byte each, 1 loosely, 128 nothing, 255 exactly, `trust_mask_size` = (columns, rows) of
    them spread over the picture.

    `palette` maps names in PALETTE to the (red, green, blue) that is wanted there. `painted` says it place by place:
    RGBA pixels, `painted_size` = (columns, rows) of them spread over the picture, with its proportions. What is left
    open comes from the colours of a real face that fits, chosen by `seed`, 0 to 2**32 - 1; 0 is a usual one. These four
    together are the capability "appearance".

    With `regions` the answer says what is drawn where.
    """

    id: str
    width: int
    height: int
    mode: str
    pixels: bytes
    frame: Optional[Tuple[int, int, int, int]] = None
    attention: bool = False
    client: str = ""
    channel: str = ""
    batch: bool = False
    trust: float = 0.0
    trust_mask: Optional[bytes] = None
    trust_mask_size: Optional[Tuple[int, int]] = None
    palette: Optional[Dict[str, Tuple[int, int, int]]] = None
    painted: Optional[bytes] = None
    painted_size: Optional[Tuple[int, int]] = None
    seed: int = 0
    regions: bool = False
    version: int = VERSION

    def check(self) -> None:
        if self.palette is not None:
            check_palette(self.palette)
        check_spread("painted", self.painted, self.painted_size, MAX_PAINTED_SIDE, 4)
        require(is_int(self.seed, 0, 2**32 - 1), "seed must be a whole number from 0 to 2**32 - 1")
        require(isinstance(self.regions, bool), "regions must be true or false")
        check_trust(self.trust, self.trust_mask, self.trust_mask_size)
        require_texts(self, "id", "client", "channel")
        for name in ("client", "channel"):
            require(len(getattr(self, name)) <= MAX_ID, name + " must have at most 128 letters")
        require(isinstance(self.batch, bool), "batch must be true or false")
        require(0 < len(self.id) <= MAX_ID, "id must be a text of 1 to 128 letters")
        check_picture(self.width, self.height, self.mode, self.pixels)
        require(isinstance(self.attention, bool), "attention must be true or false")
        if self.frame is not None:
            check_frame(self.frame)


# What weights may know or not, and the fields of a GenerateRequest for it.
ABILITIES = {"appearance": ("palette", "painted", "painted_size", "seed"), "regions": ("regions",)}


def request_options(able: Tuple[str, ...] = ()) -> Tuple[str, ...]:
    """The optional fields of a GenerateRequest that this file knows, as Health.capabilities lists them, with the fields
    of those ABILITIES alone that the weights have, and their names."""
    optional = {f.name for f in fields(GenerateRequest) if f.default is not MISSING} - {"version"}
    for ability, names in ABILITIES.items():
        optional -= set(names)
        if ability in able:
            optional |= {ability, *names}
    return tuple(sorted(optional))


@dataclass(frozen=True)
class GenerateAnswer(Message):
    """The face, already at the frame's size: (left, top) is where it lies in the picture that was sent.

    `attention`, when asked for, is one byte a position and branch, `attention_shape` = (branches, rows,
    columns): 255 where the SAP relies on that branch alone (Eq. 2). `mode` is BGRA for a BGRA request, else
    RGBA; alpha is 255. A frame that lies outside the picture for the most part, or has a side above MAX_SIDE, is
    answered with the part inside the picture.

    `regions`, when asked for, is one byte a layer and position, `regions_shape` = (layers, rows, columns) of them
    spread over the answer's picture: how much of a place belongs to each of LAYERS, together 255. Enlarged, each one is
    an alpha channel; 255 less the background's is the person's. `palette`, when the request has one, even an empty one,
    has all colours that the model was told, with those that were filled in.

    `timings` are milliseconds: decode, wait (behind other pictures), prepare, model, place, and total, from
    the request's last byte to the answer. `model` is the checksum of the weights.
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
    regions: Optional[bytes] = None
    regions_shape: Optional[Tuple[int, int, int]] = None
    palette: Optional[Dict[str, Tuple[int, int, int]]] = None
    version: int = VERSION

    def check(self) -> None:
        check_picture(self.width, self.height, self.mode, self.pixels)
        require_texts(self, "id", "model")
        require(isinstance(self.timings, dict), "timings must be a map")
        require(all(is_milliseconds(*item) for item in self.timings.items()), "timings must be milliseconds by step")
        far = 2 * MAX_SIDE
        require(is_int(self.left, -far, far) and is_int(self.top, -far, far), "left and top are out of range")
        if self.attention is not None:
            check_planes("attention", self.attention, self.attention_shape)
        if self.regions is not None:
            check_planes("regions", self.regions, self.regions_shape)
            require(self.regions_shape[0] == len(LAYERS), "regions_shape is out of range")  # type: ignore[index]
        if self.palette is not None:
            check_palette(self.palette)


@dataclass(frozen=True)
class ErrorAnswer(Message):
    """What went wrong: `code` for programs (see Code), `message` one sentence or two for the painter."""

    code: str
    message: str
    id: str = ""
    version: int = VERSION

    def check(self) -> None:
        require_texts(self, "code", "message", "id")


@dataclass(frozen=True)
class Health(Message):
    """Whether the server can draw: `state` is one of State, `message` says why it failed.

    `model` (checksum of the weights) and `device` are empty until it is ready. `service` tells this server
    from other programs that may sit on the port. `capabilities` are the optional fields of a GenerateRequest that this
    server understands; "appearance" and "regions" are among them once its weights are loaded and know these.
    """

    state: str
    model: str
    device: str
    server_version: str
    message: str = ""
    service: str = "deepfacepencil"
    capabilities: Tuple[str, ...] = ()
    version: int = VERSION

    def check(self) -> None:
        require_texts(self, "state", "model", "device", "server_version", "message", "service")
        names = self.capabilities
        require(isinstance(names, (list, tuple)) and len(names) <= MAX_CAPABILITIES, "capabilities must be a list")
        require(all(isinstance(name, str) for name in names), "capabilities must be texts")


@dataclass(frozen=True)
class Discovery(Message):
    """Where a server listens: http://host:port, https://host:port or unix:/path, and what it wants to hear."""

    address: str
    token: str
    pid: int
    server_version: str
    version: int = VERSION

    def check(self) -> None:
        require_texts(self, "address", "token", "server_version")
        require(is_int(self.pid, 1, 2**62), "pid must be a process id")


def discovery_path(remote: bool = False) -> str:
    """The file in which this user's server says where it is; another one for a server that others may use."""
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~")
    else:
        base = os.environ.get("XDG_RUNTIME_DIR") or os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return os.path.join(base, "deepfacepencil", "remote.json" if remote else "server.json")


def read_discovery(path: str) -> Optional[Discovery]:
    """What the file says; None when there is none that can be believed. The server may have died since."""
    try:
        with open(path, encoding="utf-8") as file:
            # A sketch is handed to whoever is named in it: others must not have written it.
            if os.name != "nt":
                status = os.fstat(file.fileno())
                if status.st_uid != os.getuid() or status.st_mode & 0o077:
                    return None
            return Discovery.from_map(json.load(file))
    except (OSError, ValueError):
        return None
