"""kill -9 of Krita in the middle of a batch, and how it goes on in the next Krita."""

import shutil
from pathlib import Path

from conftest import RunScenario
from krita_harness import LIMIT_S, SCENARIOS, Profile, run_krita

AUTOSAVE_S = 1


def killed(profile: Profile, scenario: str, out: Path) -> None:
    """Run a scenario that kills its Krita."""
    (out / "killed").unlink(missing_ok=True)
    verdict = run_krita(profile, SCENARIOS / f"{scenario}.py", out, LIMIT_S)
    assert (out / "killed").exists(), f"{verdict.problem}\n{verdict.log}"
    assert not verdict.left, f"the killed Krita has left behind {verdict.left}"


def test_a_batch_goes_on(installed: Profile, tmp_path: Path, run_scenario: RunScenario) -> None:
    """Over layers and over keyframes: nothing is made twice, nothing drawn twice, no drawing changed."""
    # Entries before the first group; Krita's own default is some minutes.
    installed.kritarc.write_text(f"AutoSaveInterval={AUTOSAVE_S}\n" + installed.kritarc.read_text())
    out = tmp_path / "out"
    killed(installed, "batch_killed", out)
    # Whether Krita saved by itself once more, just before its end, is chance.
    shutil.copy(out / "kept-autosave.kra", out / "batch.kra-autosave.kra")
    killed(installed, "batch_goes_on", out)
    run_scenario(installed, "keyframes_go_on")
