"""DeepFacePencil: face pictures from freehand sketches."""

from dfp.errors import DfpError, SketchError, WeightsError
from dfp.face import Face, FaceGenerator
from dfp.trust import Trust

__all__ = ["DfpError", "Face", "FaceGenerator", "SketchError", "Trust", "WeightsError"]
