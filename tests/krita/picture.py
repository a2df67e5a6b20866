"""Makes the README's picture of Krita again. Run: python tests/krita/picture.py -o krita_plugin/krita.png"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from krita_harness import REPOSITORY, run_in_fresh_krita

SKETCH = REPOSITORY / "dfp" / "examples" / "example_sketch.png"


def main() -> int:
    """Run it; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True, help="where the picture goes")
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
    return 0


if __name__ == "__main__":
    sys.exit(main())
