"""What an option of the command line says of a configuration's field: kept with the field, so that it is said once."""

import math
from dataclasses import field
from typing import Any

HELP, LEAST, MOST = "help", "least", "most"


def option(default: Any, help: str, least: float = 0, most: float = math.inf) -> Any:
    """A dataclass field that the command line can set, `least` and `most` being the bounds of its numbers."""
    return field(default=default, metadata={HELP: help, LEAST: least, MOST: most})
