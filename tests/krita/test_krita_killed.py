"""kill -9 of Krita in the middle of live work, and what another Krita, with and without the plugin, finds then."""

from pathlib import Path

from conftest import RunScenario
from krita_harness import LIMIT_S, SCENARIOS, Profile, run_krita

AUTOSAVE_S = 3


def test_killed_in_the_middle_of_live_work(
    installed: Profile, warm_profile: Profile, tmp_path: Path, run_scenario: RunScenario
) -> None:
    """Sketches are byte-identical to what was saved, by the painter and by Krita itself; histories are whole."""
    # Entries before the first group; Krita's own default is some minutes.
    installed.kritarc.write_text(f"AutoSaveInterval={AUTOSAVE_S}\n" + installed.kritarc.read_text())
    killed = run_krita(installed, SCENARIOS / "killed.py", tmp_path / "out", LIMIT_S)
    assert (killed.out / "killed").exists(), f"{killed.problem}\n{killed.log}"
    # Krita asks which of the two to open, and a Krita in batch mode throws this one away.
    (killed.out / "killed.kra-autosave.kra").rename(killed.out / "recovered.kra")
    assert not killed.left, f"the killed Krita has left behind {killed.left}"
    run_scenario(warm_profile.copy(tmp_path / "without"), "without_plugin")
    run_scenario(installed, "after_kill")
