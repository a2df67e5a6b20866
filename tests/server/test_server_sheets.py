"""POST /v1/face beyond one picture: several heads, the heat map, painted colours in a form, what the head says."""

import io
from pathlib import Path
from typing import Any

import aiohttp
import numpy as np
import pytest
from dfp_server import wire
from dfp_server.inference.forms import FormError, files_of
from PIL import Image
from server_helpers import Live, Serve, face_lines, in_mode

from dfp import Appearance, Face, FaceGenerator
from dfp.batch.drawn import Drawn

HEAD = in_mode(face_lines(256, 256), "L")
SHEET = np.hstack([HEAD, HEAD[:, ::-1]])


def file_of(pixels: np.ndarray) -> bytes:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def picture_of(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)))


async def answer_to(
    session: aiohttp.ClientSession, live: Live, data: Any, options: dict[str, str] | None = None
) -> tuple[aiohttp.ClientResponse, dict[str, bytes]]:
    """POST /v1/face: the answer and its files by their names; one without a form is called face."""
    url = live.make_url("/v1/face")
    async with session.post(url, params=options, data=data, headers=live.headers) as response:
        if response.content_type != "multipart/form-data":
            return response, {"face": await response.read()}
        reader, files = aiohttp.MultipartReader.from_response(response), {}
        while (part := await reader.next()) is not None:
            assert isinstance(part, aiohttp.BodyPartReader)
            assert part.headers["Content-Type"] == "image/png"
            files[str(part.name)] = bytes(await part.read())
        return response, files


@pytest.fixture(scope="module")
def generator(coloured_weights: Path) -> FaceGenerator:
    return FaceGenerator.load(coloured_weights, "cpu")


async def test_a_sheet_gets_a_face_for_each_head(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path, generator: FaceGenerator
) -> None:
    live = await serve(coloured_weights)
    drawn = Drawn(generator.generate_all(SHEET), (SHEET.shape[1], SHEET.shape[0]))
    assert len(drawn.faces) == 2
    response, files = await answer_to(session, live, file_of(SHEET), {"faces": "0", "heatmap": "1"})
    assert response.headers[wire.FACES_HEADER] == "2"
    assert response.headers[wire.FRAME_HEADER] == f"0,0,{SHEET.shape[1]},{SHEET.shape[0]}"
    assert response.headers[wire.MODEL_HEADER] == generator.checksum
    np.testing.assert_array_equal(picture_of(files["face"]), drawn.picture())
    np.testing.assert_array_equal(picture_of(files["heatmap"]), drawn.attention())
    _, files = await answer_to(session, live, file_of(SHEET), {"faces": "0", "cut_out": "1"})
    np.testing.assert_array_equal(picture_of(files["face"]), drawn.picture(Face.cut_out))
    for most in ("1", ""):
        response, files = await answer_to(session, live, file_of(SHEET), {"faces": most} if most else None)
        assert response.headers[wire.FACES_HEADER] == "1"
        np.testing.assert_array_equal(picture_of(files["face"]), drawn.faces[0].placed())


async def test_one_head_has_a_heat_map_of_its_own_size_and_its_doubt(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path, generator: FaceGenerator
) -> None:
    live = await serve(coloured_weights)
    scribble = np.full((200, 200), 255, np.uint8)
    scribble[40:160:20, 30:170] = 0
    for sketch in (HEAD, scribble):
        face = generator.generate(sketch)
        drawn = Drawn([face], (sketch.shape[1], sketch.shape[0]))
        response, files = await answer_to(session, live, file_of(sketch), {"faces": "0", "heatmap": "1"})
        np.testing.assert_array_equal(picture_of(files["face"]), drawn.picture())
        np.testing.assert_array_equal(picture_of(files["heatmap"]), drawn.attention())
        assert response.headers.get(wire.NOTE_HEADER, "") == face.doubt
    assert generator.generate(scribble).doubt


async def test_painted_colours_come_in_a_form_at_any_size(
    serve: Serve, session: aiohttp.ClientSession, coloured_weights: Path, generator: FaceGenerator
) -> None:
    live = await serve(coloured_weights)
    painted = np.zeros((900, 900, 4), np.uint8)
    painted[::3, :450] = 200, 20, 10, 255
    form = aiohttp.FormData()
    form.add_field("colours", file_of(painted), filename="colours.png")
    form.add_field("sketch", file_of(HEAD), filename="sketch.png")
    _, files = await answer_to(session, live, form)
    wanted = generator.generate(HEAD, appearance=Appearance(painted=painted))
    np.testing.assert_array_equal(picture_of(files["face"]), wanted.placed())
    assert (picture_of(files["face"]) != generator.generate(HEAD).placed()).any()
    for wrong, status in (({"sketch": b"no"}, 415), ({"colours": file_of(painted)}, 400), ({"nose": b"x"}, 400)):
        form = aiohttp.FormData()
        for name, data in wrong.items():
            form.add_field(name, data, filename=name)
        response, files = await answer_to(session, live, form)
        assert response.status == status, files
        assert b'"error"' in files["face"]


async def test_a_part_of_a_frame_says_so(live: Live, session: aiohttp.ClientSession) -> None:
    response, _ = await answer_to(session, live, file_of(HEAD), {"frame": "-400,-400,1000,1000"})
    assert response.headers[wire.PART_HEADER] == "1"
    response, _ = await answer_to(session, live, file_of(HEAD))
    assert wire.PART_HEADER not in response.headers


FORM = b'--b\r\nContent-Disposition: form-data; name="sketch"; filename="a"\r\n\r\n\r\n--\r\nab\r\n--b--\r\n'


def test_a_form_is_read_to_the_byte() -> None:
    told = "multipart/form-data; boundary=b"
    assert bytes(files_of(bytearray(FORM), told)["sketch"]) == b"\r\n--\r\nab"
    assert bytes(files_of(bytearray(b"preamble\r\n" + FORM), told + "; x=y")["sketch"]) == b"\r\n--\r\nab"
    assert bytes(files_of(bytearray(FORM), 'multipart/form-data; boundary="b"')["sketch"]) == b"\r\n--\r\nab"


@pytest.mark.parametrize("cut", range(0, len(FORM) - 8))
def test_a_form_that_was_cut_off(cut: int) -> None:
    with pytest.raises(FormError):
        files_of(bytearray(FORM[:cut]), "multipart/form-data; boundary=b")


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (FORM, "multipart/form-data"),
        (FORM, "multipart/form-data; boundary=c"),
        (FORM.replace(b"sketch", b"file"), "multipart/form-data; boundary=b"),
        (FORM[:-6] + b"\r\n" + FORM, "multipart/form-data; boundary=b"),
        (b"", "multipart/form-data; boundary=b"),
    ],
)
def test_what_is_no_form_of_ours(body: bytes, told: str) -> None:
    with pytest.raises(FormError):
        files_of(bytearray(body), told)


@pytest.mark.parametrize("changed", [{"faces": -1}, {"faces": 65}, {"faces": 2, "layers": True}, {"heatmap": 1}])
def test_a_message_that_asks_for_faces_wrongly(changed: dict[str, Any]) -> None:
    with pytest.raises(wire.WireError, match=next(iter(changed))):
        wire.GenerateRequest("a", 1, 1, "L", b"a", **changed).check()
