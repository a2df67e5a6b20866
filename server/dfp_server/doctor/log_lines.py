"""Reads what the server has written about errors."""

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

TAIL = 256 * 1024
LONGEST = 200
RECENT = timedelta(days=1)
GRAVE = "ERROR", "CRITICAL"


@dataclass(frozen=True)
class LoggedError:
    """time: as it was written. says: the message in one line, with the last line of its trace."""

    time: str
    says: str


def last_error(path: Path) -> "LoggedError | None":
    """The last error of the last day in the end of a log; None when there is none."""
    with path.open("rb") as file:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - TAIL))
        lines = file.read().splitlines()
    for line in reversed(lines):
        try:
            fields = json.loads(line)
            if fields["level"] in GRAVE:
                when = datetime.fromisoformat(fields["time"])
                return LoggedError(fields["time"], _said(fields)) if datetime.now() - when < RECENT else None
        except (ValueError, KeyError, TypeError):  # torn, or not ours
            continue
    return None


def _said(fields: "dict[str, str]") -> str:
    last = (str(fields.get("trace", "")).strip().splitlines() or [""])[-1]
    return " ".join(f"{fields['message']} {last}".split())[:LONGEST]
