"""A sketch as SVG: a path of cubic Bézier curves for each stroke."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from dfp_training.data.datasets import DataError, Face, faces_of, read_labels, read_photo
from dfp_training.data.deform import LABEL_SIDE, Deformation, displaced
from dfp_training.data.pack import SIDE, Pack, strokes_of_face
from dfp_training.data.parts import Part
from dfp_training.data.vectorise import Strokes

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" width="{side}" height="{side}">\n'
    '<rect width="100%" height="100%" fill="white"/>\n'
    '<g fill="none" stroke="black" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round">\n'
)


def face_of(folder: Path, name: str | None) -> Face:
    """A face of a data folder by its name, with or without the folder's before it; the first without a name."""
    faces, _ = faces_of(folder)
    return faces[_place([face.name for face in faces], name, folder)]


def _place(names: list[str], name: str | None, folder: Path) -> int:
    if name is None:
        return 0
    found = [i for i, full in enumerate(names) if name in (full, full.split("/", 1)[-1])]
    if not found:
        raise DataError(f"{folder} has no face {name}; its first is {names[0]}.")
    return found[0]


def sketch_of(folder: Path, name: str | None, d: float, seed: int, how: Deformation) -> Strokes:
    """The strokes drawn of one face of a data folder or pack: S_syn where d is 0, else S_dfm by `how` and the seed."""
    if (folder / "pack.json").is_file():
        pack = Pack(folder)
        strokes = pack.strokes(_place(pack.names, name, folder))
    else:
        face = face_of(folder, name)
        strokes = strokes_of_face(face, read_labels(face.labels), read_photo(face.photo, SIDE))
    if d:
        return displaced(strokes, replace(how, d=d), np.random.default_rng(seed))
    kept = strokes.tag < Part.IRIS
    return Strokes(strokes.points, strokes.curves[kept], strokes.path[kept], strokes.tag[kept])


def to_svg(strokes: Strokes, side: int = LABEL_SIDE) -> str:
    """Strokes -> an SVG document of side x side units, one <path> a stroke.

    Its class is the part that most of its curves show. Strokes that share a point have the same coordinates there.
    """
    lines = [HEAD.format(side=side)]
    places = [f"{x:.2f} {y:.2f}" for x, y in (strokes.points * side).tolist()]
    for number in np.unique(strokes.path):
        mine = strokes.path == number
        part = Part(int(np.bincount(strokes.tag[mine]).argmax()))
        lines.append(f'<path class="{part.name.lower()}" d="{_data(strokes.curves[mine].tolist(), places)}"/>\n')
    return "".join([*lines, "</g>\n</svg>\n"])


def _data(curves: list[list[int]], places: list[str]) -> str:
    commands: list[str] = []
    at = -1
    for start, one, two, end in curves:
        # Where a part of a stroke is left out the pen is lifted.
        if start != at:
            commands.append(f"M{places[start]}")
        commands.append(f"C{places[one]} {places[two]} {places[end]}")
        at = end
    return "".join(commands)
