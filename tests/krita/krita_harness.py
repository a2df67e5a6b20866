"""Runs scenarios in a real Krita: private profile, own display, positive verdict, outer timeout."""

import contextlib
import json
import os
import shutil
import stat
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
SCENARIO_PLUGIN = HERE / "scenario_plugin"
SCENARIOS = SCENARIO_PLUGIN / "scenarios"
LIMIT_S = 270
NEEDED = ("krita", "Xvfb", "dbus-run-session", "timeout")


def _sockets(folder: str, names: list[str]) -> list[str]:
    """What Krita leaves in its folders for other instances and must not be copied."""
    return [name for name in names if stat.S_ISSOCK(os.lstat(os.path.join(folder, name)).st_mode)]


def missing_programs() -> list[str]:
    """The programs that a real Krita run needs and this machine lacks."""
    return [name for name in NEEDED if shutil.which(name) is None]


@dataclass(frozen=True)
class Profile:
    """A painter's home folder, private to one Krita run."""

    root: Path

    def environment(self, **extra: str) -> dict[str, str]:
        """Nothing of the developer's own session reaches Krita or what it starts."""
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "HOME": str(self.root / "home"),
            "XDG_DATA_HOME": str(self.root / "data"),
            "XDG_CONFIG_HOME": str(self.root / "config"),
            "XDG_CACHE_HOME": str(self.root / "cache"),
            "XDG_RUNTIME_DIR": str(self.root / "runtime"),
            "TMPDIR": str(self.root / "tmp"),
            **extra,
        }

    @property
    def pykrita(self) -> Path:
        """Where Krita looks for the painter's Python plugins."""
        return self.root / "data/krita/pykrita"

    @property
    def kritarc(self) -> Path:
        """Krita's settings."""
        return self.root / "config/kritarc"

    @classmethod
    def create(cls, root: Path) -> "Profile":
        """An empty home with the scenario plugin linked in and enabled."""
        profile = cls(root)
        for name in ("home", "data", "config", "cache", "runtime", "tmp"):
            (root / name).mkdir(parents=True)
        (root / "runtime").chmod(0o700)
        profile.pykrita.mkdir(parents=True)
        for name in ("dfp_scenario", "dfp_scenario.desktop"):
            (profile.pykrita / name).symlink_to(SCENARIO_PLUGIN / name)
        profile.kritarc.write_text("[python]\nenable_dfp_scenario=true\n")
        return profile

    def copy(self, root: Path) -> "Profile":
        """The same home elsewhere."""
        shutil.copytree(self.root, root, symlinks=True, ignore=_sockets)
        return Profile(root)

    def dfp_krita(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the real `dfp-krita` as a painter of this profile."""
        return subprocess.run(
            [sys.executable, "-m", "krita_plugin.cli", *arguments],
            cwd=REPOSITORY,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )


@dataclass(frozen=True)
class Verdict:
    """How one scenario ended."""

    ok: bool
    problem: str
    notes: dict[str, Any]
    out: Path
    log: str


@contextlib.contextmanager
def display() -> Iterator[str]:
    """A screen of its own. Xvfb picks a free number and says it when it is ready; xvfb-run only guesses."""
    # Without -noreset it starts anew when Krita's first, short connection ends, and refuses the second one.
    command = ["Xvfb", "-noreset", "-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout is not None
        try:
            yield ":" + server.stdout.readline().strip()
        finally:
            server.terminate()


def run_krita(profile: Profile, scenario: Path, out: Path, **extra: str) -> Verdict:
    """Start Krita in the profile, run the scenario in it, and read what it wrote down."""
    out.mkdir(parents=True, exist_ok=True)
    environment = profile.environment(DFP_SCENARIO=str(scenario), DFP_SCENARIO_OUT=str(out), **extra)
    command = ["timeout", "-k", "5", str(LIMIT_S), "dbus-run-session", "--", "krita", "--nosplash"]
    with display() as environment["DISPLAY"]:
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, errors="replace")
    log = done.stdout[-4000:] + done.stderr[-8000:]
    file = out / "verdict.json"
    if not file.exists():
        return Verdict(False, f"Krita ended with {done.returncode} and no verdict", {}, out, log)
    said = json.loads(file.read_text())
    return Verdict(said["ok"] and done.returncode == 0, said["problem"] or "", said["notes"], out, log)


def processes_of(profile: Profile) -> list[int]:
    """Processes that still run with this profile's home: what a Krita run has left behind."""
    mark = f"HOME={profile.root / 'home'}".encode()
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            environment = (entry / "environ").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark in environment:
            found.append(int(entry.name))
    return found


def run_in_fresh_krita(scenario: str, weights: "Path | None", scratch: Path, **extra: str) -> Verdict:
    """Run a scenario by name in a new profile under `scratch`, with the plugin installed for it."""
    profile = Profile.create(scratch / "home")
    options = ["--weights", str(weights.resolve())] if weights else []
    profile.dfp_krita("install", *options).check_returncode()
    return run_krita(profile, SCENARIOS / f"{scenario}.py", scratch / "out", **extra)
