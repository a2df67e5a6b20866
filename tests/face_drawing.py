"""A face drawn on the spot, and palettes of faces that nobody has."""

import cv2
import numpy as np

# Six colours each: skin, hair, lips, eyes, background, clothes.
PALETTES = np.array(
    [
        [(210, 160, 130), (90, 60, 40), (190, 90, 90), (110, 90, 70), (150, 150, 150), (60, 70, 90)],
        [(90, 60, 45), (15, 12, 10), (110, 60, 60), (40, 30, 20), (230, 220, 210), (200, 40, 40)],
        [(240, 205, 190), (200, 160, 90), (220, 130, 130), (90, 120, 160), (40, 60, 40), (240, 240, 235)],
        [(165, 105, 79), (120, 30, 20), (150, 60, 70), (60, 100, 60), (100, 140, 190), (20, 20, 20)],
    ],
    np.uint8,
)


def draw_face(side: int, thickness: int = 2, ink: int = 0, paper: int = 255) -> np.ndarray:
    """A face of ellipses and lines that fills most of a side x side gray picture."""
    picture = np.full((side, side), paper, np.uint8)

    def ellipse(x: float, y: float, a: float, b: float, start: int = 0, end: int = 360) -> None:
        centre, axes = (round(x * side), round(y * side)), (round(a * side), round(b * side))
        cv2.ellipse(picture, centre, axes, 0, start, end, ink, thickness, cv2.LINE_AA)

    ellipse(0.5, 0.52, 0.27, 0.36)
    ellipse(0.5, 0.42, 0.36, 0.38, 170, 370)
    for x in (0.39, 0.61):
        ellipse(x, 0.48, 0.06, 0.025)
        ellipse(x, 0.43, 0.08, 0.03, 190, 350)
    ellipse(0.5, 0.6, 0.04, 0.02, 0, 180)
    ellipse(0.5, 0.72, 0.1, 0.03)
    return picture
