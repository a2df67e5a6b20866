"""DeepFacePencil: face pictures from freehand sketches."""

from dfp.errors import DfpError, SketchError, WeightsError
from dfp.face import Face, FaceGenerator
from dfp.frame import Frame
from dfp.trust import Trust

__all__ = ["DfpError", "Face", "FaceGenerator", "Frame", "SketchError", "Trust", "WeightsError"]
