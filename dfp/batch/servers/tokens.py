"""What servers want to hear: of this user's own their discovery file says it, of others a file of hers."""

import json
import os
import re
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from dfp.batch.servers.address import Address
from dfp.errors import DfpError

FILES = "server.json", "remote.json"
LONGEST = 1024  # letters
OWN_NAME = re.compile(r"^(https?://)(?:localhost|\[::1\])(:\d+)$", re.IGNORECASE)

Token = Callable[[], str]


def tokens_for(addresses: Sequence[Address], files: Sequence[Path]) -> list[Token]:
    """What says each server's token, anew whenever it is asked: a server of this user's has another one after each
    start.

    files: none, one for all servers that no discovery file names, or one for each server. Raises DfpError.
    """
    if len(files) > 1 and len(files) != len(addresses):
        raise DfpError(
            f"There are {len(files)} token files for {len(addresses)} servers: give one for all, or one for each."
        )
    said = [read_token(path) for path in files]
    alone = len(said) == len(addresses)
    each = said if alone else (said or [""]) * len(addresses)
    return [_of(address, token, alone) for address, token in zip(addresses, each, strict=True)]


def read_token(path: Path) -> str:
    """The token in a file that is nobody else's. Raises DfpError."""
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise DfpError(f"The token file {path} is no file: give one with the server's token alone.")
        if sys.platform != "win32" and status.st_mode & 0o077:
            raise DfpError(f"Others on this computer can read the token file {path}: chmod 600 {path} makes it yours.")
        with path.open(encoding="ascii") as file:
            token = file.read(LONGEST + 1).strip()
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "it holds other than plain letters"
        raise DfpError(f"The token file {path} cannot be read: {why}.") from error
    if not token or len(token) > LONGEST or not token.isprintable() or " " in token:
        raise DfpError(f"The token file {path} must hold one word, the token of the server, and nothing else.")
    return token


def _of(address: Address, given: str, alone: bool) -> Token:
    """alone: the token was given for this server, not for all that are nobody's own."""

    def say() -> str:
        own = "" if alone else discovered(address.text)
        if not (own or given):
            raise DfpError(
                f"No token for {address.text} is known: it is no server of yours that runs on this computer. "
                "Give --token-file and a file with its token."
            )
        return own or given

    return say


def discovered(address: str) -> str:
    """The token of a server of this user's that says it is at this address; empty when none does."""
    for name in FILES:
        found = _said_by(_folder() / name)
        said, token = found.get("address"), found.get("token")
        if isinstance(said, str) and isinstance(token, str) and _of_this_computer(said) == _of_this_computer(address):
            return token
    return ""


def _of_this_computer(address: str) -> str:
    """An address with one of this computer's own names in place of all."""
    return OWN_NAME.sub(r"\1127.0.0.1\2", address)


def _folder() -> Path:
    if os.name == "nt":
        base = os.environ.get("LOCALAPPDATA") or os.path.expanduser("~")
    else:
        base = os.environ.get("XDG_RUNTIME_DIR") or os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    return Path(base, "deepfacepencil")


def _said_by(path: Path) -> dict[str, str]:
    """What a discovery file says; nothing when there is none that can be believed."""
    try:
        with path.open(encoding="utf-8") as file:
            # Sketches are handed to whoever is named in it: others must not have written it.
            if os.name != "nt":
                status = os.fstat(file.fileno())
                if status.st_uid != os.getuid() or status.st_mode & 0o077:
                    return {}
            said = json.load(file)
    except (OSError, ValueError):
        return {}
    return said if isinstance(said, dict) else {}
