"""Where a user without a home keeps what the server writes: its log, its lock, where it is."""

import os
import tempfile
from pathlib import Path

from dfp_server.transport.discovery import make_private


def settle() -> None:
    """Give this process a home when neither HOME nor an account says one, as in many containers.

    It is a folder of the user's own below the one for temporary files, the same at every start. Raises ListenError
    when somebody else has taken its name.
    """
    if os.environ.get("HOME") == "":
        del os.environ["HOME"]  # empty it would mean the folder where the program was started
    try:
        Path.home()
    except RuntimeError:
        home = Path(tempfile.gettempdir()) / f"deepfacepencil-{os.getuid()}"
        make_private(home)
        os.environ["HOME"] = str(home)
