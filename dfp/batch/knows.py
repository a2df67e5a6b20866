"""What weights can do, as far as who draws elsewhere knows of it."""

from dataclasses import dataclass

from dfp.errors import SketchError
from dfp.generator import NO_COLOURS
from dfp.regions import UNKNOWN


@dataclass(frozen=True)
class Knows:
    """colours: the weights can be told an appearance. regions: their faces come with regions."""

    colours: bool
    regions: bool

    def require_colours(self) -> None:
        """As `FaceGenerator.require_colours`."""
        if not self.colours:
            raise SketchError(NO_COLOURS)

    def require_regions(self) -> None:
        """As `FaceGenerator.require_regions`."""
        if not self.regions:
            raise SketchError(UNKNOWN)
