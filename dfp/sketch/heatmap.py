"""The SAP's attention as a picture: how far each stroke was relaxed."""

import cv2
import numpy as np


def relaxation(attention: np.ndarray) -> np.ndarray:
    """branches x h x w weights that sum to 1 -> h x w float32: 0 the narrowest branch alone, 1 the widest alone."""
    reach = np.linspace(0, 1, len(attention), dtype=np.float32)
    return np.tensordot(reach, attention, 1)


def heatmap(attention: np.ndarray, image: np.ndarray) -> np.ndarray:
    """Colour the relaxation over a darkened size x size x 3 uint8 RGB picture; blue exact, yellow loose."""
    size = image.shape[:2]
    relaxed = cv2.resize(relaxation(attention), size[::-1], interpolation=cv2.INTER_LINEAR)
    colours = cv2.applyColorMap((relaxed.clip(0, 1) * 255).astype(np.uint8), cv2.COLORMAP_VIRIDIS)[:, :, ::-1]
    gray = image.mean(2, keepdims=True)
    return (0.65 * colours + 0.35 * gray).astype(np.uint8)
