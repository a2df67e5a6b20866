"""Where the tests' Krita is: on this machine, or in the folder that DFP_KRITA_ROOT names, see krita_root.sh.

A Krita of such a folder sees this machine's devices, its temporary folder, this checkout and its Python under their
own names. They are mounted for the one run only, in a mount namespace that ends with it, so nothing stays mounted and
the folder can be removed at any time.
"""

import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
VARIABLE = "DFP_KRITA_ROOT"
HOW = f"{HERE / 'krita_root.sh'} fills a folder with one"
IN_KRITAS_PLACE = ("krita", "dbus-run-session")
BESIDE = ("Xvfb", "timeout")
FOR_A_ROOT = ("unshare", "chroot")
DEVICES = ("/dev", "/proc", "/sys")
ENTER = """
root=$1; shift
while [ "$1" != -- ]; do mkdir -p "$root$1" && mount --rbind "$1" "$root$1" || exit 125; shift; done
shift; exec "$0" "$root" "$@"
"""


def krita_root() -> "Path | None":
    """The folder that holds the Krita to be tested; None for the one that is installed on this machine."""
    folder = os.environ.get(VARIABLE)
    return Path(folder).resolve() if folder else None


def why_no_krita() -> str:
    """What is missing for a real Krita to be run, as a sentence; "" when nothing is."""
    root = krita_root()
    if root is None:
        lacking = [name for name in (*IN_KRITAS_PLACE, *BESIDE) if shutil.which(name) is None]
        return f"A real Krita is not at hand here: {', '.join(lacking)} not installed." if lacking else ""
    lacking = [name for name in (*BESIDE, *FOR_A_ROOT) if _program(name) is None]
    if lacking:
        return f"The Krita of {VARIABLE} cannot be run: {', '.join(lacking)} not installed here."
    lacking = [name for name in IN_KRITAS_PLACE if not (root / "usr/bin" / name).exists()]
    if lacking:
        return f"{VARIABLE} is {root}, which has no {' and no '.join(lacking)}; {HOW}."
    if os.geteuid() != 0:
        return f"Only root may run the Krita of {VARIABLE}."
    if Path(sys.base_prefix) == Path("/usr"):
        return f"The Krita of {VARIABLE} needs tests that run on a Python outside /usr, which has one of its own there."
    return ""


def installed_file(path: str) -> Path:
    """Where a file lies that comes with Krita as `path`."""
    root = krita_root()
    return Path(path) if root is None else root / path.lstrip("/")


def in_kritas_place(command: Sequence[str], folders: Iterable[Path]) -> list[str]:
    """A command as it is run where Krita is; `folders` are there, too."""
    root = krita_root()
    if root is None:
        return list(command)
    mounted: list[str] = list(DEVICES)
    for folder in (tempfile.gettempdir(), REPOSITORY, sys.prefix, sys.base_prefix, *sys.path, *folders):
        place = Path(folder).resolve()
        if place.is_dir() and not any(place.is_relative_to(other) for other in mounted):
            mounted.append(str(place))
    enter = [str(_program("unshare")), "--mount", "sh", "-c", ENTER, str(_program("chroot"))]
    return [*enter, str(root), *mounted, "--", *command]


def runner_folder(folder: Path) -> str:
    """Where `kritarunner` of the Krita to be tested is found; `folder` may get a script that starts it."""
    if krita_root() is None:
        return "/usr/bin"
    script = folder / "kritarunner"
    script.write_text(f'#!/bin/sh\nexec {shlex.join(in_kritas_place(["/usr/bin/kritarunner"], [folder]))} "$@"\n')
    script.chmod(0o755)
    return str(folder)


def _program(name: str) -> "str | None":
    """A program of the administrator's, whose folder need not be on the PATH."""
    return shutil.which(name, path=os.environ.get("PATH", os.defpath) + ":/usr/sbin:/sbin")
