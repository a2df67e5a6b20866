"""What is done with all that the model gives, before anybody sees it."""

import numpy as np

from dfp.closed_areas import closed
from dfp.colour_match import matched
from dfp.model.inputs import Inputs


def finished(
    picture: np.ndarray, regions: np.ndarray, of: Inputs, coloured: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """One face's picture and regions, as `Outputs` has them: regions end at closed lines, colours are those told.

    of: what the model was given of this face alone. coloured: whether it knows colours.
    """
    if coloured:
        # By the soft regions: where they end sharply, so do the colours that are put right, and faces are less alike.
        picture = matched(picture, regions, of.palette[0], of.painted[0])
    return picture, closed(regions, of.lines[0])
