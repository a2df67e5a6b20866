"""The wire format between painters' plugins and the server: the one place where it is written down.

Both sides use this package: the server imports it, `dfp-krita` puts a copy into the plugin. So it needs
nothing but the standard library and runs on Python 3.8. A message is a msgpack map with string keys;
each dataclass in messages.py is one message, its fields are the keys.

    GET  /v1/health    -> Health
    GET  /v1/metrics   -> Prometheus's text format, for whoever watches the server
    POST /v1/generate  GenerateRequest -> GenerateAnswer, or VariantsAnswer when it asks for variants
    POST /v1/face      a picture file, or a form with two -> a PNG, or a form with two; see server/README.md

Whatever goes wrong is answered with an ErrorAnswer, at /v1/face with the same in JSON, and a status of 400 and above;
only what is no HTTP gets plain text. Who does not send a request or read an answer to its end in time is cut off. A
request carries CONTENT_TYPE as its Content-Type; a web page could not send that unasked. Every request carries
`Authorization: Bearer` and the server's token. Where the server listens and what its token is stands in
discovery_path(), a file that only its user can read; a Discovery as JSON.

Fields with a default may be left out, and whoever reads a message passes over fields that it does not know: within
VERSION 1 both sides may learn new optional fields, one line of a dataclass each. A field that
changes what an older program would make of the others needs a new VERSION. What of a request's optional fields a server
understands stands in Health.capabilities; an answer has those that the request asked for.

Pixels are raw rows from the top, without padding, 8 bits a channel, straight (not premultiplied) alpha.
"""

from .discovery import DEFAULT_PORT, Discovery, discovery_path, read_discovery
from .fields import CHANNELS, MAX_HEADS, MAX_SIDE, PALETTE, VERSION, Message, VersionError, WireError
from .messages import (
    ABILITIES,
    CONTENT_TYPE,
    FACE_PATH,
    FACES_HEADER,
    FRAME_HEADER,
    LAYERS,
    MAX_ANSWER,
    MAX_BODY,
    MAX_CAPABILITIES,
    MAX_ID,
    MAX_LAYERS_SIDE,
    MAX_MASK_SIDE,
    MAX_PAINTED_SIDE,
    MAX_VARIANTS,
    MODEL_HEADER,
    NOTE_HEADER,
    OTHER_FIELDS,
    PART_HEADER,
    Code,
    ErrorAnswer,
    GenerateAnswer,
    GenerateRequest,
    Health,
    State,
    Variant,
    VariantsAnswer,
    request_options,
)

__all__ = [
    "ABILITIES",
    "CHANNELS",
    "CONTENT_TYPE",
    "DEFAULT_PORT",
    "FACES_HEADER",
    "FACE_PATH",
    "FRAME_HEADER",
    "LAYERS",
    "MAX_ANSWER",
    "MAX_BODY",
    "MAX_CAPABILITIES",
    "MAX_HEADS",
    "MAX_ID",
    "MAX_LAYERS_SIDE",
    "MAX_MASK_SIDE",
    "MAX_PAINTED_SIDE",
    "MAX_SIDE",
    "MAX_VARIANTS",
    "MODEL_HEADER",
    "NOTE_HEADER",
    "OTHER_FIELDS",
    "PALETTE",
    "PART_HEADER",
    "VERSION",
    "Code",
    "Discovery",
    "ErrorAnswer",
    "GenerateAnswer",
    "GenerateRequest",
    "Health",
    "Message",
    "State",
    "Variant",
    "VariantsAnswer",
    "VersionError",
    "WireError",
    "discovery_path",
    "read_discovery",
    "request_options",
]
