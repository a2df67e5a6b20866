"""The messages: each dataclass is one, its fields are the keys, and what each may hold stands beside it.

A new optional field is a line of GenerateRequest or of its answer, and one of ABILITIES when not all weights can do it.
"""

from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Dict, Optional, Tuple

from .fields import (
    CHANNELS,
    COLOURS,
    FACES,
    FLAG,
    FRAME,
    HEADS,
    MAX_HEADS,
    MAX_SIDE,
    MILLISECONDS,
    PIXELS,
    SIDE,
    VERSION,
    Message,
    number,
    one_of,
    pictures,
    planes,
    several,
    spread,
    text,
    texts,
    whole,
)

MAX_ID = 128
MAX_MASK_SIDE = 256
MAX_PAINTED_SIDE = 512
MAX_CAPABILITIES = 256
MAX_VARIANTS = 8
CONTENT_TYPE = "application/msgpack"
FACE_PATH = "/v1/face"
# What the head of an answer at FACE_PATH says: left,top,width,height of the face in the sketch, in pixels; the weights'
# checksum; how many faces there are; where there is any, a sentence for the painter; 1 where the picture is the part of
# its frame alone that lies inside the sketch.
FRAME_HEADER, MODEL_HEADER, FACES_HEADER = "X-Face-Frame", "X-Face-Model", "X-Face-Count"
NOTE_HEADER, PART_HEADER = "X-Face-Note", "X-Face-Part"

# Of a face from the bottom up, as GenerateAnswer.regions has them.
LAYERS = ("background", "clothes", "skin", "hair", "features")
# A face with a longer side comes as one picture only.
MAX_LAYERS_SIDE = 4096

# All fields of a request but its picture; and the largest picture plus room for these.
OTHER_FIELDS = MAX_MASK_SIDE * MAX_MASK_SIDE + MAX_PAINTED_SIDE * MAX_PAINTED_SIDE * 4 + 64 * 1024
MAX_BODY = MAX_SIDE * MAX_SIDE * 4 + OTHER_FIELDS
# An answer with layers has its picture, too.
MAX_ANSWER = max(MAX_BODY, (1 + len(LAYERS)) * MAX_LAYERS_SIDE * MAX_LAYERS_SIDE * 4 + OTHER_FIELDS)

NAME = text(MAX_ID)
IDENTIFIER = text(MAX_ID, least=1)
MASK = spread(MAX_MASK_SIDE, 1)
PAINT = spread(MAX_PAINTED_SIDE, 4)
SEED = whole(0, 2**32 - 1, "0 to 2**32 - 1")
FAR = whole(-2 * MAX_SIDE, 2 * MAX_SIDE)


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


