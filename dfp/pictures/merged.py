"""The flattened picture inside Krita's own files (KRA) and OpenRaster's (ORA), which both are zip archives."""

import io
import zipfile
import zlib
from typing import IO, BinaryIO, cast

from dfp.errors import SketchError
from dfp.pictures.bounds import LARGEST_FILE, Bounded

ZIP = b"PK\x03\x04"
MERGED = "mergedimage.png"
# Bytes of an archive's table of contents that are read at once, some 100,000 files: a picture's own has hundreds.
LARGEST_TABLE = 1 << 23
MISSING = "this file holds no flattened picture: open it in Krita, save it again or export it as PNG, and try again."


class Frugal(io.BufferedIOBase):
    """A file of which nobody reads much at once."""

    def __init__(self, file: BinaryIO | Bounded):
        super().__init__()
        self._file = file

    def read(self, size: int | None = -1, /) -> bytes:
        data = self._file.read(LARGEST_TABLE + 1 if size is None or size < 0 else min(size, LARGEST_TABLE + 1))
        if len(data) > LARGEST_TABLE:
            raise zipfile.BadZipFile("a table of contents that is too long")
        return data

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()

    def seekable(self) -> bool:
        return True


def merged(file: Bounded) -> io.BytesIO:
    """The PNG file inside a KRA or ORA file. Raises SketchError when there is none, TooLong."""
    try:
        with zipfile.ZipFile(cast("IO[bytes]", Frugal(file))) as archive:
            entry = archive.getinfo(MERGED)
            # Other ways to compress may ask for gigabytes before the first byte comes.
            if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise SketchError(MISSING)
            return _unpacked(archive, entry, file)
    except (KeyError, zipfile.BadZipFile, RuntimeError, EOFError, ValueError, NotImplementedError, zlib.error) as error:
        raise SketchError(MISSING) from error


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, file: Bounded) -> io.BytesIO:
    picture = io.BytesIO()
    with archive.open(entry) as packed:
        # What the archive says of its length need not be true.
        while part := packed.read(1 << 20):
            file.check()
            picture.write(part)
            if picture.tell() > LARGEST_FILE:
                raise SketchError("the flattened picture in this file is too large: export it as PNG and try again.")
    picture.seek(0)
    return picture
