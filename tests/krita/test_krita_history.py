"""The history in a real Krita, with the plugin and without it."""

from conftest import RunScenario
from krita_harness import Profile


def test_the_history(installed: Profile, run_scenario: RunScenario) -> None:
    """Faces of strokes and of live; looked at, applied, restored, compared, made again, pinned, deleted, saved."""
    run_scenario(installed, "history")
