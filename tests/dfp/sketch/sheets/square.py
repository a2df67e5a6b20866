"""Where the square of a drawn head is: by its eyes, nose, mouth and chin, as they lie on training faces."""

import numpy as np

from dfp.sketch.frame import Frame

# On the square of a training face: each eye's middle, the nose's lower end, the mouth's middle, the chin; x then y.
# Medians of the label maps of 2,000 faces.
LEARNT = np.array([(0.377, 0.475), (0.622, 0.475), (0.5, 0.664), (0.5, 0.754), (0.5, 0.93)])
# The same on the examples, read off them. Those that are not named here are drawn over one plan.
PLAN = (0.393, 0.512), (0.608, 0.512), (0.5, 0.691), (0.5, 0.76), (0.5, 0.908)
OTHERS = {
    6: ((0.455, 0.512), (0.669, 0.512), (0.56, 0.692), (0.557, 0.761), (0.56, 0.911)),
    9: ((0.402, 0.512), (0.611, 0.535), (0.49, 0.69), (0.487, 0.765), (0.49, 0.9)),
}


def of_example(number: int) -> np.ndarray:
    """The five places on an example sketch, in shares of its side: 5 x 2."""
    return np.array(OTHERS.get(number, PLAN))


def square_by(landmarks: np.ndarray, place: Frame, turn: float = 0.0) -> Frame:
    """The square in which a drawing's landmarks lie nearest (least squares) to where training faces have them.

    `landmarks`: 5 x 2 as in `LEARNT`, in shares of the drawing's side. `place`: where on the sheet the drawing lies,
    turned about its middle by `turn` degrees, clockwise.
    """
    middle, learnt = landmarks.mean(0), LEARNT.mean(0)
    scale = ((landmarks - middle) * (LEARNT - learnt)).sum() / ((landmarks - middle) ** 2).sum()
    angle = np.radians(turn)
    rotation = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    away = (middle + (0.5 - learnt) / scale - 0.5) @ rotation * place.width
    side = place.width / scale
    left, top = np.array([place.left, place.top]) + place.width / 2 + away - side / 2
    return Frame(round(left), round(top), round(side), round(side))
