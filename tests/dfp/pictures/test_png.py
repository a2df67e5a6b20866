"""PNG files written here are read by others, to the pixel, and no larger than theirs."""

from io import BytesIO

import cv2
import numpy as np
import pytest
from PIL import Image

from dfp.pictures import png as png_file
from dfp.pictures.png import png


def photograph(height: int, width: int) -> np.ndarray:
    """Something as smooth and as grainy as a face, RGB."""
    random = np.random.default_rng(0)
    smooth = cv2.resize(random.uniform(0, 255, (6, 5, 3)), (width, height), interpolation=cv2.INTER_CUBIC)
    return (smooth + random.normal(0, 2, smooth.shape)).clip(0, 255).astype(np.uint8)


def sheet(height: int, width: int) -> np.ndarray:
    """A small face on a large sheet, RGBA."""
    out = np.zeros((height, width, 4), np.uint8)
    out[: height // 4, : width // 4, :3] = photograph(height // 4, width // 4)
    out[: height // 4, : width // 4, 3] = 255
    return out


@pytest.mark.parametrize(
    "picture", [photograph(300, 200), sheet(300, 200), photograph(1, 1), photograph(40, 30)[::2, ::-3]]
)
@pytest.mark.parametrize("band", [1, 1000, png_file.BAND])
def test_others_read_the_same_pixels_and_texts(picture: np.ndarray, band: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(png_file, "BAND", band)
    data = png(picture, {"Made by": "a test", "Also": ""})
    with Image.open(BytesIO(data)) as read:
        assert read.info == {"Made by": "a test", "Also": ""}  # before the pixels are read
        read.load()
        assert read.mode == ("RGB", "RGBA")[picture.shape[2] == 4]
        assert np.array_equal(np.asarray(read), picture)
    flag = cv2.COLOR_BGRA2RGBA if picture.shape[2] == 4 else cv2.COLOR_BGR2RGB
    seen = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert seen is not None
    assert np.array_equal(cv2.cvtColor(seen, flag), picture)


@pytest.mark.parametrize("picture", [photograph(256, 256), photograph(1024, 1024), sheet(1024, 1024)])
def test_files_are_hardly_larger_than_others_quick_ones(picture: np.ndarray):
    usual = BytesIO()
    Image.fromarray(picture).save(usual, "PNG", compress_level=1)
    assert len(png(picture, {})) < 1.05 * len(usual.getvalue())
