"""Several files in one message, as programs send forms: multipart/form-data with a name for each.

Everything is in memory when it is read here, within the bounds of all messages; nothing in it is copied.
"""

import re
import secrets

KIND = "multipart/form-data"
SKETCH, COLOURS = "sketch", "colours"  # of a request
FACE, HEATMAP = "face", "heatmap"  # of an answer

BOUNDARY = re.compile(r';\s*boundary=(?:"([^"\r\n]{1,70})"|([^\s;"]{1,70}))', re.IGNORECASE)
NAME = re.compile(rb'^content-disposition:[^\r\n]*;\s*name="?(\w{1,20})"?\s*(?:;|$)', re.IGNORECASE | re.MULTILINE)
LONGEST_HEAD = 4096  # bytes of what stands before a file


class FormError(ValueError):
    """A form cannot be read; the text says why."""


def is_form(content_type: str) -> bool:
    """Whether a message of this Content-Type is a form."""
    return content_type.split(";")[0].strip().lower() == KIND


def files_of(body: bytearray, content_type: str) -> dict[str, memoryview]:
    """The files of a form with a sketch, and maybe colours. Raises FormError."""
    said = BOUNDARY.search(content_type)
    if said is None:
        raise FormError("its Content-Type has no boundary")
    line = b"--" + (said[1] or said[2]).encode("latin-1", "replace")
    files: dict[str, memoryview] = {}
    at = 0 if body.startswith(line) else body.find(b"\r\n" + line) + 2
    if at == 1:
        raise FormError("it does not begin as its boundary says")
    while (begin := at + len(line)) and body[begin : begin + 2] != b"--":
        head = body.find(b"\r\n\r\n", begin, begin + LONGEST_HEAD)
        at = body.find(b"\r\n" + line, head) + 2
        if head < 0 or at == 1:
            raise FormError("it was cut off")
        name = NAME.search(bytes(body[begin:head]).replace(b"\r", b""))
        which = name[1].decode() if name else ""
        if which not in (SKETCH, COLOURS) or which in files:
            raise FormError(f"it may hold one file {SKETCH} and one file {COLOURS}, nothing else")
        files[which] = memoryview(body)[head + 4 : at - 2]
    if SKETCH not in files:
        raise FormError(f"it holds no file {SKETCH}")
    return files


def form_of(files: dict[str, bytes], content_type: str) -> tuple[bytes, str]:
    """Files, all of one kind, by their names as the body of a form, and its Content-Type."""
    boundary = secrets.token_hex(16)
    line = f"--{boundary}\r\nContent-Type: {content_type}\r\nContent-Disposition: form-data; name="
    parts = [f'{line}"{name}"; filename="{name}.png"\r\n\r\n'.encode() + data for name, data in files.items()]
    return b"\r\n".join([*parts, f"--{boundary}--\r\n".encode()]), f"{KIND}; boundary={boundary}"
