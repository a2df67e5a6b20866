"""Which layers a painter means by a name."""

import zipfile
from pathlib import Path

import pytest

from dfp.batch.layered.inside.dfp_in_krita.names import Named, chosen
from dfp.batch.layered.opening import is_without, listing

TREE = [
    Named(("Paper",), ()),
    Named(("Figures",), ()),
    Named(("Figures", "sketch 1"), (1,)),
    Named(("Figures", "Face · sketch 1"), (1,)),
    Named(("Figures", "Sketch 2"), (1,)),
    Named(("Figures", "More"), (1,)),
    Named(("Figures", "More", "sketch 3"), (1, 5)),
    Named(("Sketches",), ()),
    Named(("Sketches", "ink"), (7,)),
    Named(("eyes/mouth",), ()),
    Named(("Kept face · sketch 1",), ()),
    Named(("Face 2 · sketch 1",), ()),
    Named(("Face · Figures",), ()),
    Named(("Face · Figures", "sketch 4"), (12,)),
    Named(("ме́ньше", "Эскиз"), ()),
]


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["sketch 1"], ["sketch 1"]),
        (["sketch*"], ["sketch 1", "Sketch 2", "sketch 3", "Sketches"]),
        (["Figures"], ["Figures"]),
        (["Figures", "More"], ["More"]),
        (["Figures/sketch*"], ["sketch 1", "Sketch 2"]),
        (["More/sketch*", "ink"], ["sketch 3", "ink"]),
        (["/Figures/*/sketch ?"], ["sketch 3"]),
        (["Sketches", "ink"], ["ink"]),
        (["eyes/mouth"], ["eyes/mouth"]),
        (["Face*"], []),
        (["эскиз"], ["Эскиз"]),
        (["nobody"], []),
        (["*"], ["Paper", "sketch 1", "Sketch 2", "sketch 3", "ink", "eyes/mouth", "Эскиз"]),
    ],
)
def test_names_of_layers(patterns: list[str], expected: list[str]):
    assert [TREE[number].path[-1] for number in chosen(TREE, patterns)] == expected


def test_kritas_layers_are_counted_without_krita(tmp_path: Path):
    """Groups with something in them that is meant, filters and faces are no drawings."""
    layers = """<layer name="sketch" nodetype="grouplayer"><layers>
      <layer name="Face · sketch 1" nodetype="paintlayer"/><layer name="sketch 1" nodetype="paintlayer"/>
      <layer name="sketch 2" nodetype="shapelayer"/></layers></layer>
    <layer name="sketchy" nodetype="adjustmentlayer"/><layer name="ink" nodetype="paintlayer"/>"""
    image = f'<DOC><IMAGE width="40" height="30"><layers>{layers}</layers></IMAGE></DOC>'
    for name, text in (("a.kra", image), ("torn.kra", image[:-20])):
        with zipfile.ZipFile(tmp_path / name, "w") as archive:
            archive.writestr("maindoc.xml", text)
    found = listing(tmp_path / "a.kra")
    assert found is not None
    assert found.size == (40, 30)
    assert [found.count([pattern]) for pattern in ("sketch*", "sketch", "ink", "none")] == [2, 1, 1, 0]
    assert is_without(tmp_path / "a.kra", ["none"])
    assert listing(tmp_path / "torn.kra") is None
    assert not is_without(tmp_path / "torn.kra", ["none"])
