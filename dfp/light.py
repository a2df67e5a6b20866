"""The light in which a picture mixes its layers: that of its 8-bit values themselves, as most do, or linear light."""

from dataclasses import dataclass

import cv2
import numpy as np

FINE = 257  # parts of a value by which linear light is told apart on the way back


@dataclass(frozen=True)
class Light:
    """How much light, 0 to 255, each 8-bit value is, how far it is to the next, and which value so much light is."""

    amounts: np.ndarray  # float32, 256
    distances: np.ndarray  # float32, 256
    back: np.ndarray | None  # uint8, one for each FINE part of light; None where light is the value

    def of(self, values: np.ndarray) -> np.ndarray:
        """Light, float32 c x h x w in [0, 255], of uint8 values."""
        if self.back is None:
            return values.astype(np.float32)
        return _looked_up(values, self.amounts)

    def steps(self, values: np.ndarray) -> np.ndarray:
        """How much a value more or less is there, float32 as `of`, or one number for all."""
        return np.ones(1, np.float32) if self.back is None else _looked_up(values, self.distances)

    def values(self, light: np.ndarray) -> np.ndarray:
        """The uint8 values nearest to light, which may lie outside of [0, 255]."""
        if self.back is None:
            return np.rint(light).clip(0, 255).astype(np.uint8)
        return self.back[(light.clip(0, 255) * np.float32(FINE) + np.float32(0.5)).astype(np.uint16)]


def linear_of(values: np.ndarray) -> np.ndarray:
    """Linear light in [0, 1] of sRGB values in [0, 1]."""
    return np.where(values <= 0.04045, values / 12.92, ((np.maximum(values, 0) + 0.055) / 1.055) ** 2.4)


def srgb_of(light: np.ndarray) -> np.ndarray:
    """sRGB values in [0, 1] of linear light in [0, 1]."""
    return np.where(light <= 0.0031308, light * 12.92, 1.055 * np.maximum(light, 0) ** (1 / 2.4) - 0.055)


def _looked_up(values: np.ndarray, table: np.ndarray) -> np.ndarray:
    rows = np.ascontiguousarray(values).reshape(-1, values.shape[-1])
    return np.asarray(cv2.LUT(rows, table)).reshape(values.shape)


def _linear() -> Light:
    amounts = linear_of(np.arange(256) / 255) * 255
    back = (srgb_of(np.arange(255 * FINE + 1) / (255 * FINE)) * 255).round().astype(np.uint8)
    return Light(amounts.astype(np.float32), np.gradient(amounts).astype(np.float32), back)


USUAL = Light(np.arange(256, dtype=np.float32), np.ones(256, np.float32), None)
LINEAR = _linear()
