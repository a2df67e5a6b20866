"""Faces that are drawn and whose file is not written yet: on the disk, so that none is drawn twice."""

import hashlib
import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dfp.errors import DfpError
from dfp.files import put, stage, unwritten
from dfp.sketch.frame import Frame

FOLDER = ".dfp-layers"


def key_of(pixels: str, model: str, options: Mapping[str, Any]) -> str:
    """What a face is called: by what its drawing is known by, the model's checksum and what was asked for."""
    return hashlib.sha256(json.dumps([pixels, model, options], sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True)
class KeptFace:
    """A face's PNG file, where it lies in its image, and the sentence where its drawing hardly is a face."""

    picture: Path
    frame: Frame
    doubt: str


class KeptFaces:
    """Those of one folder of faces."""

    def __init__(self, out: Path):
        self.folder = out / FOLDER

    def find(self, key: str) -> KeptFace | None:
        """A face that was kept; None when there is none, or one that is torn."""
        picture = self.folder / f"{key}.png"
        with suppress(OSError, ValueError, KeyError, TypeError):
            said = json.loads((self.folder / f"{key}.json").read_bytes())
            if hashlib.sha256(picture.read_bytes()).hexdigest() == said["sha256"]:
                left, top, width, height = (int(number) for number in said["frame"])
                return KeptFace(picture, Frame(left, top, width, height), str(said["doubt"]))
        return None

    def keep(self, key: str, picture: bytes, frame: Frame, doubt: str) -> KeptFace:
        """Keep a face. Raises DfpError when the disk does not take it."""
        place = frame.left, frame.top, frame.width, frame.height
        said = {"sha256": hashlib.sha256(picture).hexdigest(), "frame": place, "doubt": doubt}
        path = self.folder / f"{key}.png"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # What is said of it comes last: it is there once both are.
            for name, data in ((path, picture), (path.with_suffix(".json"), json.dumps(said).encode())):
                put(stage(data, self.folder), name)
        except OSError as error:
            raise DfpError(unwritten(path, error)) from error
        return KeptFace(path, frame, doubt)

    def forget(self, key: str) -> None:
        """Drop a face whose file is written."""
        for ending in (".json", ".png"):
            with suppress(OSError):
                (self.folder / f"{key}{ending}").unlink()

    def work(self, number: int) -> Path:
        """An empty folder for what is needed for a while. Raises DfpError."""
        folder = self.folder / f"work{number}"
        shutil.rmtree(folder, ignore_errors=True)
        try:
            folder.mkdir(parents=True)
        except OSError as error:
            raise DfpError(unwritten(folder, error)) from error
        return folder

    def clear(self, all_done: bool) -> None:
        """Drop what is of no use to the next run: everything once all is done, else what was for a while."""
        if all_done:
            shutil.rmtree(self.folder, ignore_errors=True)
            return
        for folder in self.folder.glob("work*"):
            shutil.rmtree(folder, ignore_errors=True)
