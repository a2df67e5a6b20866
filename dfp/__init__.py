"""DeepFacePencil: face pictures from freehand sketches."""

from dfp.appearance import Appearance, Palette, read_palette
from dfp.errors import DfpError, SketchError, WeightsError
from dfp.face import Face, FaceGenerator
from dfp.frame import Frame
from dfp.trust import Trust

__all__ = [
    "Appearance",
    "DfpError",
    "Face",
    "FaceGenerator",
    "Frame",
    "Palette",
    "SketchError",
    "Trust",
    "WeightsError",
    "read_palette",
]
