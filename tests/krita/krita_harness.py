"""Runs scenarios in a real Krita: private profile, own display, positive verdict, outer time limit.

Whatever a run has started is gone when it ends, well or badly: Krita, its screen, its message bus, its face server.
"""

import contextlib
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from krita_root import HERE, REPOSITORY, in_kritas_place

SCENARIO_PLUGIN = HERE / "scenario_plugin"
SCENARIOS = SCENARIO_PLUGIN / "scenarios"
# On a machine that is busy with other work everything may take so many times as long.
PATIENCE = float(os.environ.get("DFP_KRITA_PATIENCE", "1"))
# A scenario ends itself after its watchdog's time (see the runner); this ends a Krita that hangs.
LIMIT_S = round(200 * PATIENCE)
# What Krita has started may take so long to notice that Krita is gone.
AFTERMATH_S = round(15 * PATIENCE)
# A program that has not said its first line by then is ended.
FIRST_LINE_S = 60 * PATIENCE
ENDING_S = 10


def _sockets(folder: str, names: list[str]) -> list[str]:
    """What Krita leaves in its folders for other instances and must not be copied."""
    return [name for name in names if stat.S_ISSOCK(os.lstat(os.path.join(folder, name)).st_mode)]


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
            # The server's threads sleep while they wait, because Krita and its screen want the same processors.
            "OMP_WAIT_POLICY": "PASSIVE",
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
        return self._run("krita_plugin.cli", *arguments)

    def dfp(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the real `dfp` as a painter of this profile."""
        return self._run("dfp", *arguments)

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", program, *arguments],
            cwd=REPOSITORY,
            env=self.environment(),
            capture_output=True,
            text=True,
            timeout=180 * PATIENCE,
            check=False,
        )


@dataclass(frozen=True)
class Verdict:
    """How one scenario ended. `left`: the command lines that still ran a while after Krita had ended."""

    ok: bool
    problem: str
    notes: dict[str, Any]
    out: Path
    log: str
    left: list[str]


@contextlib.contextmanager
def running(command: Sequence[object], **options: Any) -> "Iterator[subprocess.Popen[str]]":
    """A program in a session of its own, whose output is a pipe; it and its children are ended with the block."""
    command = [str(word) for word in command]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True, **options)
    try:
        yield program
    finally:
        program.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            program.wait(ENDING_S)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(program.pid, signal.SIGKILL)
        program.wait()
        if program.stdout is not None:
            program.stdout.close()


def first_line(program: "subprocess.Popen[str]") -> str:
    """The first line of a program's output; "" when it ends, or has to be ended, before it says one."""
    assert program.stdout is not None
    patience = threading.Timer(FIRST_LINE_S, program.kill)
    patience.start()
    try:
        return program.stdout.readline()
    finally:
        patience.cancel()


@contextlib.contextmanager
def display() -> Iterator[str]:
    """A screen of its own. Xvfb picks a free number and says it when it is ready; xvfb-run only guesses."""
    # Without -noreset it starts anew when Krita's first, short connection ends, and refuses the second one.
    command = ["Xvfb", "-noreset", "-displayfd", "1", "-screen", "0", "1600x1000x24", "-nolisten", "tcp"]
    # The limit is for the case that nobody is left to end it.
    with running(["timeout", "-k", "5", 2 * LIMIT_S, *command], stderr=subprocess.DEVNULL) as server:
        yield ":" + first_line(server).strip()


def run_krita(
    profile: Profile,
    scenario: Path,
    out: Path,
    limit_s: int = LIMIT_S,
    aftermath_s: float = AFTERMATH_S,
    **extra: str,
) -> Verdict:
    """Start Krita in the profile, run the scenario in it, and read what it wrote down."""
    out.mkdir(parents=True, exist_ok=True)
    (out / "verdict.json").unlink(missing_ok=True)
    told = {"DFP_SCENARIO": str(scenario), "DFP_SCENARIO_OUT": str(out), "DFP_KRITA_PATIENCE": str(PATIENCE)}
    environment = profile.environment(**told, **extra)
    krita = in_kritas_place(["dbus-run-session", "--", "krita", "--nosplash"], (profile.root.parent, out))
    command = ["timeout", "-k", "5", str(limit_s), *krita]
    try:
        with display() as environment["DISPLAY"]:
            status = _run_to_the_end(command, environment, out / "krita.log", limit_s)
        left = _outlived(profile, aftermath_s)
    finally:
        _kill_all(profile)
    log = (out / "krita.log").read_text(errors="replace")[-12000:]
    file = out / "verdict.json"
    if not file.exists():
        return Verdict(False, f"Krita ended with {status} and no verdict", {}, out, log, left)
    said = json.loads(file.read_text())
    return Verdict(said["ok"] and status == 0, said["problem"] or "", said["notes"], out, log, left)


def _run_to_the_end(command: Sequence[str], environment: Mapping[str, str], log: Path, limit_s: int) -> int:
    """Run a program until it ends, or has to be ended; returns its status.

    It writes to a file: a pipe would stay open as long as any child is left behind, and whoever reads it would wait
    for ever.
    """
    with log.open("wb") as output:
        program = subprocess.Popen(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            return program.wait(limit_s + 2 * ENDING_S)
        except subprocess.TimeoutExpired:
            return -signal.SIGKILL
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(program.pid, signal.SIGKILL)
            program.wait()


def _outlived(profile: Profile, aftermath_s: float) -> list[str]:
    """What still runs a while after Krita has ended, as command lines."""
    until = time.monotonic() + aftermath_s
    while (left := processes_of(profile)) and time.monotonic() < until:
        time.sleep(0.1)
    return [_command_line(number) for number in left]


def _command_line(number: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{number}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return "a process that has ended meanwhile"


def _kill_all(profile: Profile) -> None:
    """End whatever runs with this profile's home, until nothing does."""
    until = time.monotonic() + ENDING_S
    while (left := processes_of(profile)) and time.monotonic() < until:
        for number in left:
            with contextlib.suppress(OSError):
                os.kill(number, signal.SIGKILL)
        time.sleep(0.05)


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
    return run_krita(profile, SCENARIOS / f"{scenario}.py", scratch / "out", LIMIT_S, AFTERMATH_S, **extra)
