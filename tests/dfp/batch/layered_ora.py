"""Files with layers for tests of `dfp batch --layers`, and the command over them."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from ora_files import entries, lines, png, write_ora

from dfp.batch.drawing import Outcomes, Stop, Wanted
from dfp.batch.layered.ora.stack import Stack
from dfp.batch.local import LocalDrawer
from dfp.batch.options import BatchOptions
from dfp.cli.main import main

SIZE = 400, 300
STACK = """<stack>
  <layer name="glaze" src="data/glaze.png" composite-op="svg:multiply" opacity="0.5"/>
  <stack name="Figures" x="20" y="10">
    <layer name="sketch 1" src="data/face.png" x="30" y="40" own="kept"/>
    <layer name="sketch 2" src="data/face.png" x="200" y="60" visibility="hidden"/>
  </stack>
  <layer name="sketch empty" src="data/empty.png"/>
  <layer name="paper" src="data/paper.png"/>
</stack>"""
FACES = [
    "glaze",
    "Figures",
    "Figures/Face · sketch 1",
    "Figures/sketch 1",
    "Figures/Face · sketch 2",
    "Figures/sketch 2",
    "sketch empty",
    "paper",
]


Run = Callable[..., int]


def figure_in(source: Path, face_sketch: np.ndarray) -> Callable[..., Path]:
    """Writes the file of STACK, with another scar for another number."""

    def write(name: str = "anna.ora", scar: int = 0, stack: str = STACK) -> Path:
        face = lines(face_sketch)
        face[70 + scar : 72 + scar, 40:80, 3] = 255 if scar else 0
        glaze = np.full((*SIZE[::-1], 4), (0, 0, 255, 255), np.uint8)
        paper, empty = np.full((*SIZE[::-1], 4), 255, np.uint8), np.zeros((1, 1, 4), np.uint8)
        pictures = {"face.png": face, "glaze.png": glaze, "paper.png": paper, "empty.png": empty}
        write_ora(source / name, stack, pictures, SIZE)
        return source / name

    return write


def changed(path: Path, face_sketch: np.ndarray) -> None:
    """She saves a file with another picture for `sketch 2`."""
    other = lines(face_sketch)
    other[100:103, 60:100, 3] = 255
    old = entries(path)
    stack = old["stack.xml"].replace(b'"sketch 2" src="data/face.png"', b'"sketch 2" src="data/other.png"')
    with zipfile.ZipFile(path, "w") as file:
        for name, data in {**old, "stack.xml": stack, "data/other.png": png(other)}.items():
            file.writestr(name, data)


def run_in(source: Path, out: Path, weights: Path) -> Run:
    """`dfp batch` with --layers 'sketch*', from `source` to `out` or in place; gives the exit code."""

    def call(*arguments: object, layers: str = "sketch*") -> int:
        where = [source] if "--in-place" in arguments else [source, out]
        more = ["--layers", layers, "--weights", weights, "--device", "cpu", "--runtime", "torch"]
        return main(["batch", *map(str, [*where, *arguments, *more])])

    return call


def names(path: Path) -> list[str]:
    """The layers of a file, the uppermost first."""
    return ["/".join(layer.path) for layer in Stack.read(entries(path)["stack.xml"]).layers]


def many(path: Path, face_sketch: np.ndarray, count: int) -> list[str]:
    """A file of sketches, no two alike."""
    pictures: dict[str, np.ndarray] = {}
    rows = []
    for number in range(count):
        face = lines(face_sketch)
        face[60 : 62 + number, 40:80, 3] = 255
        pictures[f"{number}.png"] = face
        rows.append(f'<layer name="sketch {number}" src="data/{number}.png" x="{number % 30}" y="4"/>')
    write_ora(path, "<stack>" + "\n".join(rows) + "</stack>", pictures, SIZE)
    return [name for number in range(count) for name in (f"Face · sketch {number}", f"sketch {number}")]


def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The drawings that get drawn from now on."""
    drawn: list[str] = []
    draw = LocalDrawer.draw

    def counting(self: LocalDrawer, wanted: Iterator[Wanted], options: BatchOptions, stop: Stop) -> Outcomes:
        for sketch, outcome in draw(self, wanted, options, stop):
            drawn.append(sketch.job.name)
            yield sketch, outcome

    monkeypatch.setattr(LocalDrawer, "draw", counting)
    return drawn
