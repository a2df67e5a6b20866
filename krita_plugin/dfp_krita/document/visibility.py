"""Whether the painter sees a face, and whether it lets her lines through."""

from typing import Any, Optional

from .layer_tree import groups_around, layers_below

# A face over the sketch must let the lines through, or she could not see what she draws.
OPACITY = 128


def is_seen(layer: Any) -> bool:
    """Whether a layer and all groups around it are visible."""
    return layer.visible() and all(group.visible() for group in groups_around(layer))


def hides(document: Any, face: Any, sketch: Any) -> bool:
    """Whether a face lies over its sketch and does not let the lines through."""
    layers = list(layers_below(document.rootNode()))
    over = face in layers and sketch in layers and layers.index(face) > layers.index(sketch)
    return over and face.opacity() > OPACITY


class Veil:
    """Makes a face translucent while the painter draws under it, and as it was before when she is done.

    What she sets meanwhile herself stays.
    """

    def __init__(self, document: Any, face: Any, sketch: Any) -> None:
        self._face = face
        self._before: Optional[int] = None
        if hides(document, face, sketch):
            self._before = face.opacity()
            face.setOpacity(OPACITY)
            document.refreshProjection()

    def lift(self, document: Any) -> None:
        """Give the face its own opacity back."""
        before, self._before = self._before, None
        if before is not None and self._face.opacity() == OPACITY:
            self._face.setOpacity(before)
            document.refreshProjection()
