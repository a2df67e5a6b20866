"""Drawing when memory is short: fewer faces at once, then on the processor, then none.

Importing this module imports OpenCV and NumPy, never PyTorch.
"""

import logging
from collections.abc import Callable, Sequence

import cv2

from dfp import Face, FaceGenerator
from dfp.errors import DfpError
from dfp.runtime.base import is_out_of_memory
from dfp.sketch.prepare import Prepared

log = logging.getLogger(__name__)


class FallbackGenerator:
    """Draws with `generator`; what does not fit into a graphics card's memory with one for the processor.

    `spare` loads that one, when it is first needed.
    """

    def __init__(self, generator: FaceGenerator, spare: Callable[[], FaceGenerator] | None = None):
        self._generator = generator
        self._spare = spare
        self._on_cpu: FaceGenerator | None = None

    def draw(self, prepared: Sequence[Prepared]) -> "list[Face | None]":
        """The faces of prepared sketches, None for those that there is no memory for."""
        faces = self._try(self._generator, prepared)
        if faces is not None:
            return [*faces]
        if len(prepared) > 1:
            half = len(prepared) // 2
            return self.draw(prepared[:half]) + self.draw(prepared[half:])
        return [self._draw_on_cpu(prepared)]

    def draw_variants(self, prepared: Prepared) -> "list[Face | None]":
        """As `draw`, the variants of one sketch."""
        faces = self._try(self._generator, prepared)
        return [*faces] if faces is not None else self.draw(prepared.apart())

    def _try(self, generator: FaceGenerator, prepared: Sequence[Prepared] | Prepared) -> "list[Face] | None":
        variants = isinstance(prepared, Prepared)
        count = len(prepared.seeds) if variants else len(prepared)
        try:
            return generator.draw_variants(prepared) if variants else generator.draw(prepared)
        except Exception as error:
            if not is_short_of_memory(error):
                raise
        # Not in the except block: the error holds on to everything that was being calculated.
        log.warning("the memory of %s is too small for a batch of %d now", generator.device, count)
        generator.release()
        return None

    def _draw_on_cpu(self, prepared: Sequence[Prepared]) -> Face | None:
        if self._spare is None or self._generator.device.type == "cpu":
            return None
        try:
            self._on_cpu = self._on_cpu or self._spare()
        except Exception as error:
            if not isinstance(error, DfpError) and not is_short_of_memory(error):
                raise
            log.warning("the model cannot be loaded for the processor: %s", error)
            return None
        faces = self._try(self._on_cpu, prepared)
        return faces[0] if faces is not None else None


def is_short_of_memory(error: Exception) -> bool:
    """Whether Python, the model's runtime or OpenCV had too little memory."""
    # cv2.error.code belongs to the class: another thread's error may have set it.
    return is_out_of_memory(error) or (isinstance(error, cv2.error) and "(-4:" in str(error))
