"""What stands in a report that is sent to others: no names of people, computers, drawings, and nothing secret."""

import contextlib
import getpass
import os
import re
import socket
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

# Nobody is known by these.
EVERYBODY = frozenset({"root", "user", "admin", "krita", "gimp", "python", "dfp", "localhost", "local", "home"})
PICTURES = "png|jpe?g|webp|tiff?|gif|bmp|avif|psd|kra|krz|ora|xcf|svg|gpl"
A_PICTURE = re.compile(rf"[^\n\"'“”`:;,()<>|]*\.(?P<kind>{PICTURES})\b", re.IGNORECASE)
# Long words of letters and digits that no person would type.
A_KEY = re.compile(r"(?<![\w/.-])(?=[\w-]*\d)(?=[\w-]*[A-Z])(?=[\w-]*[a-z])[\w-]{24,}(?![\w/-])")
SOMEBODYS_HOME = re.compile(r"(?<![\w.~])(?:/home|/Users|[A-Za-z]:\\Users)[/\\][^/\\\s'\"“”]+")
# Folders that are alike on all computers; of any other absolute path only its end is left.
ALIKE = "usr|bin|lib|lib64|etc|opt|proc|sys|dev|run|var|snap|nix|Applications|Library|System"
QUOTED_PATH = re.compile(rf"(?P<quote>['\"“])/(?!(?:{ALIKE})/)[^'\"”\n]*/(?P<last>[^/'\"”\n]+)(?P<end>['\"”])")
A_PATH = re.compile(
    rf"(?<![\w.~/:$>])/(?!(?:{ALIKE})/)[^/\s'\"“”,;()]+(?:/[^/\s'\"“”,;()]+)*/(?P<last>[^/\s'\"“”,;()]+)"
)
AN_ADDRESS = re.compile(r"\b(?!127\.|0\.0\.0\.0)\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b(?![.\d])")
# Folders that a variable names.
NAMED = "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_RUNTIME_DIR", "TMPDIR"
NAMED_ELSEWHERE = "APPDATA", "LOCALAPPDATA", "TEMP"


class Discretion:
    """Takes out of texts what is private."""

    def __init__(self, secrets: Iterable[str] = (), environment: Mapping[str, str] = os.environ):
        """secrets: other words that must not be left."""
        # Longer ones first: one may be a part of another.
        self._secrets = sorted(filter(None, secrets), key=len, reverse=True)
        folders = sorted(_folders(environment).items(), key=lambda pair: len(pair[0]), reverse=True)
        self._folders = [(re.compile(rf"(?<![\w.~-]){re.escape(path)}(?![\w-])"), name) for path, name in folders]
        names = sorted({*_users(environment), *_hosts()}, key=len, reverse=True)
        self._names = [
            re.compile(rf"(?<![A-Za-z0-9]){re.escape(n)}(?![A-Za-z0-9])", re.IGNORECASE)
            for n in names
            if n.lower() not in EVERYBODY
        ]

    def __call__(self, text: str) -> str:
        """The text without what is private."""
        for secret in self._secrets:
            text = text.replace(secret, "<secret>")
        for folder, name in self._folders:
            text = folder.sub(lambda _, name=name: name, text)
        text = SOMEBODYS_HOME.sub("~", text)
        text = A_PICTURE.sub(lambda found: f" <picture>.{found['kind']}", text)
        text = QUOTED_PATH.sub(lambda found: f"{found['quote']}…/{found['last']}{found['end']}", text)
        text = A_PATH.sub(lambda found: f"…/{found['last']}", text)
        text = AN_ADDRESS.sub("<address>", A_KEY.sub("<key>", text))
        for whose in self._names:
            text = whose.sub("<name>", text)
        return text


def _folders(environment: Mapping[str, str]) -> dict[str, str]:
    """Folders of this user's and what to write instead, however they may be written."""
    named = {tempfile.gettempdir(): "$TMPDIR"}
    named |= {environment[name]: f"${name}" for name in (*NAMED, *NAMED_ELSEWHERE) if environment.get(name)}
    if not sys.prefix.startswith("/usr"):
        named[sys.prefix] = "<python>"
    named[str(Path(__file__).absolute().parents[2])] = "<program>"
    named |= dict.fromkeys(_homes(environment), "~")
    known = {path: name for path, name in named.items() if len(Path(path).parts) > 1}
    return {os.path.realpath(path): name for path, name in known.items()} | known


def _homes(environment: Mapping[str, str]) -> set[str]:
    try:
        return {environment.get("HOME") or "", str(Path.home())} - {""}
    except RuntimeError:
        return set()


def _users(environment: Mapping[str, str]) -> set[str]:
    found = {environment.get(name, "") for name in ("USER", "LOGNAME", "USERNAME", "SUDO_USER")}
    found |= {Path(home).name for home in _homes(environment)}
    with contextlib.suppress(OSError, KeyError, ImportError):  # a number without an account
        found.add(getpass.getuser())
    return {name for name in found if len(name) > 1}


def _hosts() -> set[str]:
    host = socket.gethostname()
    return {host, host.split(".")[0]} - {""}
