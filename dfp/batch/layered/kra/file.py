"""A file of Krita's as a file of layers: Krita reads and writes it."""

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dfp.batch.layered.file import Ask, Earlier, Placed, Sketch, Written
from dfp.batch.layered.kra.runner import FAILED, run_in_krita
from dfp.errors import DfpError, SketchError

CONTENTS = "maindoc.xml"
UNSAVED = "Krita could not save the file with its faces: see whether the disk is full, and give the same command again."


class KraFile:
    """See `LayeredFile`."""

    def __init__(self, path: Path, ask: Ask):
        """Let Krita read the layers that are meant. Raises SketchError, DfpError."""
        self._path, self._ask = path.absolute(), ask
        same = {id: record.pixels for id, record in ask.known.items() if ask.current(id, record.pixels) is not None}
        plan = {
            "step": "read",
            "file": str(self._path),
            "folder": str(ask.work.absolute()),
            "patterns": list(ask.patterns),
            "known": same,
            "shown": ask.shown,
            "earlier": None if ask.earlier is None else str(ask.earlier.absolute()),
            "faces": {id: ask.known[id].face_id for id in same if ask.known[id].face_id},
        }
        said = run_in_krita(plan, ask.work.absolute(), ask.stop, ask.progress)
        self.size: tuple[int, int] = (said["width"], said["height"])
        self._said: dict[str, dict[str, Any]] = {one["id"]: one for one in said["sketches"]}
        self.sketches: Sequence[Sketch] = [self._sketch(one) for one in said["sketches"]]

    def drawing(self, sketch: Sketch) -> np.ndarray:
        canvas = np.zeros((self.size[1], self.size[0], 4), np.uint8)
        said = self._said[sketch.id]
        if said["rect"] is not None:
            left, top, width, height = said["rect"]
            canvas[top : top + height, left : left + width] = self._pixels(said)
        return canvas

    def face(self, sketch: Sketch) -> np.ndarray | None:
        seen = (self._said[sketch.id]["face"] or {}).get("seen")
        return None if seen is None else self._pixels(seen)

    def write(self, faces: Sequence[Placed], target: Path) -> dict[str, Written]:
        wanted = [
            {
                "sketch": placed.sketch.id,
                "face": placed.sketch.face_id or None,
                "picture": str(placed.picture.absolute()),
                "left": placed.left,
                "top": placed.top,
            }
            for placed in faces
        ]
        plan = {"step": "write", "file": str(self._path), "target": str(target.absolute()), "faces": wanted}
        said = run_in_krita(plan, self._ask.work.absolute(), self._ask.stop, self._ask.progress)
        if "faces" not in said:
            raise DfpError(UNSAVED)
        written = {sketch: Written(face["id"], str(face["digest"])) for sketch, face in said["faces"].items()}
        _check_whole(target, written)
        return written

    def _sketch(self, said: dict[str, Any]) -> Sketch:
        face = said["face"] or {"id": "", "digest": ""}
        earlier = None
        if said["earlier"] is not None:
            left, top, _, _ = said["earlier"]["rect"]
            earlier = Earlier(self._pixels(said["earlier"]), left, top)
        return Sketch(said["id"], said["path"], said["pixels"], face["id"], str(face["digest"]), earlier, said["why"])

    def _pixels(self, said: dict[str, Any]) -> np.ndarray:
        """uint8 h x w x 4 RGBA out of a file with Krita's BGRA."""
        _, _, width, height = said["rect"]
        try:
            data = zlib.decompress((self._ask.work / said["file"]).read_bytes())
            return np.frombuffer(data, np.uint8).reshape(height, width, 4)[..., [2, 1, 0, 3]]
        except (OSError, ValueError, zlib.error) as error:
            raise SketchError(FAILED) from error


def _check_whole(path: Path, written: dict[str, Written]) -> None:
    """Krita may say that it has saved what a full disk did not take."""
    try:
        with zipfile.ZipFile(path) as archive:
            contents = archive.read(CONTENTS).decode()
            torn = archive.testzip()
    except (OSError, zipfile.BadZipFile, KeyError, zlib.error, EOFError, UnicodeDecodeError) as error:
        raise DfpError(UNSAVED) from error
    if torn is not None or not all(face.id in contents for face in written.values()):
        raise DfpError(UNSAVED)
