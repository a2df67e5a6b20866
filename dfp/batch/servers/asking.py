"""A sketch's file and what is wanted of its face, as one request to a server."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image

from dfp.batch.options import FaceOptions
from dfp.errors import DfpError
from dfp.pictures.merged import ZIP
from dfp.pictures.reading import opened, read

TAKEN = "PNG", "JPEG", "WEBP"  # what a server reads
MOST_FACES = 64
QUICK = 1  # PNG level


@dataclass(frozen=True)
class Asked:
    """One request: the picture files' bytes, such as a server takes, and options as text."""

    sketch: bytes
    colours: bytes | None
    options: dict[str, str]


def options_of(face: FaceOptions, heatmap: bool) -> dict[str, str]:
    """Options that a server is told. Raises DfpError for what no server can do."""
    if face.faces > MOST_FACES:
        raise DfpError(f"Servers draw {MOST_FACES} faces of a sketch at most: say --faces {MOST_FACES}, or no number.")
    said = {name: "#{:02x}{:02x}{:02x}".format(*colour) for name, colour in face.palette.named().items()}
    said |= {"faces": str(face.faces), "trust": repr(float(face.trust)), "seed": str(face.seed)}
    return said | {name: "1" for name, wanted in (("cut_out", face.cut_out), ("heatmap", heatmap)) if wanted}


def sketch_file(data: bytes, page: int) -> tuple[bytes, bool]:
    """What is sent of a sketch's file: itself, where a server reads it as it is read here, else one page as a PNG; and
    whether it has several pages of which the first is taken. Raises SketchError."""
    if page == 1 and _is_taken(data):
        return data, False
    found = read(BytesIO(data), page)
    return _png(found.image), found.page < found.pages and found.page == 1


def colour_file(data: bytes) -> bytes:
    """As `sketch_file`, of a colour layer."""
    return data if _is_taken(data) else _png(read(BytesIO(data)).image)


def _is_taken(data: bytes) -> bool:
    with opened(BytesIO(data)) as (picture, _):
        one = picture.format in TAKEN and getattr(picture, "n_frames", 1) == 1
    return one and not data.startswith(ZIP)  # what is opened there lies in the archive


def _png(image: Image.Image) -> bytes:
    file = BytesIO()
    image.save(file, "PNG", compress_level=QUICK)
    return file.getvalue()
