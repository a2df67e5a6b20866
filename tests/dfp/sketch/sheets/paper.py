"""What happens to sheets of paper: printed lines, dark edges, shadows, a camera. Each takes and gives H x W x 3."""

import cv2
import numpy as np

Page = np.ndarray  # float32 H x W x 3, 0 to 255
NEARER = 1.1  # so much larger is a sheet that lies askew, so that nothing is seen beyond its edges


def ruled(page: Page, spacing: int, tone: float, both: bool, start: int = 0, width: int = 2) -> None:
    """Print lines, or a grid, under the drawing."""
    for offset in range(width):
        page[start + offset :: spacing] *= tone
        if both:
            page[:, start + offset :: spacing] *= tone


def turned(picture: np.ndarray, degrees: float) -> np.ndarray:
    """The sheet as it lies askew under a camera."""
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, NEARER)
    return cv2.warpAffine(picture, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)


def strip(picture: np.ndarray, width: int, dark: float, sides: str, slant: int = 0) -> np.ndarray:
    """A dark strip along some of the sides (of "lrtb"): what a scanner or a desk leaves there."""
    high, wide = picture.shape[:2]
    mask = np.zeros((high, wide), np.uint8)
    corners = {
        "l": [(0, 0), (width, 0), (width + slant, high), (0, high)],
        "r": [(wide, 0), (wide - width, 0), (wide - width - slant, high), (wide, high)],
        "t": [(0, 0), (wide, 0), (wide, width), (0, width + slant)],
        "b": [(0, high), (wide, high), (wide, high - width), (0, high - width - slant)],
    }
    for side in sides:
        cv2.fillPoly(mask, [np.array(corners[side], np.int32)], 255)
    out = picture.copy()
    out[mask > 0] = dark
    return out


def shadow(rng: np.random.Generator, picture: np.ndarray, tone: float) -> np.ndarray:
    """The soft shadow of a hand: a palm and fingers from a corner into the sheet."""
    height, width = picture.shape[:2]
    mask = np.zeros((height, width), np.float32)
    x, y = width * rng.uniform(0.55, 0.85), height * rng.uniform(0.5, 0.85)
    cv2.ellipse(mask, (int(x), int(y)), (width // 4, height // 6), rng.uniform(0, 180), 0, 360, 1, -1)
    for finger in range(4):
        tip = int(x - width * (0.25 + 0.05 * finger)), int(y - height * (0.15 - 0.09 * finger))
        cv2.line(mask, (int(x), int(y)), tip, 1, width // 14)
    soft = cv2.GaussianBlur(mask, (0, 0), width * rng.uniform(0.008, 0.02))
    return picture * (1 - (1 - tone) * soft[..., None])


def lamp(rng: np.random.Generator, picture: np.ndarray) -> np.ndarray:
    """Light from one side, falling off to corners, as a phone sees it at night."""
    height, width = picture.shape[:2]
    y, x = np.mgrid[:height, :width]
    centre = width * rng.uniform(0.1, 0.9), height * rng.uniform(0.1, 0.9)
    far = np.hypot(x - centre[0], y - centre[1]) / np.hypot(width, height)
    light = 1 - rng.uniform(0.4, 0.65) * far**1.3
    return picture * light[..., None].astype(np.float32)


def camera(rng: np.random.Generator, picture: np.ndarray, noise: float) -> np.ndarray:
    """A little out of focus, noise in every pixel."""
    soft = cv2.GaussianBlur(picture, (0, 0), 0.8)
    return soft + rng.normal(0, noise, picture.shape[:2]).astype(np.float32)[..., None]


def grain(rng: np.random.Generator, ink: np.ndarray) -> np.ndarray:
    """Ink, 0 to 1, as a pencil leaves it on rough paper."""
    rough = cv2.GaussianBlur(rng.normal(0, 1, ink.shape).astype(np.float32), (0, 0), 0.9)
    return ink * np.clip(0.75 + 0.9 * rough, 0.1, 1)
