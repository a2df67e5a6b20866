"""An OpenRaster file's archive: its layers' pictures, and a copy with faces in which all else is as it was."""

import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, cast

import numpy as np
from PIL import Image, ImageCms

from dfp.batch.layered.ora.flatten import drawing, flattened
from dfp.batch.layered.ora.stack import UNREADABLE, Change, OraLayer, Stack, changed
from dfp.errors import SketchError
from dfp.pictures.bounds import LARGEST_FILE, open_bounded
from dfp.pictures.merged import LARGEST_TABLE, MERGED, Frugal
from dfp.pictures.ora import FIRST_DAY, THUMBNAIL, png, thumbnail
from dfp.pictures.reading import read
from dfp.sketch.pixels import LARGEST

STACK = "stack.xml"
ROUNDING = 2  # of 255: profiles of one colour space by several makers differ by so much
TORN = "this file is torn: open it in a painting program, save it again and try again."
COMPRESSIONS = zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED


@dataclass(frozen=True)
class NewFace:
    """A face for an OpenRaster file: its PNG file, and where its left top corner lies in the image's pixels.

    layer: the sketch that it lies right above, or, with `renews`, the layer that it takes the place of.
    """

    layer: OraLayer
    renews: bool
    name: str
    picture: bytes
    left: int
    top: int


class OraFile:
    """An OpenRaster file that is open for reading. Everything raises SketchError with a sentence."""

    def __init__(self, archive: zipfile.ZipFile):
        self._archive = archive
        self.stack = Stack.read(self._read(STACK, LARGEST_TABLE))
        if max(self.stack.width, self.stack.height) > LARGEST:
            size = f"{self.stack.width} x {self.stack.height}"
            raise SketchError(f"this picture is too large ({size}): use at most {LARGEST} x {LARGEST} pixels.")

    @classmethod
    @contextmanager
    def open(cls, path: Path) -> "Iterator[OraFile]":
        """Open a file. Whatever goes wrong while it is open becomes a SketchError; MemoryError and DfpError stay."""
        try:
            with open_bounded(path) as file, zipfile.ZipFile(cast("IO[bytes]", Frugal(file))) as archive:
                yield cls(archive)
        except FileNotFoundError as error:
            raise SketchError("there is no such file any more.") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
            raise SketchError(TORN) from error

    def picture(self, layer: OraLayer) -> np.ndarray:
        """A layer's own picture in sRGB, uint8 h x w x 4 RGBA."""
        return self.decoded(self.data(layer))

    def data(self, layer: OraLayer) -> bytes:
        """A layer's PNG file."""
        return self._read(layer.source or "")

    def drawing(self, layer: OraLayer) -> np.ndarray:
        """A layer or group alone at its place in the image, uint8 H x W x 4 RGBA."""
        return drawing(self.stack, layer, self.picture)

    def write(self, faces: list[NewFace], path: Path) -> None:
        """A copy with faces; everything else, but for the flattened picture, is as it was. Raises OSError, too."""
        sources = self._sources(len(faces))
        changes = [
            Change(face.layer, face.renews, face.name, source, face.left, face.top)
            for source, face in zip(sources, faces, strict=True)
        ]
        new = dict(zip(sources, (face.picture for face in faces), strict=True))
        stack = Stack.read(changed(self.stack, changes))

        def picture_of(layer: OraLayer) -> np.ndarray:
            return self.decoded(new[layer.source]) if layer.source in new else self.picture(layer)

        merged = flattened(stack, picture_of)
        replaced = {STACK: stack.xml, MERGED: png(merged), THUMBNAIL: png(thumbnail(merged))}
        gone = {face.layer.source for face in faces if face.renews} - {layer.source for layer in stack.layers}
        self._copy(path, replaced, new, gone)

    def _copy(self, path: Path, replaced: dict[str, bytes], new: dict[str, bytes], gone: set[str | None]) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as target:
            for entry in self._archive.infolist():
                if entry.filename in gone:
                    continue
                if entry.filename in replaced:
                    target.writestr(copy(entry), replaced.pop(entry.filename))
                else:  # the entry is copied, too: whoever writes one notes in it where it lies
                    with self._archive.open(entry) as old, target.open(copy(entry), "w") as same:
                        shutil.copyfileobj(old, same, 1 << 20)
            for name, data in {**new, **replaced}.items():
                target.writestr(zipfile.ZipInfo(name, FIRST_DAY), data)
            target.comment = self._archive.comment

    def _sources(self, count: int) -> list[str]:
        """Names for new pictures that the archive does not have."""
        taken = {entry.filename for entry in self._archive.infolist()}
        free = (name for number in range(len(taken) + count) if (name := f"data/face{number}.png") not in taken)
        return [next(free) for _ in range(count)]

    def _read(self, name: str, most: int = LARGEST_FILE) -> bytes:
        try:
            entry = self._archive.getinfo(name)
        except KeyError as error:
            raise SketchError(UNREADABLE if name == STACK else TORN) from error
        if entry.compress_type not in COMPRESSIONS:
            raise SketchError(TORN)
        with self._archive.open(entry) as packed:
            data = packed.read(most + 1)  # what the archive says of its length need not be true
        if len(data) > most:
            raise SketchError(TORN)
        return data

    def decoded(self, data: bytes) -> np.ndarray:
        """A PNG file in sRGB, uint8 h x w x 4 RGBA."""
        return np.asarray(_in_srgb(read(BytesIO(data)).image))


def _in_srgb(picture: Image.Image) -> Image.Image:
    """The picture as RGBA in sRGB; one that names no colour space, or none that is known, is that already."""
    whole = picture.convert("RGBA")
    profile = picture.info.get("icc_profile")
    if not profile or picture.mode not in ("RGB", "RGBA"):
        return whole
    try:
        own = ImageCms.ImageCmsProfile(BytesIO(profile))
        colours = cast(ImageCms.ImageCmsTransform, ImageCms.buildTransform(own, _srgb(), "RGB", "RGB"))
        probe = Image.fromarray(np.mgrid[0:256:51, 0:256:51, 0:256:51].T.reshape(1, -1, 3).astype(np.uint8))
        moved = np.asarray(colours.apply(probe)).astype(int) - np.asarray(probe)
        if np.abs(moved).max() > ROUNDING:
            seen = colours.apply(whole.convert("RGB"))
            seen.putalpha(whole.getchannel("A"))
            return seen
    except (ImageCms.PyCMSError, OSError, ValueError):
        pass
    return whole


def _srgb() -> ImageCms.ImageCmsProfile:
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))
