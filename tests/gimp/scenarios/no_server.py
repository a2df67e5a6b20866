"""No server, or one that cannot start: one sentence, and the picture stays as it is."""

import os

from inside import draw, layer_on, picture, refused


def check_one_sentence():
    image = picture()
    message = refused(image, draw(layer_on(image)))
    assert os.environ["DFP_SENTENCE"] in message, message
