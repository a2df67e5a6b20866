"""Is it still the same face? The distance of two pictures for a network that tells people apart."""

from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from dfp.errors import DfpError
from dfp.runtime.openvino_convert import the_core

FILE = "mobilefacenet.onnx"
SIDE = 112
BOX = (0.1484, 0.1953, 0.8516, 0.8984)  # left, top, right, bottom of the face in pictures aligned as CelebA-HQ's


class Embedding:
    """MobileFaceNet; runs with OpenVINO, which reads its format."""

    def __init__(self, model: Any):
        self._model = model

    @classmethod
    def load(cls, folder: Path) -> "Embedding | None":
        """Read it from the folder of measuring networks; None without the file or without OpenVINO.

        Raises DfpError for a file that cannot be read or is of another network.
        """
        path = folder / FILE
        if not path.is_file():
            return None
        try:
            core = the_core()
        except ImportError:
            return None
        try:
            model = core.compile_model(path, "CPU", {"INFERENCE_NUM_THREADS": torch.get_num_threads()})
        except RuntimeError as error:
            raise DfpError(f"The measuring network {path} cannot be read.") from error
        if [list(port.shape) for port in (*model.inputs, *model.outputs)] != [[1, 3, SIDE, SIDE], [1, 128]]:
            raise DfpError(f"{path} is of another network, not MobileFaceNet.")
        return cls(model)

    def __call__(self, images: Tensor) -> np.ndarray:
        """Aligned faces N x 3 x S x S in [-1, 1] -> N x 128 float32 of length 1."""
        side = images.shape[-1]
        left, top, right, bottom = (round(edge * side) for edge in BOX)
        faces = images[:, :, top:bottom, left:right].float().cpu()
        faces = F.interpolate(faces, (SIDE, SIDE), mode="bilinear", align_corners=False, antialias=True)
        rows = np.concatenate([self._model(face[None].numpy())[0] for face in faces * (127.5 / 128)])
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)
