"""What `dfp doctor` looks at of Krita: the program, the plugin in its profiles, the server that the plugin starts."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from dfp.doctor.finding import Check, Finding, Level, Subject, fine, warning, wrong
from dfp.doctor.places import look_at_privacy
from dfp.doctor.programs import said_by
from dfp.doctor.repair import line
from krita_plugin.assemble import ACTION, DESKTOP, HERE, NAME, assemble
from krita_plugin.doctor.files import Difference, compare
from krita_plugin.doctor.launch import LIMIT_S, look_at_note, read_json
from krita_plugin.doctor.profiles import Placed, profiles
from krita_plugin.kritarc import enabled

ASKING_S = 20.0
# Krita's own folders of these systems; an AppImage may be anywhere.
KNOWN_PLACES = (
    Path("/Applications/krita.app/Contents/MacOS/krita"),
    Path("C:/Program Files/Krita (x64)/bin/krita.com"),
)
OLDEST = (5, 1)
INSTALL = "Install the plugin, then start Krita again."
RENEW = "Install the plugin again, then start Krita again."


def look_at_program() -> Iterator[Finding]:
    """Whether Krita is there, and new enough."""
    found = shutil.which("krita") or next((str(path) for path in KNOWN_PLACES if path.exists()), None)
    if found is None:
        if any(placed.sandbox for placed in profiles()):
            yield fine("Krita is there as a Flatpak or Snap.")
            return
        if "krita" in os.environ.get("APPIMAGE", "").lower():
            yield fine("Krita runs as an AppImage.")
            return
        says = "Krita is not on the PATH. An AppImage need not be."
        yield warning(says, "If you have none, install Krita, from krita.org or with your system's packages.")
        return
    said = said_by(found, "--version", limit_s=ASKING_S) or ""
    version = re.search(r"(\d+)\.(\d+)[\w.-]*", said)
    if version is None:
        yield fine(f"Krita is there, {found}. It tells its version only where there is a screen.")
    elif (int(version[1]), int(version[2])) < OLDEST:
        yield wrong(f"Krita is of version {version[0]}, and the plugin needs 5.1.", "Install a newer Krita.")
    else:
        yield fine(f"Krita {version[0]} is there, {found}.")


def look_at_plugin() -> Iterator[Finding]:
    """The plugin in each of the painter's Kritas."""
    with tempfile.TemporaryDirectory() as scratch:
        fresh = Path(scratch) / NAME
        assemble(fresh)
        for placed in profiles():
            if placed.profile.resources.exists() or placed.sandbox or shutil.which("krita"):
                yield from _look_at_profile(placed, fresh)


def _look_at_profile(placed: Placed, fresh: Path) -> Iterator[Finding]:
    profile, command = placed.profile, placed.install
    if not profile.package.exists():
        if not profile.desktop.exists():
            yield warning(f"The plugin is not installed in {placed.called}, {profile.resources}.", INSTALL, command)
            return
        yield wrong(f"The plugin's folder is missing: {profile.package}.", RENEW, command)
        return
    differing = compare(profile.package, fresh)
    for there, ours in ((profile.desktop, HERE / DESKTOP), (profile.action, HERE / ACTION)):
        differing += compare(there, ours)
    if differing:
        yield _stale(placed, differing)
        return
    settings = profile.kritarc.read_bytes() if profile.kritarc.exists() else b""
    if enabled(settings) != settings:
        says = f"The plugin is installed in {placed.called}, but not switched on in {profile.kritarc}."
        cure = "Switch it on: close Krita and type the command, or Settings, Configure Krita, Python Plugin Manager."
        yield wrong(says, cure, command)
        return
    yield fine(f"The plugin is installed in {placed.called}, {profile.resources}, of this version and switched on.")


def _stale(placed: Placed, differing: list[Difference]) -> Finding:
    missing = [one.name for one in differing if one.missing]
    count = f"{len(differing)} files" if len(differing) > 1 else "one file"
    if len(missing) == len(differing):
        says = f"The plugin in {placed.called} is not whole: {count} missing, {missing[0]} first."
        return wrong(says, RENEW, placed.install)
    first = next(one.name for one in differing if not one.missing)
    says = f"The plugin in {placed.called} is not of this program's version: {count} other than its own, {first} first."
    return wrong(says, RENEW, placed.install)


def look_at_launch() -> Iterator[Finding]:
    """Whether the plugin can start a face server, and one of this version."""
    for placed in profiles():
        if placed.profile.package.exists():
            yield look_at_note(placed.profile.note, f"The plugin in {placed.called}", RENEW, placed.install)


def look_at_settings() -> Iterator[Finding]:
    """What the painter has set, where it holds a token."""
    for placed in profiles():
        path = placed.profile.settings
        if not path.is_file():
            continue
        remote = bool(read_json(path).get("address"))
        what = "the plugin's settings, which hold a token" if remote else "the plugin's settings"
        exposed = look_at_privacy(path, what, 0o077, Level.WARNING) if remote else None
        where = "a server on another computer" if remote else "this computer"
        yield exposed or fine(f"Faces in {placed.called} are made by {where}.")


def secrets() -> Iterator[str]:
    """The token and the address of a server on another computer."""
    for placed in profiles():
        saved = read_json(placed.profile.settings)
        yield from (str(saved[name]) for name in ("token", "address", "certificate") if saved.get(name))


SUBJECT = Subject(
    "Krita",
    40,
    (
        Check("krita", "Krita", look_at_program),
        Check(
            "plugin",
            "Plugin in Krita",
            look_at_plugin,
            needs=("packages", "temporary"),
            cure=RENEW,
            command=line("dfp-krita", "install"),
        ),
        Check("launch", "Server that the plugin starts", look_at_launch, LIMIT_S),
        Check("settings", "Plugin's settings", look_at_settings),
    ),
    secrets,
)
