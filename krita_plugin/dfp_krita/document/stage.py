"""A document that is never shown, in which groups and masked layers are put together, and taken over by one undo step.

Krita's API makes transparency masks that hold no selection. One that was read from a file holds one, and copies of it
can be written: so one is read from the smallest file that has it.
"""

import os
import tempfile
import zipfile
from types import TracebackType
from typing import Any, Optional, Type

from .. import texts
from ..krita_api import Krita
from ..qt import QtCore
from ..refusal import Refusal
from .colors import ColorSpace
from .selection_shape import Shape

NO_TILES = b"VERSION 2\nTILEWIDTH 64\nTILEHEIGHT 64\nPIXELSIZE %d\nDATA 0\n"
# Krita opens no file with less.
MASK_FILE = {
    "mimetype": b"application/x-krita",
    "maindoc.xml": b"""<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE DOC PUBLIC '-//KDE//DTD krita 2.0//EN' 'http://www.calligra.org/DTD/krita-2.0.dtd'>
<DOC xmlns="http://www.calligra.org/DTD/krita" editor="Krita" syntaxVersion="2.0">
 <IMAGE name="m" description="" mime="application/x-kra" width="1" height="1" x-res="72" y-res="72"
   colorspacename="RGBA" profile="sRGB-elle-V2-srgbtrc.icc">
  <layers>
   <layer name="m" filename="layer1" nodetype="paintlayer" colorspacename="RGBA" uuid="" x="0" y="0" visible="1"
     opacity="255" compositeop="normal" channelflags="" channellockflags="" colorlabel="0" locked="0" collapsed="0"
     intimeline="0">
    <masks>
     <mask name="m" filename="mask1" nodetype="transparencymask" uuid="" x="0" y="0" visible="1" colorlabel="0"
       locked="0" intimeline="0"/>
    </masks>
   </layer>
  </layers>
 </IMAGE>
</DOC>""",
    "m/layers/layer1": NO_TILES % 4,
    "m/layers/layer1.defaultpixel": bytes(4),
    "m/layers/mask1.pixelselection": NO_TILES % 1,
    "m/layers/mask1.pixelselection.defaultpixel": bytes(1),
}


class Stage:
    """Of the same size and colors as a document; closed at the end of the block. Raises Refusal."""

    def __init__(self, document: Any) -> None:
        space = ColorSpace.of(document)
        self._stage = Krita.instance().createDocument(document.width(), document.height(), "", *space, 72.0)
        if self._stage is None:
            raise Refusal(texts.document.CANNOT_CONVERT)
        self._stage.setBatchmode(True)

    def __enter__(self) -> "Stage":
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        _close(self._stage)

    def add(self, name: str, kind: str, group: Optional[Any] = None) -> Any:
        """A new layer on top of a group, or of all."""
        layer = self._stage.createNode(name, kind)
        (group or self._stage.rootNode()).addChildNode(layer, None)
        return layer

    def mask(self, layer: Any, shape: Shape) -> None:
        """Let a layer be seen as far as the shape is selected, by a mask that she can paint on or remove."""
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "mask.kra")
            with zipfile.ZipFile(file, "w") as packed:
                for name, content in MASK_FILE.items():
                    packed.writestr(name, content)
            source = Krita.instance().openDocument(file)
        if source is None:
            raise Refusal(texts.faces.NO_MASK)
        source.setBatchmode(True)
        copy = source.rootNode().childNodes()[0].childNodes()[0].duplicate()
        copy.setName(texts.faces.MASK)
        layer.addChildNode(copy, None)
        _close(source)
        mask = next(child for child in layer.childNodes() if child.type() == "transparencymask")
        mask.setPixelData(QtCore.QByteArray(shape.values), *shape.place)

    def taken(self, layer: Any) -> Any:
        """A copy of a layer with all that it holds, in no document yet."""
        return layer.duplicate()


def _close(document: Any) -> None:
    document.setModified(False)
    document.close()
