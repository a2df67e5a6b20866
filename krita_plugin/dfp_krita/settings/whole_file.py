"""Files that are written whole or not at all. Plain Python: no Qt, no Krita."""

import contextlib
import os
import tempfile
from pathlib import Path
from typing import Union

EVERYBODYS = 0o666


def write_whole(file: Path, content: Union[str, bytes], private: bool = True) -> None:
    """Write bytes, or a text as UTF-8, in the place of what the file had; raises OSError, and then that is as it was.

    A `private` file can be read by its owner only, any other by whomever the system lets read new files.
    """
    handle, scratch = tempfile.mkstemp(dir=str(file.parent), prefix=file.name)
    try:
        with open(handle, "wb") as opened:
            opened.write(content.encode() if isinstance(content, str) else content)
        if not private:
            os.chmod(scratch, EVERYBODYS & ~_umask())
        os.replace(scratch, file)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(scratch)
        raise


def _umask() -> int:
    """The system tells it only by setting another one."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
