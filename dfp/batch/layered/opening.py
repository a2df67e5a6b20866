"""Which programs' files of layers are read, and which layers a file has before anybody opens it."""

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from xml.parsers import expat

from dfp.batch.layered.file import Ask, LayeredFile
from dfp.batch.layered.inside.dfp_in_krita.names import Named, chosen
from dfp.batch.layered.kra.file import CONTENTS, KraFile
from dfp.batch.layered.ora.archive import OraFile
from dfp.batch.layered.ora.file import OraLayers
from dfp.errors import SketchError
from dfp.pictures.merged import LARGEST_TABLE

KRITA, OPEN_RASTER = ".kra", ".ora"
UNDRAWN = "adjustmentlayer", "generatorlayer"  # Krita's, of filters and fills


@dataclass
class Listing:
    """What a file says of itself: its width and height in pixels, and its layers, each group before its own.

    undrawn: the numbers of those that nobody draws on.
    """

    size: tuple[int, int] = (0, 0)
    layers: list[Named] = field(default_factory=list)
    undrawn: set[int] = field(default_factory=set)

    def count(self, patterns: Sequence[str]) -> int:
        """How many layers are meant."""
        return len(set(chosen(self.layers, patterns)) - self.undrawn)


def has_layers(name: str) -> bool:
    """Whether a file of this name is one of layers that can be read."""
    return suffix_of(name) in (KRITA, OPEN_RASTER)


def suffix_of(name: str) -> str:
    """A name's ending, in small letters."""
    return PurePosixPath(name).suffix.lower()


def open_layers(path: Path, ask: Ask) -> LayeredFile:
    """Open a file. Raises SketchError, DfpError."""
    return KraFile(path, ask) if suffix_of(path.name) == KRITA else OraLayers(path, ask)


def listing(path: Path) -> Listing | None:
    """What a file says of itself, without Krita, which takes seconds; None when that cannot be read."""
    try:
        if suffix_of(path.name) == OPEN_RASTER:
            with OraFile.open(path) as file:
                return Listing((file.stack.width, file.stack.height), [layer.named for layer in file.stack.layers])
        with zipfile.ZipFile(path) as archive, archive.open(CONTENTS) as contents:
            text = contents.read(LARGEST_TABLE + 1)
        return _said_by(text) if len(text) <= LARGEST_TABLE else None
    except (OSError, zipfile.BadZipFile, KeyError, zlib.error, EOFError, RuntimeError, NotImplementedError):
        return None
    except (SketchError, expat.ExpatError, ValueError):
        return None


def is_without(path: Path, patterns: Sequence[str]) -> bool:
    """Whether a file of Krita's surely has no layer that is meant."""
    found = listing(path) if suffix_of(path.name) == KRITA else None
    return found is not None and not found.count(patterns)


def _said_by(text: bytes) -> Listing:
    """What Krita's list of layers says."""
    found = Listing()
    around: list[int] = []

    def begin(tag: str, attributes: dict[str, str]) -> None:
        if tag == "IMAGE":
            found.size = int(attributes.get("width", 0)), int(attributes.get("height", 0))
        if tag == "layer":
            path = found.layers[around[-1]].path if around else ()
            found.layers.append(Named((*path, attributes.get("name", "")), tuple(around)))
            around.append(len(found.layers) - 1)
            if attributes.get("nodetype") in UNDRAWN:
                found.undrawn.add(around[-1])

    def end(tag: str) -> None:
        if tag == "layer":
            around.pop()

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.Parse(text, True)
    return found
