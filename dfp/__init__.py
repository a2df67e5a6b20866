"""DeepFacePencil: face pictures from freehand sketches."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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

# Where each name comes from, when it is first asked for: `dfp doctor` starts where OpenCV or numpy is broken.
_HOMES = {
    "dfp.errors": ("DfpError", "SketchError", "WeightsError"),
    "dfp.generator": ("Face", "FaceGenerator"),
    "dfp.sketch.appearance": ("Appearance",),
    "dfp.sketch.frame": ("Frame",),
    "dfp.sketch.heads": ("Head", "find_heads"),
    "dfp.sketch.palette": ("Palette", "read_palette"),
    "dfp.sketch.request": ("FaceRequest",),
    "dfp.sketch.trust": ("Trust",),
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        value = import_module("dfp.version").package_version()
    else:
        home = next((home for home, names in _HOMES.items() if name in names), None)
        if home is None:
            raise AttributeError(f"module 'dfp' has no attribute {name!r}")
        value = getattr(import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
