"""Where `kritarunner` begins: reads a plan, follows it, writes an answer.

Both are JSON files. The program ends as soon as nobody is left who waits for it.
"""

import json
import os
import sys
import threading
import traceback
from typing import Any, Dict, List

from . import faces, sketches


def main(arguments: List[str]) -> None:
    """Follow the plan in the file that is the first argument; the answer goes to the second."""
    plan, answer = arguments
    threading.Thread(target=_end_with_whoever_started_us, daemon=True).start()
    try:
        with open(plan, encoding="utf-8") as file:
            said = json.load(file)
        result: Dict[str, Any] = {"read": sketches.read, "write": faces.write}[said["step"]](said)
    except Exception:  # whatever it is, a window that waits for somebody is not to be opened
        result = {"error": traceback.format_exc()}
    with open(answer + ".part", "w", encoding="utf-8") as file:
        json.dump(result, file)
    os.replace(answer + ".part", answer)
    sys.stdout.flush()
    os._exit(0)  # Krita's own end takes long, and sometimes does not come


def _end_with_whoever_started_us() -> None:
    sys.stdin.buffer.read()  # until the other end is closed
    os._exit(1)