@dataclass(frozen=True)
class GenerateRequest(Message):
    """One sketch to turn into a face.

    `frame` is (left, top, width, height) in the picture's own coordinates when the painter selected one;
    it may reach outside the picture. Without it the server finds the heads that are drawn and takes the surest. `turn`
    is how far that frame is turned around its middle: degrees, clockwise. With `heads` the answer lists all that were
    found, so that a client can ask for each one's face with its frame and turn.
    With `faces` so many of them at most, the surest, or all for 0, are drawn on one picture of the sketch's size; where
    there is one alone, as if only that had been asked for. With `heatmap` the answer shows how far lines were relaxed.

    A request is live, and comes before every `batch` one. A live one with a `client` and a `channel` takes the place of
    that client's last one in that channel, unless that one is being drawn already: only the newest matters.

    `trust` says how exactly the lines are meant: 1 exactly, -1 loosely, 0 as the model thinks. `trust_mask` adds to it
    place by place: rows of one byte each, 1 loosely, 128 nothing, 255 exactly, `trust_mask_size` = (columns, rows) of
    them spread over the picture.

    `palette` maps names in PALETTE to the (red, green, blue) that is wanted there. `painted` says it place by place:
    RGBA pixels, `painted_size` = (columns, rows) of them spread over the picture, with its proportions. What is left
    open comes from the colours of a real face that fits, chosen by `seed`, 0 to 2**32 - 1; 0 is a usual one. These four
    together are the capability "appearance".

    With `regions` the answer says what is drawn where; with `cut_out` its picture is the person alone, and with
    `layers` it has the face as layers, too. `linear` is for a picture that mixes its layers in linear light: soft edges
    are then made for that. These four are the capability "regions".

    With `variants` the answer is a VariantsAnswer: so many different people of this one drawing, all in one go.
    """

    id: str = field(metadata=IDENTIFIER)
    width: int = field(metadata=SIDE)
    height: int = field(metadata=SIDE)
    mode: str = field(metadata=one_of(CHANNELS))
    pixels: bytes = field(metadata=PIXELS)
    frame: Optional[Tuple[int, int, int, int]] = field(default=None, metadata=FRAME)
    attention: bool = field(default=False, metadata=FLAG)
    client: str = field(default="", metadata=NAME)
    channel: str = field(default="", metadata=NAME)
    batch: bool = field(default=False, metadata=FLAG)
    trust: float = field(default=0.0, metadata=number(-1, 1))
    trust_mask: Optional[bytes] = field(default=None, metadata=MASK)
    trust_mask_size: Optional[Tuple[int, int]] = field(default=None, metadata=MASK)
    palette: Optional[Dict[str, Tuple[int, int, int]]] = field(default=None, metadata=COLOURS)
    painted: Optional[bytes] = field(default=None, metadata=PAINT)
    painted_size: Optional[Tuple[int, int]] = field(default=None, metadata=PAINT)
    seed: int = field(default=0, metadata=SEED)
    regions: bool = field(default=False, metadata=FLAG)
    turn: float = field(default=0.0, metadata=number(-180, 180))
    heads: bool = field(default=False, metadata=FLAG)
    faces: int = field(default=1, metadata=FACES)
    heatmap: bool = field(default=False, metadata=FLAG)
    cut_out: bool = field(default=False, metadata=FLAG)
    layers: bool = field(default=False, metadata=FLAG)
    linear: bool = field(default=False, metadata=FLAG)
    variants: int = field(default=0, metadata=whole(0, MAX_VARIANTS))
    version: int = VERSION


