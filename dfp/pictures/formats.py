"""Which kinds of picture files are opened, and which endings name them: one list for all that reads pictures.

A file's content decides what it is, its ending only whether `dfp batch` looks at it. Every kind here is decoded inside
this program; what another program would have to run for us, as Ghostscript does PostScript, is not opened.
"""

from contextlib import suppress
from importlib import import_module

from PIL import Image

for name in ("Png", "Jpeg", "Tiff", "Gif", "Bmp", "WebP", "Avif", "Psd"):
    with suppress(ImportError):  # Pillow can be built without some, and older ones have no AVIF
        import_module(f"PIL.{name}ImagePlugin")

# Pillow's names, for its argument `formats`. JPEG stands for the MPO files of phones and cameras, too.
FORMATS = tuple(name for name in ("PNG", "JPEG", "WEBP", "TIFF", "GIF", "BMP", "AVIF", "PSD") if name in Image.OPEN)
# Several pages or frames in one file are pictures of their own. A PSD's layers are not, nor an MPO's previews.
PAGED = ("PNG", "WEBP", "TIFF", "GIF", "AVIF")
# Of two sketches with one name the one that comes first here keeps that name for its face.
ENDINGS = (
    *(".png", ".tif", ".tiff", ".webp", ".jpg", ".jpeg"),
    *(".gif", ".bmp", ".avif", ".psd", ".kra", ".ora", ".jpe", ".jfif", ".apng"),
)
KINDS = "PNG, JPEG, WebP, TIFF, GIF, BMP, AVIF, PSD, KRA or ORA"

# What painters take for a picture and is not opened, by how its file begins.
OTHERS = (
    (b"%!PS", "a PostScript"),
    (b"\xc5\xd0\xd3\xc6", "a PostScript"),
    (b"%PDF", "a PDF"),
    (b"gimp xcf", "an XCF"),
    (b"<svg", "an SVG"),
    (b"<?xml", "an XML"),
    (b"\xff\x0a", "a JPEG XL"),
    (b"\x00\x00\x00\x0cJXL ", "a JPEG XL"),
    (b"\x00\x00\x00\x0cjP  ", "a JPEG 2000"),
    (b"v/1\x01", "an OpenEXR"),
)
HEIC = b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1"


def other_kind(head: bytes) -> str | None:
    """What a file is that is not opened, with its article, by its first 12 bytes; None when that is not known."""
    if head[4:8] == b"ftyp" and head[8:12] in HEIC:
        return "a HEIC"
    return next((kind for begins, kind in OTHERS if head.startswith(begins)), None)
