"""Reading pictures: what is opened, what is refused, and within which bounds."""

import ast
import os
import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from face_drawing import draw_face
from PIL import Image

from dfp import SketchError
from dfp.cli.main import main
from dfp.pictures.bounds import LARGEST_FILE
from dfp.pictures.formats import ENDINGS, FORMATS
from dfp.pictures.reading import read, read_sketch

ROOT = Path(__file__).resolve().parents[3]
DRAWING = draw_face(256)
LOOP = b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 300 300\n%%EndComments\n{} loop\n"


def saved(picture: Image.Image, kind: str, **options: object) -> bytes:
    file = BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def packed(**files: bytes) -> bytes:
    """A zip archive as KRA and ORA files are."""
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name.replace("_", "."), data)
    return file.getvalue()


def psd(picture: np.ndarray) -> bytes:
    """A gray picture, H x W uint8, as a PSD file without layers."""
    height, width = picture.shape
    header = struct.pack(">4sH6xHIIHH", b"8BPS", 1, 1, height, width, 8, 1)
    return header + bytes(12) + struct.pack(">H", 0) + picture.tobytes()


def merged() -> bytes:
    return packed(mimetype=b"application/x-krita", mergedimage_png=saved(Image.fromarray(DRAWING), "PNG"))


def pages(kind: str, *pictures: np.ndarray) -> bytes:
    first, *others = (Image.fromarray(picture) for picture in pictures)
    return saved(first, kind, save_all=True, append_images=others, **({} if kind == "TIFF" else {"duration": 100}))


def test_nothing_is_opened_without_its_formats_named() -> None:
    unnamed = []
    for folder in ("dfp", "training", "server", "krita_plugin"):
        for file in (ROOT / folder).rglob("*.py"):
            for call in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
                if isinstance(call, ast.Call) and ast.unparse(call.func).endswith("Image.open"):
                    named = "formats" in {keyword.arg for keyword in call.keywords}
                    unnamed += [] if named else [f"{file}:{call.lineno}"]
    assert not unnamed
    assert not {"EPS", "WMF", "PCD", "GRIB", "HDF5", "BUFR"} & set(FORMATS)


