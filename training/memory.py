"""What keeps the memory of a finished step for the next one."""

import ctypes
import sys

# glibc's names for what mallopt sets.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
_AHEAD = 64 * 2**20  # bytes


def keep_memory() -> bool:
    """Have the C library keep freed memory instead of giving it back to the system; whether it can.

    A step on the CPU frees and asks for gigabytes in pieces of many megabytes. glibc maps each of them anew, and the
    system clears every page of it: in a step at 256 pixels that took a third of the time. Linux with glibc only.
    """
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return all(mallopt(name, value) for name, value in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, -1), (_TOP_PAD, _AHEAD)))
