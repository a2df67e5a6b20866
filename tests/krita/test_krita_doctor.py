"""The check of the installation, from a button in Krita."""

import re

from conftest import RunScenario
from krita_harness import Profile


def test_the_check_of_the_installation(installed: Profile, run_scenario: RunScenario) -> None:
    """Findings as they come, stopped, a report without anything private, a sentence without the program."""
    notes = run_scenario(installed, "doctor").notes
    print(notes["status"], notes["shown"], notes["report"], sep="\n")
    assert notes["status"] == "One thing is to be mended."
    assert notes["shown"].startswith(
        "To be mended\n✘ The plugin in Krita is not whole: one file missing, dfp_krita.action first."
    )
    assert notes["shown"].count("✘") == 1
    assert "dfp-krita install" in notes["shown"]
    assert re.search(r"✔ Krita \d+\.\d+", notes["shown"])
    assert "✔ PyTorch" in notes["shown"]
    assert "The weights of the finder of heads are there" in notes["report"]
    assert str(installed.root) not in notes["report"]
