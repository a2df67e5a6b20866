"""Draws 60 sketches in a real Krita with its own brushes, and writes them with what is known of them.

Run: python tests/krita/draw_sketches.py [--only N]

The brush is led by mouse events along the strokes of drawn heads, without pressure. Every line of `places.json` tells
of one sketch: its file, preset and brush size, the square of each head, and the ways that the brush was led.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

SHEETS = Path(__file__).resolve().parent.parent / "dfp" / "sketch"
sys.path.insert(0, str(SHEETS))

from krita_harness import SCENARIOS, Profile, run_krita  # noqa: E402
from sheets.heads import HAIR, Looks, Stroke, head, landmarks  # noqa: E402  # pyright: ignore[reportMissingImports]
from sheets.square import square_by  # noqa: E402  # pyright: ignore[reportMissingImports]

from dfp.sketch.frame import Frame  # noqa: E402

FOLDER = SHEETS / "sheets" / "krita"
SIDE = 800  # of the document, which is written at half of that
WRITTEN = 400
COUNT = 60
OFF = 2  # pixels that strokes come to lie left of and above where they were led, seen on what was drawn
EACH_RUN = 6
POINTS = 16  # of a stroke
TONES = 16  # gray levels that are kept
# Words of a preset's name, and the sizes in pixels that it is used with.
BRUSHES: tuple[tuple[str, tuple[int, ...]], ...] = (
    ("Pencil-1 Hard", (3, 6)),
    ("Pencil-2", (5, 9)),
    ("Pencil-3 Large 4B", (14, 24)),
    ("Pencil-4 Soft", (8, 14)),
    ("Ink-1 Precision", (2, 5)),
    ("Ink-2 Fineliner", (3, 8)),
    ("Ink-3 Gpen", (6, 12)),
    ("Ink-4 Pen Rough", (5, 9)),
    ("Ink-7 Brush Rough", (10, 18)),
    ("Basic-1", (4, 32)),
    ("Basic-5 Size", (20, 28)),
    ("Airbrush Soft", (16, 30)),
    ("Marker Details", (6, 12)),
    ("Marker Plain", (12, 20)),
    ("Charcoal Rock Soft", (12, 20)),
    ("Chalk Grainy", (10, 16)),
    ("Bristles-1 Details", (8, 14)),
    ("Dry Bristles", (16, 24)),
    ("Wet Bristles Rough", (12, 20)),
    ("Sumi-e", (10, 16)),
)


def planned(number: int) -> dict:
    """What is drawn as one of the sketches: strokes in the document's pixels, and with what."""
    rng = np.random.default_rng([18, number])
    name, sizes = BRUSHES[number % len(BRUSHES)]
    round_ = number // len(BRUSHES)
    size = sizes[min(round_, len(sizes) - 1)]
    places, strokes = [], []
    two = number % 6 == 5 and size < 13
    for nth in range(2 if two else 1):
        side = int(rng.integers(330, 375) if two else rng.integers(520, 740))
        left = int(rng.integers(10, 390 - side) if two else rng.integers(20, SIDE - 20 - side)) + 400 * nth
        top = int(rng.integers(20, SIDE - 20 - side))
        looks = Looks(HAIR[int(rng.integers(3))], turned=float(rng.uniform(-0.5, 0.5)) if round_ == 2 else 0.0)
        square = square_by(landmarks(looks.turned), Frame(left, top, side, side))
        places.append((square.left, square.top, square.width, square.height))
        strokes += [stroke * side + (left, top) for stroke in head(rng, looks)]
    dark = number % 15 == 7
    return {
        "file": f"{number:02}.png",
        "preset": name,
        "size": size,
        "ink": 235 if dark else int(rng.integers(0, 70)),
        "paper": 40 if dark else int(rng.integers(235, 256)),
        "heads": places,
        "strokes": [_fewer(stroke) for stroke in strokes],
    }


def _fewer(stroke: Stroke) -> list[tuple[int, int]]:
    """A stroke's points about as often as a mouse says where it is, each on a whole pixel of the small sketch."""
    chosen = np.unique(np.linspace(0, len(stroke) - 1, POINTS).astype(int))
    scale = SIDE // WRITTEN
    return [(int(round(x / scale) * scale), int(round(y / scale) * scale)) for x, y in stroke[chosen]]


def written(plan: dict, drawn: Path) -> dict:
    """Keep a drawn sketch small, and give what is known of it, in the small one's pixels."""
    pixels = cv2.imread(str(drawn), cv2.IMREAD_GRAYSCALE)
    assert pixels is not None, drawn
    small = cv2.resize(pixels, (WRITTEN, WRITTEN), interpolation=cv2.INTER_AREA).astype(float)
    tones = Image.fromarray(np.round(small / 255 * (TONES - 1)).astype(np.uint8), "P")
    tones.putpalette([round(tone * 255 / (TONES - 1)) for tone in range(TONES) for _ in range(3)])
    tones.save(FOLDER / plan["file"], optimize=True, bits=4)
    scale = WRITTEN / SIDE
    known = {key: plan[key] for key in ("file", "preset", "size")}
    known["heads"] = [
        [round((left - OFF) * scale), round((top - OFF) * scale), round(width * scale), round(height * scale)]
        for left, top, width, height in plan["heads"]
    ]
    # x, y, x, y and so on: pairs would make the file a third longer.
    known["strokes"] = [[round((value - OFF) * scale) for place in way for value in place] for way in plan["strokes"]]
    return known


def main() -> int:
    """Run it; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", type=int, help="draw so many")
    plans = [planned(number) for number in range(parser.parse_args().only or COUNT)]
    FOLDER.mkdir(exist_ok=True)
    known = []
    with tempfile.TemporaryDirectory() as scratch:
        profile = Profile.create(Path(scratch) / "home")
        for start in range(0, len(plans), EACH_RUN):
            out = Path(scratch) / f"out{start}"
            out.mkdir()
            (out / "plan.json").write_text(json.dumps({"side": SIDE, "sketches": plans[start : start + EACH_RUN]}))
            verdict = run_krita(profile, SCENARIOS / "drawing.py", out)
            if not verdict.ok:
                print(verdict.problem, verdict.log[-2000:], sep="\n", file=sys.stderr)
                return 1
            print(verdict.notes, flush=True)
            known += [written(plan, out / plan["file"]) for plan in plans[start : start + EACH_RUN]]
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in known)
    (FOLDER / "places.json").write_text(f"[\n{lines}\n]\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
