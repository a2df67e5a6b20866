"""The plug-in in a real GIMP without a screen, with the real server that it starts itself."""

import json
from pathlib import Path

import pytest
from gimp_harness import Profile, no_server_on_the_path, run_scenario


@pytest.mark.parametrize("name", ["faces", "pictures", "refusals"])
def test_scenario(profile: Profile, tmp_path: Path, name: str) -> None:
    verdict = run_scenario(profile, name, tmp_path / "out")
    assert not verdict.problems, verdict.problems
    assert ("This does not look like one face from the front" in verdict.log) == (name == "pictures"), verdict.log


def test_no_server_is_one_sentence(profile: Profile, tmp_path: Path) -> None:
    with no_server_on_the_path(profile):
        sentence = "The face server is not installed. Run “pip install deepfacepencil-krita” and “dfp-gimp install”"
        problems = run_scenario(profile, "no_server", tmp_path / "out", DFP_SENTENCE=sentence).problems
    assert not problems, problems


def test_a_server_that_ends_at_once_says_why(profile: Profile, tmp_path: Path) -> None:
    with no_server_on_the_path(profile):
        profile.note.write_text(json.dumps({"command": ["/bin/sh", "-c", "echo no such weights >&2; exit 3"]}))
        sentence = "The face server could not start: no such weights"
        problems = run_scenario(profile, "no_server", tmp_path / "out", DFP_SENTENCE=sentence).problems
    assert not problems, problems


def test_it_speaks_the_language_that_gimp_speaks(profile: Profile, tmp_path: Path) -> None:
    with no_server_on_the_path(profile):
        sentence = "Der Gesichtsserver ist nicht installiert."
        verdict = run_scenario(profile, "no_server", tmp_path / "out", DFP_SENTENCE=sentence, LANGUAGE="de")
    assert not verdict.problems, verdict.problems
