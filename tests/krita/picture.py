"""Makes the README's picture of Krita and those of the plugin's manual again.

Run: python tests/krita/picture.py -o krita_plugin/krita.png --manual krita_plugin/manual
"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from krita_harness import REPOSITORY, run_in_fresh_krita
from PIL import Image

# The largest width and height of each: the page of the manual is narrow, and all of it is carried along in the plugin.
MANUAL = {
    "window": (720, 720),
    "colours": (280, 480),
    "docker": (280, 560),
    "history": (280, 800),
    "settings": (480, 480),
}
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
    return 0


if __name__ == "__main__":
    sys.exit(main())
