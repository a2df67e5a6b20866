"""Pictures written to files, whole or not at all."""

from pathlib import Path

import numpy as np

from dfp.errors import DfpError
from dfp.files import unwritten, write_whole
from dfp.pictures.marks import encode


def write_picture(picture: np.ndarray, path: Path) -> None:
    """Write H x W x 3 uint8 to a file, whole or not at all. Raises DfpError with a sentence."""
    try:
        write_whole(encode(picture, path.suffix or ".png", ""), path)
    except ValueError as error:
        raise DfpError(no_format(path)) from error
    except OSError as error:
        raise DfpError(unwritten(path, error)) from error


def no_format(path: Path) -> str:
    """The sentence for a name whose ending says of no format how it is written."""
    return f"{path} has an ending that names no picture format: use .png."
