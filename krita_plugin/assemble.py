"""Puts the plug-ins together from their parts: the package, what is shared, the wire format, msgpack in pure Python."""

import base64
import re
import shutil
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAME = "dfp_krita"
GIMP_NAME = "dfp_gimp"
SHARED = "shared"
DESKTOP = f"{NAME}.desktop"
ACTION = f"{NAME}.action"
# The Python of a painter's program has no msgpack, and its compiled part fits one Python only.
MSGPACK_FILES = ("__init__.py", "exceptions.py", "ext.py", "fallback.py")
PICTURE = re.compile(r'src="(manual/[\w-]+\.jpg)"')
IMPORT_OF_SHARED = re.compile(rf"^from krita_plugin\.{SHARED}(?=[. ])", re.MULTILINE)
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.pyc")


class AssembleError(Exception):
    """A part is missing; the text says which and what to do."""


def assemble(folder: Path) -> None:
    """Write the whole package for Krita into `folder`, which must not exist yet."""
    _put_together(NAME, folder)
    for manual in folder.glob("manual*.html"):
        _put_pictures_into(manual)


def assemble_for_gimp(folder: Path) -> None:
    """Write the whole plug-in for GIMP into `folder`, which must not exist yet."""
    _put_together(GIMP_NAME, folder)
    # GIMP passes silently over a file that is not executable.
    (folder / f"{GIMP_NAME}.py").chmod(0o755)


def _put_together(name: str, folder: Path) -> None:
    shutil.copytree(HERE / name, folder, ignore=NOT_COPIED)
    shutil.copytree(HERE / SHARED, folder / SHARED, ignore=NOT_COPIED)
    for file in folder.rglob("*.py"):
        _point_to_own_shared(file, "." * len(file.relative_to(folder).parts))
    _copy_wire(folder)
    _copy_msgpack(folder / "vendor")


def _point_to_own_shared(file: Path, up: str) -> None:
    """Let a module import what is shared from within its own package, the only one that the painter's program knows."""
    text = file.read_text(encoding="utf-8")
    file.write_text(IMPORT_OF_SHARED.sub(f"from {up}{SHARED}", text), encoding="utf-8")


def _put_pictures_into(manual: Path) -> None:
    """Krita shows the manual without knowing its folder, so its pictures have to be in the page itself."""

    def inlined(found: "re.Match[str]") -> str:
        return f'src="data:image/jpeg;base64,{base64.b64encode((HERE / found[1]).read_bytes()).decode()}"'

    manual.write_text(PICTURE.sub(inlined, manual.read_text(encoding="utf-8")), encoding="utf-8")


def _copy_wire(folder: Path) -> None:
    from dfp_server import wire

    shutil.copytree(Path(wire.__file__).parent, folder / "wire", ignore=NOT_COPIED)


def _copy_msgpack(vendor: Path) -> None:
    try:
        distribution = metadata.distribution("msgpack")
    except metadata.PackageNotFoundError as error:
        raise AssembleError(
            "The Python package msgpack is missing. Run “pip install msgpack” and try again."
        ) from error
    target = vendor / "msgpack"
    target.mkdir(parents=True)
    (vendor / "__init__.py").write_text('"""Other people\'s code, carried along because the program has no pip."""\n')
    for name in MSGPACK_FILES:
        shutil.copyfile(str(distribution.locate_file(f"msgpack/{name}")), target / name)
    licences = [file for file in distribution.files or [] if file.name.upper() in ("COPYING", "LICENSE", "LICENCE")]
    if not licences:
        raise AssembleError("msgpack came without its licence. Run “pip install --force-reinstall msgpack”.")
    shutil.copyfile(str(licences[0].locate()), target / "COPYING")
