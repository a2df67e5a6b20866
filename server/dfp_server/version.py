"""Which version of the program this is."""

from importlib.metadata import PackageNotFoundError, version


def server_version() -> str:
    """The installed package's version."""
    try:
        return version("deepfacepencil-krita")
    except PackageNotFoundError:
        return "not installed"
