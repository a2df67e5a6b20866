"""Makes the README's picture of Krita and those of the plugin's manual again.

Run: python tests/krita/picture.py -o krita_plugin/krita.png --manual krita_plugin/manual
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from krita_harness import REPOSITORY, run_in_fresh_krita
from PIL import Image

from dfp import Face, FaceGenerator, Trust

# The largest width and height of each: the page of the manual is narrow, and all of it is carried along in the plugin.
MANUAL = {
    "window": (720, 720),
    "colours": (280, 480),
    "docker": (280, 560),
    "history": (280, 800),
    "settings": (480, 480),
}
# Of the page on trust: which sketches, and what decides how each is bent; by so much of its side, at most.
CROOKED = {"example_sketch": 1, "sketch_02": 3, "sketch_01": 11}
FARTHEST, KNOTS, SHOWN = 0.05, 5, 160
SKETCH = REPOSITORY / "dfp" / "examples" / "example_sketch.png"


def main() -> int:
    """Run it; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True, help="where the picture goes")
    parser.add_argument("--manual", type=Path, help="folder for the manual's pictures")
    parser.add_argument("--sketch", type=Path, default=SKETCH, help="what is drawn (default: the example)")
    parser.add_argument("--weights", type=Path, help="weights for the server (default: the bundled)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        extra = {"DFP_PORTRAIT": str(options.sketch.resolve())}
        verdict = run_in_fresh_krita("portrait", options.weights, Path(scratch), **extra)
        if not verdict.ok:
            print(verdict.problem, verdict.log, sep="\n", file=sys.stderr)
            return 1
        shutil.copyfile(verdict.out / "portrait.png", options.output)
        if options.manual:
            options.manual.mkdir(exist_ok=True)
            for name, largest in MANUAL.items():
                with Image.open(verdict.out / f"{name}.png") as picture:
                    picture.thumbnail(largest)
                    picture.convert("RGB").save(options.manual / f"{name}.jpg", quality=80)
            trusted(options.weights).save(options.manual / "trust.jpg", quality=86, optimize=True)
    return 0


def trusted(weights: Path | None) -> Image.Image:
    """A row for each crooked sketch: what is drawn in the face's frame, the face at Realism and at Conformance."""
    generator = FaceGenerator.load(weights) if weights else FaceGenerator.load()
    rows = []
    for name, seed in CROOKED.items():
        sketch = crooked(SKETCH.with_name(f"{name}.png"), seed)
        faces = [generator.generate(sketch, trust=Trust(trust)) for trust in (-1, 1)]
        shown = in_frame(sketch, faces[0]), *(face.image for face in faces)
        rows.append(np.hstack([cv2.resize(each, (SHOWN, SHOWN), interpolation=cv2.INTER_AREA) for each in shown]))
    return Image.fromarray(np.vstack(rows))


def crooked(file: Path, seed: int) -> np.ndarray:
    """A sketch on white paper, bent: H x W x 3 uint8."""
    drawn = Image.open(file).convert("RGBA")
    paper = np.asarray(Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB"))
    knots = np.random.default_rng(seed).uniform(-FARTHEST, FARTHEST, (KNOTS, KNOTS, 2)).astype(np.float32)
    field = cv2.resize(knots, drawn.size, interpolation=cv2.INTER_CUBIC) * max(drawn.size)
    across, down = np.meshgrid(*(np.arange(side, dtype=np.float32) for side in drawn.size))
    return cv2.remap(paper, field[..., 0] + across, field[..., 1] + down, cv2.INTER_AREA, borderValue=(255,) * 3)


def in_frame(sketch: np.ndarray, face: Face) -> np.ndarray:
    """What is drawn in a face's frame; white where that reaches beyond the sketch."""
    left, top, width, height = face.frame.left, face.frame.top, face.frame.width, face.frame.height
    sheet = Image.new("RGB", (width, height), "white")
    sheet.paste(Image.fromarray(sketch), (-left, -top))
    return np.asarray(sheet)


if __name__ == "__main__":
    sys.exit(main())
