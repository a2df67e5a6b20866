"""Runs scenarios in a real GIMP 3: a private profile, no screen or one of its own, a positive verdict, a time limit.

GIMP is the one in the root folder that DFP_GIMP_ROOT names (see gimp_root.sh), else the one on the PATH.
"""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from krita_plugin.gimp.profile import installed_version

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
SCENARIOS = HERE / "scenarios"
ROOT_SCRIPT = HERE / "gimp_root.sh"
# A scenario makes some twenty faces, each in a process of its own.
LIMIT_S = 600
NO_GIMP = "A real GIMP 3 is not at hand here: set DFP_GIMP_ROOT (see tests/gimp/gimp_root.sh) or install gimp 3."


def root_folder() -> str:
    """The root with a GIMP in it; "" for the computer's own."""
    return os.environ.get("DFP_GIMP_ROOT", "")


@cache
def version() -> str:
    """Of the GIMP for the tests, as in "3.0"; "" when there is none."""
    if not root_folder():
        return installed_version() or ""
    binaries = Path(root_folder(), "usr/bin")
    return next((file.name.split("-")[-1] for file in sorted(binaries.glob("gimp-console-3.*"))), "")


@dataclass(frozen=True)
class Verdict:
    """How a scenario ended: what each of its checks said, "" when all was well, and what GIMP wrote."""

    said: dict[str, str]
    log: str

    @property
    def problems(self) -> str:
        """All that went wrong, in lines; "" when nothing did."""
        bad = [f"{name}: {text}" for name, text in self.said.items() if text]
        return "\n".join([*bad, self.log]) if bad or not self.said else ""


@dataclass(frozen=True)
class Profile:
    """A painter's home folder, private to one test."""

    root: Path

    def environment(self, **extra: str) -> dict[str, str]:
        """Nothing of the developer's own session reaches GIMP or what it starts."""
        folders = {"XDG_CONFIG_HOME": "config", "XDG_CACHE_HOME": "cache", "XDG_RUNTIME_DIR": "runtime"}
        here = {name: str(self.root / folder) for name, folder in folders.items()}
        plain = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "OMP_WAIT_POLICY": "PASSIVE", "NO_AT_BRIDGE": "1"}
        return {**plain, "HOME": str(self.root), **here, **extra}

    @property
    def gimp(self) -> Path:
        """GIMP's settings."""
        return self.root / "config/GIMP" / version()

    @property
    def note(self) -> Path:
        """How the plug-in starts the server."""
        return self.gimp / "plug-ins/dfp_gimp/server.json"

    @classmethod
    def create(cls, root: Path) -> "Profile":
        """A home in which `dfp-gimp install` has been run."""
        profile = cls(root)
        for name in ("config", "cache", "runtime"):
            (root / name).mkdir(parents=True)
        (root / "runtime").chmod(0o700)
        profile.gimp.mkdir(parents=True)
        (profile.gimp / "gimprc").write_text("(check-updates no)\n")
        command = [sys.executable, "-m", "krita_plugin.gimp.cli", "install"]
        done = subprocess.run(command, cwd=REPOSITORY, env=profile.environment(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        assert profile.note.exists(), done.stdout
        return profile


def run_scenario(profile: Profile, name: str, out: Path, *, screen: bool = False, **extra: str) -> Verdict:
    """Run a file of the scenarios inside GIMP; with `screen` in its window."""
    out.mkdir(parents=True, exist_ok=True)
    start = f"import sys; sys.path.insert(0, {str(SCENARIOS)!r}); import inside; inside.run({name!r}, {str(out)!r})"
    batch = ["--quit", "--batch-interpreter=python-fu-eval", "-b", start]
    window = ["sh", str(HERE / "on_screen.sh"), "gimp", "--no-splash", *batch]
    gimp = window if screen else ["gimp-console", "-i", *batch]
    environment = profile.environment(DFP_REPOSITORY=str(REPOSITORY), **extra)
    log = _run(gimp, environment, [profile.root, out], out / "gimp.log")
    file = out / "said.json"
    return Verdict(json.loads(file.read_text()) if file.exists() else {}, log[-6000:])


def _run(command: list[str], environment: dict[str, str], folders: list[Path], log: Path) -> str:
    """Run a program where GIMP is, to its end or the time limit; returns what it wrote. No child is left behind."""
    inside = ["sh", str(ROOT_SCRIPT), "run", root_folder()] if root_folder() else []
    named = [f"{name}={value}" for name, value in environment.items()]
    with log.open("wb") as output:
        program = subprocess.Popen(
            [*inside, "env", "-i", *named, "timeout", "-k", "5", str(LIMIT_S), *command],
            env={**os.environ, "DFP_BINDS": ":".join(_seen_inside(folders))},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            program.wait(LIMIT_S + 15)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()
    return log.read_text(errors="replace")


def _seen_inside(folders: list[Path]) -> list[str]:
    """What a root has to show: the product, its Python, and the test's own folders, none of them twice."""
    wanted = [REPOSITORY, *map(Path, (sys.prefix, sys.base_prefix)), *map(Path, filter(None, sys.path)), *folders]
    there = sorted({folder.resolve() for folder in wanted if folder.is_dir()})
    return [str(one) for one in there if not any(other in one.parents for other in there)]


@contextlib.contextmanager
def no_server_on_the_path(profile: Profile) -> Iterator[Any]:
    """The plug-in finds no server while the block runs."""
    kept = profile.note.read_text()
    profile.note.unlink()
    try:
        yield
    finally:
        profile.note.write_text(kept)


def missing() -> list[str]:
    """Programs that a test with a screen needs and that are not there."""
    binaries = str(Path(root_folder(), "usr/bin")) if root_folder() else None
    return [name for name in ("Xvfb", "xdotool", "dbus-run-session") if shutil.which(name, path=binaries) is None]
