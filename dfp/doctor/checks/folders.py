"""The folders that `dfp` itself writes to."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from dfp.doctor.finding import Check, Finding, Level, Subject, fine, warning
from dfp.doctor.places import MIB, look_at_folder

# The converted model; its file is written beside the old one.
CACHE_ROOM = 150 * MIB
TEMPORARY_ROOM = 150 * MIB


def look_at_cache() -> Iterator[Finding]:
    """Where converted models are kept."""
    from dfp.runtime.openvino_cache import cache_folder

    folder = cache_folder()
    if folder is None:
        says = "There is no home folder, so that converted models cannot be kept and each start takes seconds longer."
        yield warning(says, "Set HOME or XDG_CACHE_HOME to a folder of yours.")
        return
    without = "Converted models cannot be kept, and each start takes seconds longer."
    what = "the folder of converted models"
    found = list(look_at_folder(folder, what, without, Level.WARNING, CACHE_ROOM, others=0o022))
    yield from found or [fine(f"Converted models can be kept in {folder}.")]


def look_at_temporary() -> Iterator[Finding]:
    """Where files lie that are needed for a moment."""
    try:
        folder = Path(tempfile.gettempdir())
    except FileNotFoundError as error:
        says = f"There is no folder for temporary files ({error.strerror})."
        yield Finding(Level.WRONG, says, "Set TMPDIR to a folder that you can write to.")
        return
    without = "Models cannot be converted, and the plugin cannot be installed."
    what = "the folder for temporary files"
    found = list(look_at_folder(folder, what, without, Level.WRONG, TEMPORARY_ROOM, others=0))
    yield from found or [fine(f"Temporary files can be written to {folder}.")]


SUBJECT = Subject(
    "Folders",
    20,
    (
        Check("cache", "Folder of converted models", look_at_cache),
        Check("temporary", "Folder for temporary files", look_at_temporary),
    ),
)
