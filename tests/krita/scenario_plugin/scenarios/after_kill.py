"""After Krita was killed: every file that is left opens with its sketch as it was, and its history can be read."""

from typing import Any

from dfp_scenario.inside import QtCore, plugin
from dfp_scenario.tools import Tools, Wait

CANVAS = QtCore.QRect(0, 0, 800, 700)
LEFT = {
    "killed.kra": ("saved.bin", 1),
    "recovered.kra": ("autosaved.bin", 2),
    "without_saved.kra": ("saved.bin", 1),
    "without_autosaved.kra": ("autosaved.bin", 2),
}


def scenario(tools: Tools) -> Wait:
    for file, (sketch, faces) in LEFT.items():
        doc = tools.krita.openDocument(str(tools.out / file))
        assert doc is not None, f"{file} cannot be opened"
        assert tools.pixels(doc.nodeByName("Sketch"), CANVAS) == (tools.out / sketch).read_bytes(), file
        history_is_whole(doc, faces)
        yield from goes_on(tools, doc)
        doc.setModified(False)
        doc.close()
        yield 0.3


def history_is_whole(doc: Any, faces: int) -> None:
    """Every entry has its face and its sketch, to the last bit."""
    history, pictures = plugin("history.history"), plugin("history.pictures")
    shelf = history.DocumentShelf(doc)
    entries = plugin("history.store").Store(shelf).entries()
    assert len(entries) == faces, entries
    for entry in entries:
        assert entry.painted
        for key in entry.pictures:
            assert not pictures.unpack(shelf.raw(plugin("history.store").PICTURE + key), key).isNull()


def goes_on(tools: Tools, doc: Any) -> Wait:
    """The face is known as the sketch's, and renewed where it is."""
    doc.setBatchmode(True)
    tools.krita.activeWindow().addView(doc)
    yield 0.6
    sketch = doc.nodeByName("Sketch")
    doc.setActiveNode(sketch)
    yield 0.2
    before = tools.pixels(doc.nodeByName("Face · Sketch"), CANVAS)
    tools.draw_rect(sketch, 380, 450, 60, 20)
    tools.generate()
    yield from tools.until(lambda: not tools.busy(), "the face", 90)
    assert tools.says().startswith("Done in"), tools.says()
    assert tools.names(doc) == ["Background", "Colour layer · Sketch", "Sketch", "Face · Sketch"], tools.names(doc)
    assert tools.pixels(doc.nodeByName("Face · Sketch"), CANVAS) != before
