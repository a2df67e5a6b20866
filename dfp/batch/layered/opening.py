"""Which programs' files of layers are read, and which layers a file has before anybody opens it."""

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from xml.parsers import expat

from dfp.batch.layered.file import Ask, LayeredFile
from dfp.batch.layered.inside.dfp_in_krita.names import Named, chosen
from dfp.batch.layered.kra.file import CONTENTS, KraFile
from dfp.batch.layered.ora.file import OraLayers
from dfp.pictures.merged import LARGEST_TABLE

KRITA, OPEN_RASTER = ".kra", ".ora"


def has_layers(name: str) -> bool:
    """Whether a file of this name is one of layers that can be read."""
    return suffix_of(name) in (KRITA, OPEN_RASTER)


def suffix_of(name: str) -> str:
    """A name's ending, in small letters."""
    return PurePosixPath(name).suffix.lower()


def open_layers(path: Path, ask: Ask) -> LayeredFile:
    """Open a file. Raises SketchError, DfpError."""
    return KraFile(path, ask) if suffix_of(path.name) == KRITA else OraLayers(path, ask)


def is_without(path: Path, patterns: Sequence[str]) -> bool:
    """Whether a file of Krita's surely has no layer that is meant: to let Krita open it takes seconds."""
    if suffix_of(path.name) != KRITA:
        return False
    try:
        with zipfile.ZipFile(path) as archive, archive.open(CONTENTS) as contents:
            text = contents.read(LARGEST_TABLE + 1)
        return len(text) <= LARGEST_TABLE and not chosen(_layers_in(text), patterns)
    except (OSError, zipfile.BadZipFile, KeyError, zlib.error, EOFError, RuntimeError, NotImplementedError):
        return False
    except (expat.ExpatError, ValueError):
        return False


def _layers_in(text: bytes) -> list[Named]:
    """The layers of Krita's list, each group before its own."""
    found: list[Named] = []
    around: list[int] = []

    def begin(tag: str, attributes: dict[str, str]) -> None:
        if tag == "layer":
            path = found[around[-1]].path if around else ()
            found.append(Named((*path, attributes.get("name", "")), tuple(around)))
            around.append(len(found) - 1)

    def end(tag: str) -> None:
        if tag == "layer":
            around.pop()

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = begin, end
    parser.Parse(text, True)
    return found
