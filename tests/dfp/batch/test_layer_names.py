"""Which layers a painter means by a name."""

import pytest

from dfp.batch.layered.inside.dfp_in_krita.names import Named, chosen

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
