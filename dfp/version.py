"""Which version of the program this is."""

from importlib.metadata import PackageNotFoundError, version


def version_line(program: str) -> str:
    """What `--version` says: the program's name and the installed package's version."""
    try:
        return f"{program} {version('deepfacepencil-krita')}"
    except PackageNotFoundError:
        return f"{program}, not installed"
