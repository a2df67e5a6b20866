"""What is written down of a batch while it runs, so that it can go on after a crash of Krita.

Plain Python: no Qt, no Krita.
"""

import json
import os
from dataclasses import asdict, dataclass, field
from typing import Any, Dict, NamedTuple, Tuple

VERSION = 1
AUTOSAVE = "-autosave.kra"


class Drawn(NamedTuple):
    """Digests of what a layer's faces were made of, and of what was written for it."""

    sketch: int
    faces: int


@dataclass(frozen=True)
class Note:
    """file: the picture's, "" before it has one. choice: the value of a Choice. layers: Krita's ids of the layers that
    are meant, in turn. done: of how many of the `count` sketches nothing more is to be done. drawn: what is known of
    finished ones, by layer. annotations: what is written down in the picture of how faces shall be, by name.
    """

    file: str
    choice: str
    layers: Tuple[str, ...]
    count: int
    done: int = 0
    same_place: bool = False
    drawn: Dict[str, Drawn] = field(default_factory=dict)
    annotations: Dict[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What the picture is called, "" before it has a file."""
        return os.path.basename(self.file)

    @property
    def is_homeless(self) -> bool:
        """Whether there is no such file, now."""
        return not self.file or not os.path.exists(self.file)

    def may_be_about(self, file: str) -> bool:
        """Whether the picture in a file may be the one that is meant; "" for a picture without a file.

        What Krita recovers of a picture without a file has the name of a file that is not there. Where both files
        are, they are two pictures, even if one is a copy of the other and has the same layers; what Krita has saved
        by itself counts as the picture.
        """
        if not file or self.is_homeless or not os.path.exists(file) or os.path.samefile(file, self.file):
            return True
        saved_by_krita = os.path.basename(file).lstrip(".") == self.name.lstrip(".") + AUTOSAVE
        return saved_by_krita and os.path.dirname(file) == os.path.dirname(self.file)

    def to_text(self) -> str:
        """As it is stored."""
        return json.dumps({"version": VERSION, **asdict(self)})

    @classmethod
    def from_text(cls, stored: str) -> "Note":
        """The inverse. Raises ValueError, KeyError, TypeError or AttributeError when it is no such note."""
        noted = json.loads(stored)
        if noted["version"] != VERSION:
            raise ValueError("not a note that is known here")
        return cls(
            _text(noted["file"]),
            _text(noted["choice"]),
            tuple(_text(layer) for layer in noted["layers"]),
            int(noted["count"]),
            int(noted["done"]),
            noted["same_place"] is True,
            {_text(layer): Drawn(*(int(digest) for digest in drawn)) for layer, drawn in noted["drawn"].items()},
            {_text(name): _text(text) for name, text in noted["annotations"].items()},
        )


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value