# What weights may know or not, and the fields of a GenerateRequest for it.
ABILITIES = {
    "appearance": ("palette", "painted", "painted_size", "seed", "variants"),
    "regions": ("regions", "cut_out", "layers", "linear"),
}


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
    columns): 255 where the SAP relies on that branch alone (Eq. 2). `mode` is BGRA for a BGRA request, else RGBA; alpha
    is 255, or, of a `cut_out`, soft at the person's edges, whose colours have nothing of the background, and around a
    head that is turned, of which the picture covers more, 0. A frame that
    lies outside the picture for the most part, or has a side above MAX_SIDE, is answered with the part inside the
    picture.

    `regions`, when asked for, is one byte a layer and position, `regions_shape` = (layers, rows, columns) of them
    spread over the answer's picture: how much of a place belongs to each of LAYERS, together 255. Enlarged, each one is
    an alpha channel; 255 less the background's is the person's. `layers`, when asked for, has the pictures of LAYERS
    one after the other, each in `mode` and of the size that `layer_places` says, (left, top, width, height) in the
    answer's picture; outside of its place, which may be empty, a layer is transparent. Laid over each other, in the
    light that was asked for, they are `pixels` without `cut_out`, to within 2 of 255, and each goes on a little under
    those above it. A face with a side above MAX_LAYERS_SIDE has none: that is refused. `palette`, when the request has
    one, even an empty one, has all colours that the model was told, with those that were filled in.

    `note` is a sentence for the painter where the drawing hardly is one face from the front; the face was made all the
    same. `certainty` says how surely it is one, 0 to 1, where no frame was asked for, and `turn` how far it is turned.
    `heads`, when asked for without a frame, are the heads of the drawing, this one first: each is a map of `frame`
    (left, top, width, height), before it is turned, of `turn` and of `certainty`.

    `faces` says how many lie on the picture: more than one, each in its place, on one of the whole sketch's size that
    is transparent elsewhere. `part` says that a frame was answered with the part inside the picture alone. `heatmap`,
    when asked for, is a picture for people of how far lines were relaxed, blue exactly, yellow loosely, in RGB or,
    where the face's own picture is transparent in part, RGBA; `heatmap_shape` = (rows, columns, channels), of one face
    as large as the network draws it, of several as large as the sketch.

    `timings` are milliseconds: decode, wait (behind other pictures), prepare, model, place, and total, from
    the request's last byte to the answer. `model` is the checksum of the weights.
    """

    id: str = field(metadata=text())
    left: int = field(metadata=FAR)
    top: int = field(metadata=FAR)
    width: int = field(metadata=SIDE)
    height: int = field(metadata=SIDE)
    mode: str = field(metadata=one_of(CHANNELS))
    pixels: bytes = field(metadata=PIXELS)
    model: str = field(metadata=text())
    timings: Dict[str, float] = field(metadata=MILLISECONDS)
    attention: Optional[bytes] = field(default=None, metadata=planes())
    attention_shape: Optional[Tuple[int, int, int]] = None
    regions: Optional[bytes] = field(default=None, metadata=planes(len(LAYERS)))
    regions_shape: Optional[Tuple[int, int, int]] = None
    layers: Optional[bytes] = field(default=None, metadata=pictures(len(LAYERS)))
    layer_places: Optional[Tuple[Tuple[int, int, int, int], ...]] = None
    palette: Optional[Dict[str, Tuple[int, int, int]]] = field(default=None, metadata=COLOURS)
    note: str = field(default="", metadata=text())
    turn: float = field(default=0.0, metadata=number(-180, 180))
    certainty: Optional[float] = field(default=None, metadata=number(0, 1))
    heads: Optional[Tuple[Dict[str, Any], ...]] = field(default=None, metadata=HEADS)
    faces: int = field(default=1, metadata=whole(1, MAX_HEADS))
    part: bool = field(default=False, metadata=FLAG)
    heatmap: Optional[bytes] = field(default=None, metadata=planes())
    heatmap_shape: Optional[Tuple[int, int, int]] = None
    version: int = VERSION


@dataclass(frozen=True)
class Variant(Message):
    """One person: a small picture of the whole frame, the seed with which a request gets the same face at full size, to
    within a few values, and all colours that the model was told for it."""

    seed: int = field(metadata=SEED)
    palette: Dict[str, Tuple[int, int, int]] = field(metadata=COLOURS)
    width: int = field(metadata=SIDE)
    height: int = field(metadata=SIDE)
    mode: str = field(metadata=one_of(CHANNELS))
    pixels: bytes = field(metadata=PIXELS)


@dataclass(frozen=True)
class VariantsAnswer(Message):
    """The faces of a request with `variants`: of its `seed`, and of such as give people unlike those before them.

    There may be fewer than were asked for, one at least: where the palette leaves little open, few differ. `variants`
    are maps as Variant says; their `mode` is RGB. `timings` and `model` as in GenerateAnswer.
    """

    id: str = field(metadata=text())
    variants: Tuple[Dict[str, Any], ...] = field(metadata=several(Variant, MAX_VARIANTS))
    model: str = field(metadata=text())
    timings: Dict[str, float] = field(metadata=MILLISECONDS)
    version: int = VERSION

    @property
    def people(self) -> Tuple[Variant, ...]:
        """The variants as messages."""
        return tuple(Variant.from_map(one) for one in self.variants)


@dataclass(frozen=True)
class ErrorAnswer(Message):
    """What went wrong: `code` for programs (see Code), `message` one sentence or two for the painter."""

    code: str = field(metadata=text())
    message: str = field(metadata=text())
    id: str = field(default="", metadata=text())
    version: int = VERSION


@dataclass(frozen=True)
class Health(Message):
    """Whether the server can draw: `state` is one of State, `message` says why it failed.

    `model` (checksum of the weights) and `device` are empty until it is ready. `service` tells this server
    from other programs that may sit on the port. `capabilities` are the optional fields of a GenerateRequest that this
    server understands; "appearance" and "regions" are among them once its weights are loaded and know these.
    """

    state: str = field(metadata=text())
    model: str = field(metadata=text())
    device: str = field(metadata=text())
    server_version: str = field(metadata=text())
    message: str = field(default="", metadata=text())
    service: str = field(default="deepfacepencil", metadata=text())
    capabilities: Tuple[str, ...] = field(default=(), metadata=texts(MAX_CAPABILITIES))
    version: int = VERSION
