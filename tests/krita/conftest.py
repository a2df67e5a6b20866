"""A real Krita for the tests: a warm private profile, the plugin installed by its own installer."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from krita_harness import REPOSITORY, SCENARIOS, Profile, Verdict, missing_programs, processes_of, run_krita

RELEASE = REPOSITORY / "dfp" / "release"
AFTERMATH_S = 15

RunScenario = Callable[..., Verdict]


@pytest.fixture(scope="session")
def warm_profile(tmp_path_factory: pytest.TempPathFactory) -> Profile:
    """A home in which Krita has been started once, without our plugin."""
    missing = missing_programs()
    if missing:
        pytest.skip("A real Krita is not at hand here: " + ", ".join(missing) + " not installed.")
    folder = tmp_path_factory.mktemp("krita")
    profile = Profile.create(folder / "warm")
    verdict = run_krita(profile, SCENARIOS / "warm_up.py", folder / "out")
    assert verdict.ok, verdict.problem + verdict.log
    return profile


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release weights, or, in a checkout without them, weights that draw noise."""
    released = sorted(RELEASE.glob("*.safetensors"))
    if released:
        return released[0]
    import torch

    from dfp.config import ModelConfig
    from dfp.networks import MainGenerator
    from dfp.weights import save

    torch.manual_seed(0)
    file = tmp_path_factory.mktemp("weights") / "noise.safetensors"
    config = ModelConfig()
    save(file, MainGenerator(config), config)
    return file


@pytest.fixture
def profile(warm_profile: Profile, tmp_path: Path) -> Profile:
    """A warm home of its own for one test, still without our plugin."""
    return warm_profile.copy(tmp_path / "profile")


@pytest.fixture
def installed(profile: Profile, weights: Path) -> Profile:
    """A home in which `dfp-krita install` has been run."""
    done = profile.dfp_krita("install", "--weights", str(weights))
    assert done.returncode == 0, done.stderr
    return profile


@pytest.fixture
def run_scenario(tmp_path: Path) -> RunScenario:
    """Run a scenario by name and fail with what it says; nothing may be left running after it."""

    def run(profile: Profile, name: str, **environment: str) -> Verdict:
        verdict = run_krita(profile, SCENARIOS / f"{name}.py", tmp_path / "out", **environment)
        for picture in sorted(verdict.out.glob("*.png")):
            print(f"screenshot: {picture}", file=sys.stderr)
        assert verdict.ok, f"{verdict.problem}\n{verdict.log}"
        until = time.monotonic() + AFTERMATH_S
        while processes_of(profile) and time.monotonic() < until:
            time.sleep(0.1)
        assert not processes_of(profile), "Krita has left a process behind"
        return verdict

    return run
