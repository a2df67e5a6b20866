"""The check of the installation, from a button in Krita."""

import re

from conftest import RunScenario
from krita_harness import Profile


def test_the_check_of_the_installation(installed: Profile, run_scenario: RunScenario) -> None:
    """Findings as they come, stopped, a report without anything private, a sentence without the program."""
    notes = run_scenario(installed, "doctor").notes
    print(notes["status"], notes["shown"], notes["report"], sep="\n")
    assert "\n✘" not in notes["shown"]
    assert re.search(r"✔ Krita \d+\.\d+", notes["shown"])
    assert "✔ The plugin is installed in Krita" in notes["shown"]
    assert "✔ PyTorch" in notes["shown"]
    assert "of this version and switched on" in notes["report"]
    assert str(installed.root) not in notes["report"]
