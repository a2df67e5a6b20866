"""The harness itself: a Krita that hangs costs its time limit and no more, and nothing of it is left."""

from pathlib import Path

import pytest
from krita_harness import SCENARIOS, Profile, processes_of, run_krita
from krita_root import VARIABLE, why_no_krita

# It does not end when it is asked to, nor does the child in a session of its own that keeps its output open.
HANGING = """#!/bin/sh
trap '' TERM
setsid sh -c "trap '' TERM; while :; do sleep 1; done" &
while :; do sleep 1; done
"""


def test_a_hanging_krita_is_ended_with_all_its_children(tmp_path: Path) -> None:
    if lacking := why_no_krita():
        pytest.skip(lacking)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "krita").write_text(HANGING)
    (programs / "krita").chmod(0o755)
    profile = Profile.create(tmp_path / "profile")
    path = f"{programs}:/usr/bin:/bin"
    verdict = run_krita(profile, SCENARIOS / "warm_up.py", tmp_path / "out", limit_s=1, aftermath_s=0.5, PATH=path)
    assert not verdict.ok
    assert "no verdict" in verdict.problem
    assert verdict.left
    assert processes_of(profile) == []


def test_a_folder_without_a_krita_is_told_in_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    said = why_no_krita()
    assert f"{tmp_path}, which has no krita" in said or "not installed here" in said, said
    assert said.endswith(".")
