"""A real Krita for the tests: a warm private profile, the plugin installed by its own installer."""

import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from assembled_parts import parts_of
from krita_harness import AFTERMATH_S, LIMIT_S, PATIENCE, REPOSITORY, SCENARIOS, Profile, Verdict, run_krita
from krita_root import why_no_krita

from krita_plugin.assemble import assemble

RELEASE = REPOSITORY / "dfp" / "release"
# For whatever the limits of the programs themselves do not end.
TEST_LIMIT_S = round(420 * PATIENCE)

RunScenario = Callable[..., Verdict]


@pytest.fixture(autouse=True)
def limit() -> Iterator[None]:
    """No test takes for ever: after so long it fails where it waits, and what it has started is ended."""

    def too_long(*_: object) -> None:
        raise TimeoutError(f"the test took more than {TEST_LIMIT_S} s")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.alarm(TEST_LIMIT_S)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="session")
def warm_profile(tmp_path_factory: pytest.TempPathFactory, weights: Path) -> Profile:
    """A home in which Krita has been started once, without our plugin, and the model has been used once."""
    lacking = why_no_krita()
    if lacking:
        pytest.skip(lacking)
    folder = tmp_path_factory.mktemp("krita")
    profile = Profile.create(folder / "warm")
    verdict = run_krita(profile, SCENARIOS / "warm_up.py", folder / "out")
    assert verdict.ok, verdict.problem + verdict.log
    drawn = profile.dfp("generate", "--weights", str(weights), "-o", str(folder / "face.png"))
    assert drawn.returncode == 0, drawn.stderr
    return profile


@pytest.fixture(scope="session")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The release weights, or, in a checkout without them, weights that draw noise."""
    released = sorted(RELEASE.glob("*.safetensors"))
    if released:
        return released[0]
    import torch

    from dfp.model.config import ModelConfig
    from dfp.model.networks import MainGenerator
    from dfp.model.weights import save

    torch.manual_seed(0)
    file = tmp_path_factory.mktemp("weights") / "noise.safetensors"
    config = ModelConfig()
    save(file, MainGenerator(config), config)
    return file


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The assembled plugin."""
    target = tmp_path_factory.mktemp("assembled") / "dfp_krita"
    assemble(target)
    return target


@pytest.fixture(scope="module")
def part(folder: Path) -> Iterator[Any]:
    """Imports one module of the assembled plugin without the package's own start, which needs Krita."""
    yield from parts_of(folder, "assembled_dfp")


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
        verdict = run_krita(profile, SCENARIOS / f"{name}.py", tmp_path / "out", LIMIT_S, AFTERMATH_S, **environment)
        for picture in sorted(verdict.out.glob("*.png")):
            print(f"screenshot: {picture}", file=sys.stderr)
        assert verdict.ok, f"{verdict.problem}\n{verdict.log}"
        assert not verdict.left, f"Krita has left behind {verdict.left}"
        return verdict

    return run
