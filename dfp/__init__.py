"""DeepFacePencil: face pictures from freehand sketches."""

from dfp.errors import DfpError, SketchError, WeightsError
from dfp.generator import Face, FaceGenerator
from dfp.sketch.appearance import Appearance
from dfp.sketch.frame import Frame
from dfp.sketch.heads import Head, find_heads
from dfp.sketch.palette import Palette, read_palette
from dfp.sketch.request import FaceRequest
from dfp.sketch.trust import Trust
from dfp.version import package_version

__version__ = package_version()

__all__ = [
    "Appearance",
    "DfpError",
    "Face",
    "FaceGenerator",
    "FaceRequest",
    "Frame",
    "Head",
    "Palette",
    "SketchError",
    "Trust",
    "WeightsError",
    "__version__",
    "find_heads",
    "read_palette",
]