@pytest.mark.timeout(60)
def test_a_name_does_not_start_another_program(
    tmp_path: Path, small_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    source.mkdir()
    (source / "loop.png").write_bytes(LOOP)
    Image.fromarray(DRAWING).save(source / "good.png")
    model = ["--weights", str(small_weights), "--device", "cpu"]
    assert main(["batch", str(source), str(out), *model]) == 3
    assert (out / "good_face.png").exists()
    assert "a PostScript file" in capsys.readouterr().err
    assert main(["generate", str(source / "loop.png"), "-o", str(out), *model]) == 1
    mask = ["--trust-mask", str(source / "loop.png")]
    assert main(["generate", str(source / "good.png"), "-o", str(tmp_path / "x.png"), *mask, *model]) == 1
    said = capsys.readouterr().err.splitlines()
    assert ["a PostScript file" in line and "loop.png" in line for line in said] == [True, True]


FILES: dict[str, Callable[[], bytes]] = {
    "PNG": lambda: saved(Image.fromarray(DRAWING), "PNG"),
    "JPEG": lambda: saved(Image.fromarray(DRAWING), "JPEG"),
    "WEBP": lambda: saved(Image.fromarray(DRAWING), "WEBP", lossless=True),
    "TIFF": lambda: saved(Image.fromarray(DRAWING), "TIFF", compression="tiff_lzw"),
    "GIF": lambda: saved(Image.fromarray(DRAWING), "GIF"),
    "BMP": lambda: saved(Image.fromarray(DRAWING), "BMP"),
    "AVIF": lambda: saved(Image.fromarray(DRAWING), "AVIF"),
    "PSD": lambda: psd(DRAWING),
    "KRA": merged,
    "MPO": lambda: pages("MPO", DRAWING, DRAWING[::2, ::2]),
    "CMYK": lambda: saved(Image.fromarray(DRAWING).convert("CMYK"), "TIFF"),
    "LAB": lambda: saved(Image.merge("LAB", [Image.fromarray(DRAWING)] + [Image.new("L", (256, 256), 0)] * 2), "TIFF"),
    "bits": lambda: saved(Image.fromarray(DRAWING).convert("1"), "PNG"),
    "palette": lambda: saved(Image.fromarray(DRAWING).convert("P"), "PNG", transparency=3),
    "gray and alpha": lambda: saved(Image.fromarray(DRAWING).convert("LA"), "PNG"),
    "16 bits": lambda: saved(Image.fromarray(DRAWING.astype(np.uint16) * 257), "PNG"),
    "16 bits, TIFF": lambda: saved(Image.fromarray(DRAWING.astype(np.uint16) * 257), "TIFF"),
    "16 bits, high byte first": lambda: saved(Image.fromarray((DRAWING.astype(np.uint16) * 257).astype(">u2")), "TIFF"),
    "12 bits in 16": lambda: saved(Image.fromarray((DRAWING / 255 * 4095).round().astype(np.uint16)), "TIFF"),
    "32 bits": lambda: saved(Image.fromarray(DRAWING.astype(np.int32) * 257), "TIFF"),
    "float": lambda: saved(Image.fromarray((DRAWING / 255).astype(np.float32)), "TIFF"),
    "float to 255": lambda: saved(Image.fromarray(DRAWING.astype(np.float32)), "TIFF"),
    "float, rendered": lambda: saved(Image.fromarray(rendered()), "TIFF"),
}


def rendered() -> np.ndarray:
    """What a renderer gives: numbers above white, a highlight, a hole."""
    light = (DRAWING / 255).astype(np.float32)
    light[0, :3] = 5000, np.nan, -np.inf
    return light


@pytest.mark.parametrize("kind", FILES)
def test_ordinary_files_are_read(kind: str) -> None:
    if kind == "AVIF" and kind not in FORMATS:
        pytest.skip("this Pillow has no AVIF")
    found = read(BytesIO(FILES[kind]()))
    assert (found.page, found.pages) == (1, 1)
    assert found.image.mode in ("L", "LA", "RGB", "RGBA")
    pixels = np.asarray(found.image.convert("RGB").convert("L")).astype(int)
    assert np.abs(pixels - DRAWING).mean() < 3


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP", "PNG", "AVIF"])
def test_a_page_is_chosen(kind: str) -> None:
    if kind not in FORMATS:
        pytest.skip(f"this Pillow has no {kind}")
    blank = np.full_like(DRAWING, 255)
    file = pages(kind, blank, DRAWING, DRAWING[::-1])
    for page, wanted in enumerate((blank, DRAWING, DRAWING[::-1]), 1):
        found = read(BytesIO(file), page)
        assert (found.page, found.pages) == (page, 3)
        assert np.abs(np.asarray(found.image.convert("L")).astype(int) - wanted).mean() < 3
    for page in (0, 4, -1):
        with pytest.raises(SketchError, match="3 pages, there is no page"):
            read(BytesIO(file), page)
    with pytest.raises(SketchError, match="one page, there is no page 2"):
        read(BytesIO(FILES["PNG"]()), 2)


def test_generate_and_batch_take_every_ending_and_a_page(
    tmp_path: Path, small_weights: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    files = {
        "g.gif": "GIF",
        "b.bmp": "BMP",
        "p.psd": "PSD",
        "k.kra": "KRA",
        "o.ora": "KRA",
        "deep.tif": "16 bits, TIFF",
    }
    for name, kind in files.items():
        (source / name).write_bytes(FILES[kind]())
    (source / "paged.tiff").write_bytes(pages("TIFF", np.full_like(DRAWING, 255), DRAWING))
    names = sorted([*files, "paged.tiff"])
    assert {Path(name).suffix for name in names} <= set(ENDINGS)
    model = ["--weights", str(small_weights), "--device", "cpu"]
    for given in (
        ["batch", source, tmp_path / "out"],
        ["generate", *(source / n for n in names), "-o", tmp_path / "one"],
    ):
        assert main([*map(str, given), *model]) == 3
        said = capsys.readouterr().err
        assert "page 1 of 2; --page takes another" in said
        assert said.count("\n") == 1
    for folder in ("out", "one"):
        faces = {path.name for path in (tmp_path / folder).glob("*_face.png")}
        assert faces == {f"{Path(name).stem}_face.png" for name in files}
    given = ["generate", source / "paged.tiff", "--page", "2", "-o", tmp_path / "second.png"]
    assert main([*map(str, given), *model]) == 0
    assert (tmp_path / "second.png").exists()


def test_further_pages_are_mentioned(tmp_path: Path, small_weights: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.gif").write_bytes(pages("GIF", DRAWING, DRAWING[::-1]))
    model = ["--weights", str(small_weights), "--device", "cpu"]
    assert main(["generate", str(source / "a.gif"), "-o", str(tmp_path / "a.png"), *model]) == 0
    assert "page 1 of 2 was taken; --page" in capsys.readouterr().err
    assert main(["batch", str(source), str(tmp_path / "out"), *model]) == 0
    assert "Of 1 with several pages the first was taken" in capsys.readouterr().out
    assert main(["batch", str(source), str(tmp_path / "out"), "--page", "2", *model]) == 0
    assert capsys.readouterr().out == "Faces: 1 made.\n"


def scans() -> bytes:
    """A JPEG file that is gone over thousands of times."""
    file = saved(Image.new("L", (8000, 8000), 255), "JPEG", progressive=True)
    last = file[file.rindex(b"\xff\xda") : -2]
    return file[:-2] + last * 3000 + b"\xff\xd9"


def directories() -> bytes:
    """A TIFF file of very many pages."""
    tags = ((256, 16), (257, 16), (258, 8), (259, 1), (262, 1), (273, 8), (277, 1), (278, 16), (279, 256))
    page = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    length = len(page) + 4
    return b"II*\0" + b"".join(page + struct.pack("<I", 8 + length * (k + 1)) for k in range(-1, 400_000))[length - 4 :]


def chunks() -> bytes:
    """A PNG file of very many parts."""
    file = FILES["PNG"]()
    part = struct.pack(">I", 0) + b"teSt" + struct.pack(">I", zlib.crc32(b"teSt"))
    return file[:33] + part * 5_000_000 + file[33:]


def animated() -> bytes:
    """A GIF file of very many frames."""
    file = FILES["GIF"]()
    start = file.index(b"\x2c")
    return file[:start] + file[start:-1] * 20_000 + b";"


@pytest.mark.timeout(300)
@pytest.mark.parametrize(("made", "page"), [(scans, 1), (directories, 1), (chunks, 1), (animated, 19_000)])
def test_a_picture_has_so_much_time(made: Callable[[], bytes], page: int) -> None:
    with pytest.raises(SketchError, match="too long to read"):
        read(BytesIO(made()), page, seconds=1.5)


def bomb(side: int, kind: str) -> bytes:
    return saved(Image.new("1", (side, 20), 1), kind)


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (lambda: bomb(9000, "PNG"), "9000 x 20"),
        (lambda: bomb(9000, "TIFF"), "9000 x 20"),
        (lambda: bomb(60000, "BMP"), "60000 x 20"),
        (lambda: packed(mergedimage_png=bomb(9000, "PNG")), "9000 x 20"),
        (lambda: packed(mergedimage_png=LOOP), "no picture that can be read"),
        (lambda: packed(preview_png=FILES["PNG"]()), "no flattened picture"),
        (lambda: FILES["KRA"]()[:-30], "no flattened picture"),
        (lambda: b"PK\x03\x04" + bytes(40), "no flattened picture"),
        (lambda: FILES["GIF"]()[:300], "no picture that can be read"),
        (lambda: b"", "no picture that can be read"),
        (lambda: bytes(4) + b"ftypheic" + bytes(40), "a HEIC file"),
        (lambda: b"%PDF-1.7\n" + bytes(40), "a PDF file"),
        (lambda: b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG file"),
    ],
)
def test_what_cannot_be_read_says_why(made: Callable[[], bytes], says: str) -> None:
    with pytest.raises(SketchError, match=says) as refused:
        read(BytesIO(made()))
    assert str(refused.value).endswith(".")


def test_an_archive_that_swells_is_let_go(tmp_path: Path) -> None:
    swollen = tmp_path / "swollen.kra"
    with zipfile.ZipFile(swollen, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("mergedimage.png", "w") as file:
        for _ in range((LARGEST_FILE >> 20) + 2):
            file.write(bytes(1 << 20))
    assert swollen.stat().st_size < 1 << 20
    with pytest.raises(SketchError, match="too large"):
        read_sketch(swollen)


def test_an_archive_of_very_many_files_is_let_go() -> None:
    entry = struct.pack("<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"x"
    count = 300_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, count * len(entry), 4, 0)
    with pytest.raises(SketchError, match="no flattened picture"):
        read(BytesIO(b"PK\3\4" + entry * count + end))


@pytest.mark.timeout(60)
def test_what_is_no_file_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.png")
    for path, says in ((tmp_path / "pipe.png", "pipe"), (Path("/dev/zero"), "device"), (tmp_path, "dfp batch")):
        with pytest.raises(SketchError, match=says):
            read_sketch(path)
    with (tmp_path / "sparse.png").open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(SketchError, match="too large"):
        read_sketch(tmp_path / "sparse.png")
