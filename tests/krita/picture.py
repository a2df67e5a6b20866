"""Makes the README's picture of Krita again. Run: python tests/krita/picture.py -o krita_plugin/krita.png"""

import argparse
import shutil
import sys
import tempfile
from pathlib import Path

from krita_harness import REPOSITORY, SCENARIOS, Profile, run_krita

SKETCH = REPOSITORY / "dfp" / "examples" / "example_sketch.png"


def main() -> int:
    """Run it; returns the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-o", "--output", type=Path, required=True, help="where the picture goes")
    parser.add_argument("--sketch", type=Path, default=SKETCH, help="what is drawn (default: the example)")
    parser.add_argument("--weights", type=Path, help="weights for the server (default: the bundled)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        profile = Profile.create(Path(scratch) / "home")
        weights = ["--weights", str(options.weights.resolve())] if options.weights else []
        profile.dfp_krita("install", *weights).check_returncode()
        out = Path(scratch) / "out"
        verdict = run_krita(profile, SCENARIOS / "portrait.py", out, DFP_PORTRAIT=str(options.sketch.resolve()))
        if not verdict.ok:
            print(verdict.problem, verdict.log, sep="\n", file=sys.stderr)
            return 1
        shutil.copyfile(out / "portrait.png", options.output)
    return 0


if __name__ == "__main__":
    sys.exit(main())
