"""Puts the plugin together from its parts: the package, the wire format, msgpack in pure Python."""

import base64
import re
import shutil
from importlib import metadata
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAME = "dfp_krita"
DESKTOP = f"{NAME}.desktop"
ACTION = f"{NAME}.action"
# Krita's Python has no msgpack, and its compiled part fits one Python only.
MSGPACK_FILES = ("__init__.py", "exceptions.py", "ext.py", "fallback.py")
PICTURE = re.compile(r'src="(manual/[\w-]+\.jpg)"')
NOT_COPIED = shutil.ignore_patterns("__pycache__", "*.pyc")


class AssembleError(Exception):
    """A part is missing; the text says which and what to do."""


def assemble(folder: Path) -> None:
    """Write the whole plugin package into `folder`, which must not exist yet."""
    shutil.copytree(HERE / NAME, folder, ignore=NOT_COPIED)
    _copy_wire(folder)
    _copy_msgpack(folder / "vendor")
    for manual in folder.glob("manual*.html"):
        _put_pictures_into(manual)


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
    (vendor / "__init__.py").write_text('"""Other people\'s code, carried along because Krita has no pip."""\n')
    for name in MSGPACK_FILES:
        shutil.copyfile(str(distribution.locate_file(f"msgpack/{name}")), target / name)
    licences = [file for file in distribution.files or [] if file.name.upper() in ("COPYING", "LICENSE", "LICENCE")]
    if not licences:
        raise AssembleError("msgpack came without its licence. Run “pip install --force-reinstall msgpack”.")
    shutil.copyfile(str(licences[0].locate()), target / "COPYING")
