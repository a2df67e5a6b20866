"""Other programs: where they are, and what they say."""

import os
import subprocess
from collections.abc import Mapping

# What leads another program's Python or Qt astray.
OURS = "PYTHONHOME", "PYTHONPATH", "PYTHONNOUSERSITE"


def said_by(*command: str, limit_s: float, extra: Mapping[str, str] | None = None) -> str | None:
    """What a program writes to its standard output; None when it cannot be started, fails or takes too long."""
    environment = {name: value for name, value in os.environ.items() if name not in OURS}
    try:
        done = subprocess.run(
            command,
            env={**environment, **(extra or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit_s,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
