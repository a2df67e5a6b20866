"""The plug-in in GIMP's window, on a screen of its own."""

import sys
from pathlib import Path

import pytest
from gimp_harness import Profile, missing, run_scenario


def test_window(profile: Profile, tmp_path: Path) -> None:
    lacking = missing()
    if lacking:
        pytest.skip("A screen for GIMP is not at hand here: " + ", ".join(lacking) + " not installed.")
    verdict = run_scenario(profile, "window", tmp_path / "out", screen=True)
    for picture in sorted((tmp_path / "out").glob("*.png")):
        print(f"screenshot: {picture}", file=sys.stderr)
    assert not verdict.problems, verdict.problems
