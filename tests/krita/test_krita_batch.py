"""Faces for many layers in a real Krita."""

import os

from conftest import RunScenario
from krita_harness import Profile


def test_a_batch(installed: Profile, run_scenario: RunScenario) -> None:
    """Several layers of a group with an empty, a locked and a vector one; stopped half-way and started again.

    DFP_BATCH_LAYERS=50 takes as many.
    """
    run_scenario(installed, "batch", DFP_BATCH_LAYERS=os.environ.get("DFP_BATCH_LAYERS", "6"))


def test_keyframes(installed: Profile, run_scenario: RunScenario) -> None:
    """An animated drawing gets a layer of faces with its keyframes, by one undo step; stopped and started again."""
    run_scenario(installed, "keyframes")
