"""A small data folder made on the spot."""

import json
from pathlib import Path

import numpy as np
from PIL import Image


def write_data(folder: Path, count: int = 6) -> Path:
    """A data folder of `count` simple faces, two of them in the val split."""
    (folder / "images").mkdir(parents=True)
    (folder / "labels").mkdir()
    y, x = np.mgrid[:128, :128]
    rng = np.random.default_rng(0)
    for i in range(count):
        labels = np.zeros((128, 128), np.uint8)
        for value, a, b in ((13, 56, 60), (1, 40, 50), (2, 8, 14)):
            labels[((x - 64 - i) / a) ** 2 + ((y - 64) / b) ** 2 <= 1] = value
        colours = rng.integers(0, 256, (19, 3), dtype=np.uint8)
        Image.fromarray(labels).save(folder / "labels" / f"{i:05}.png")
        Image.fromarray(colours[labels]).save(folder / "images" / f"{i:05}.png")
    splits = {"train": [f"{i:05}" for i in range(2, count)], "val": ["00000", "00001"]}
    (folder / "splits.json").write_text(json.dumps(splits))
    return folder
