"""Ties the plugin to Krita: the action, the docker, and the end."""

from functools import partial
from typing import Any

from . import texts
from .docker import FaceDocker
from .generator import Generator
from .krita_api import DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita
from .qt import QtCore

ACTION = "dfp_generate"
DOCKER = "dfp_docker"
MESSAGE_MS = 4000


class FaceExtension(Extension):
    """One for the whole of Krita."""

    def __init__(self, parent: Any) -> None:
        super().__init__(parent)
        self._generator = Generator(self)
        self._generator.told.connect(self._tell_when_hidden)
        QtCore.QCoreApplication.instance().aboutToQuit.connect(self._generator.shut_down)
        side = DockWidgetFactoryBase.DockPosition.DockRight
        parent.addDockWidgetFactory(DockWidgetFactory(DOCKER, side, partial(FaceDocker, self._generator)))

    def setup(self) -> None:
        """Krita calls this once; all is set up already."""

    def createActions(self, window: Any) -> None:
        """Krita calls this for every new window."""
        action = window.createAction(ACTION, texts.GENERATE, "tools/scripts")
        action.triggered.connect(lambda: self._generator.generate())
        self._generator.active_layer.watch(window)

    def _tell_when_hidden(self, sentence: str) -> None:
        """A painter who uses the shortcut with the docker closed is told on the canvas."""
        window = Krita.instance().activeWindow()
        if window is None or any(d.objectName() == DOCKER and d.isVisible() for d in Krita.instance().dockers()):
            return
        view = window.activeView()
        if view is not None and view.document() is not None:
            view.showFloatingMessage(sentence, Krita.instance().icon("tools-wizard"), MESSAGE_MS, 1)


def register() -> None:
    """Called when Krita loads the plugin."""
    krita = Krita.instance()
    krita.addExtension(FaceExtension(krita))
