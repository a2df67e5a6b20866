"""A report of `dfp batch` read back."""

import base64
import os
import re
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote_to_bytes

ALONE = {"meta", "img", "br"}  # elements that have no end


class Page(HTMLParser):
    """A page read back: raises AssertionError when its elements do not close in order."""

    def __init__(self, file: Path):
        super().__init__()
        self.links: list[str] = []
        self.pictures: list[bytes] = []
        self.ids: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(file.read_bytes().decode("utf-8"))
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        assert len(given) == len(attrs)
        assert tag not in ("script", "link", "iframe")
        if tag not in ALONE:
            self._open.append(tag)
        if tag == "a":
            self.links.append(given["href"] or "")
        if tag == "img":
            kind, data = (given["src"] or "").split(",")
            assert re.fullmatch("data:image/(webp|png);base64", kind)
            assert given["alt"]
            self.pictures.append(base64.b64decode(data))
        if "id" in given:
            self.ids.append(given["id"] or "")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.text += data

    def files(self, page: Path) -> set[Path]:
        """Where its links lead, but for those within it."""
        names = {os.fsencode(page.parent) + b"/" + unquote_to_bytes(link) for link in self.links if "#" not in link}
        return {Path(os.path.normpath(os.fsdecode(name))) for name in names}
