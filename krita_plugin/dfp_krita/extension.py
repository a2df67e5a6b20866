"""Ties the plugin to Krita: the action, the docker, and the end."""

from functools import partial
from typing import Any

from . import texts
from .batch.layers import Choice
from .control.controller import Generator
from .krita_api import DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita
from .qt import QtCore
from .ui.docker import FaceDocker

MENU = "tools/scripts"
DOCKER = "dfp_docker"
MESSAGE_MS = 4000
GROUP, SHOWN = "dfp_krita", "docker_shown"


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
        generator = self._generator
        for name, text, act in (
            ("dfp_generate", texts.GENERATE, generator.generate),
            ("dfp_new_layer", texts.NEW_LAYER_ACTION, partial(generator.generate, new_layer=True)),
            ("dfp_live", texts.LIVE_ACTION, generator.toggle_live),
            ("dfp_show_face", texts.SHOW_FACE_ACTION, generator.toggle_face),
            ("dfp_keep", texts.KEEP_ACTION, generator.keep),
            ("dfp_lock_frame", texts.LOCK_FRAME_ACTION, generator.toggle_frame_lock),
            ("dfp_batch", texts.BATCH_ACTION, generator.start_batch),
            ("dfp_trust_layer", texts.ADD_TRUST_ACTION, generator.add_trust_layer),
            ("dfp_attention_layer", texts.ATTENTION_LAYER_ACTION, generator.add_attention_layer),
            ("dfp_manual", texts.MANUAL_ACTION, generator.show_manual),
            ("dfp_settings", texts.SETTINGS_ACTION, generator.show_settings),
            ("dfp_guide", texts.ADD_GUIDE_ACTION, generator.add_guide),
            *(
                (f"dfp_batch_{c.value}", texts.BATCH_ACTIONS[c.value], partial(generator.start_batch, c))
                for c in Choice
            ),
        ):
            # Qt would hand `checked` to the act itself.
            window.createAction(name, text, MENU).triggered.connect(lambda *_, act=act: act())
        self._generator.active_layer.watch(window)
        QtCore.QTimer.singleShot(0, show_once)
        # In a turn of its own, when Krita has made up its mind about what is in front.
        window.activeViewChanged.connect(lambda: QtCore.QTimer.singleShot(0, generator.look_around))

    def _tell_when_hidden(self, sentence: str) -> None:
        """A painter who uses the shortcut with the docker closed is told on the canvas."""
        window = Krita.instance().activeWindow()
        if window is None or any(d.objectName() == DOCKER and d.isVisible() for d in Krita.instance().dockers()):
            return
        view = window.activeView()
        if view is not None and view.document() is not None:
            view.showFloatingMessage(sentence, Krita.instance().icon("tools-wizard"), MESSAGE_MS, 1)


def show_once() -> None:
    """Show the docker when Krita has it for the first time: newer Kritas keep new dockers hidden."""
    krita = Krita.instance()
    dockers = [docker for docker in krita.dockers() if docker.objectName() == DOCKER]
    if dockers and krita.readSetting(GROUP, SHOWN, "") != "true":
        krita.writeSetting(GROUP, SHOWN, "true")
        dockers[0].setVisible(True)
        dockers[0].raise_()


def register() -> None:
    """Called when Krita loads the plugin."""
    krita = Krita.instance()
    krita.addExtension(FaceExtension(krita))
