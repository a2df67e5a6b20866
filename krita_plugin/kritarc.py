"""Enables the plugin in Krita's settings file and keeps every other byte of it."""

import re

from krita_plugin.assemble import NAME

SECTION = re.compile(rb"^\[python\][ \t]*\r?$", re.MULTILINE)
SETTING = re.compile(rb"^enable_" + NAME.encode() + rb"[ \t]*=[^\r\n]*(\r?\n|\Z)", re.MULTILINE)
NEXT_SECTION = re.compile(rb"^\[", re.MULTILINE)
LINE = f"enable_{NAME}=true".encode()


def enabled(settings: bytes) -> bytes:
    """The settings with the plugin enabled."""
    newline = b"\r\n" if b"\r\n" in settings else b"\n"
    bounds = _section(settings)
    if bounds is None:
        gap = b"" if not settings else newline if settings.endswith(b"\n") else newline * 2
        return settings + gap + b"[python]" + newline + LINE + newline
    start, end = bounds
    found = SETTING.search(settings, start, end)
    if found:
        return settings[: found.start()] + LINE + found.group(1) + settings[found.end() :]
    if not settings[:start].endswith(b"\n"):
        return settings + newline + LINE + newline
    return settings[:start] + LINE + newline + settings[start:]


def disabled(settings: bytes) -> bytes:
    """The settings without our line, and without a section that held nothing else."""
    bounds = _section(settings)
    found = SETTING.search(settings, *bounds) if bounds else None
    if bounds is None or found is None:
        return settings
    rest = settings[bounds[0] : found.start()] + settings[found.end() : bounds[1]]
    if rest.strip():
        return settings[: found.start()] + settings[found.end() :]
    before = SECTION.search(settings)
    assert before is not None
    head = settings[: before.start()]
    tail = settings[bounds[1] :]
    # The empty line that separated the section from the one before goes with it when it was the last.
    if not tail:
        head = re.sub(rb"(\n)\r?\n\Z", rb"\1", head)
    return head + tail


def _section(settings: bytes) -> "tuple[int, int] | None":
    """Where the lines of [python] start and end."""
    header = SECTION.search(settings)
    if header is None:
        return None
    start = min(header.end() + 1, len(settings))
    following = NEXT_SECTION.search(settings, start)
    return start, following.start() if following else len(settings)
