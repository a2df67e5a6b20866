"""Which version of the program this is."""

from importlib.metadata import PackageNotFoundError, version

PACKAGE = "deepfacepencil-krita"
NOT_INSTALLED = "not installed"


def package_version() -> str:
    """The installed package's version, such as 0.1.0; "not installed" where the code is run from elsewhere."""
    try:
        return version(PACKAGE)
    except PackageNotFoundError:
        return NOT_INSTALLED


def version_line(program: str) -> str:
    """What `--version` says: the program's name and the installed package's version."""
    found = package_version()
    return f"{program}, {found}" if found == NOT_INSTALLED else f"{program} {found}"
