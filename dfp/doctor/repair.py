"""Commands that mend something, as they are typed."""

import os
import shlex
import subprocess
import sys

from dfp.version import PACKAGE


def line(*words: object) -> str:
    """A command line; words with spaces are quoted."""
    plain = [str(word) for word in words]
    return subprocess.list2cmdline(plain) if os.name == "nt" else shlex.join(plain)


def pip(*words: str) -> str:
    """`pip install` of the Python that this program runs in, which may not be the one that `pip` means."""
    return line(sys.executable, "-m", "pip", "install", *words)


def reinstall() -> str:
    """What puts every file of this program in its place again."""
    return pip("--force-reinstall", "--no-deps", PACKAGE)
