"""Ties the plugin to Krita: the action, the docker, and the end."""

from functools import partial
from typing import Any

from . import texts
from .batch.layers import Choice
from .control.controller import Controller
from .krita_api import DockWidgetFactory, DockWidgetFactoryBase, Extension, Krita
from .qt import QtCore, QtWidgets
from .ui.dialogs import show_manual, show_settings
from .ui.docker import FaceDocker

SCRIPTS, MENU = "tools/scripts", "dfp_menu"
DOCKER = "dfp_docker"
MESSAGE_MS = 4000
GROUP, SHOWN = "dfp_krita", "docker_shown"


class FaceExtension(Extension):
    """One for the whole of Krita."""

    def __init__(self, parent: Any) -> None:
        super().__init__(parent)
        self._controller = Controller(self)
        self._controller.status.told.connect(self._tell_when_hidden)
        QtCore.QCoreApplication.instance().aboutToQuit.connect(self._controller.shut_down)
        side = DockWidgetFactoryBase.DockPosition.DockRight
        parent.addDockWidgetFactory(DockWidgetFactory(DOCKER, side, partial(FaceDocker, self._controller)))

    def setup(self) -> None:
        """Krita calls this once; all is set up already."""

    def createActions(self, window: Any) -> None:
        """Krita calls this for every new window."""
        # Krita looks for a menu by the name of its action.
        opener = window.createAction(MENU, texts.docker.TITLE, SCRIPTS)
        opener.setMenu(QtWidgets.QMenu(texts.docker.TITLE, window.qwindow()))
        controller = self._controller
        faces, frame, trust, batch = controller.faces, controller.frame, controller.trust, controller.batch
        colours = controller.colours
        for name, text, act in (
            ("dfp_generate", texts.faces.GENERATE, faces.generate),
            ("dfp_new_layer", texts.faces.NEW_LAYER_ACTION, partial(faces.generate, new_layer=True)),
            ("dfp_live", texts.live.ACTION, controller.live.toggle),
            ("dfp_show_face", texts.faces.SHOW_ACTION, faces.toggle_visible),
            ("dfp_keep", texts.faces.KEEP_ACTION, faces.keep),
            ("dfp_lock_frame", texts.frame.LOCK_ACTION, frame.toggle_lock),
            ("dfp_batch", texts.batch.START_ACTION, batch.start),
            ("dfp_person", texts.colours.PERSON_ACTION, colours.another_person),
            ("dfp_person_back", texts.colours.BACK_ACTION, colours.back),
            ("dfp_person_forward", texts.colours.FORWARD_ACTION, colours.forward),
            ("dfp_colour_layer", texts.colour_layer.ADD_ACTION, colours.add_layer),
            ("dfp_four_people", texts.variants.FOUR_ACTION, controller.variants.draw),
            ("dfp_trust_layer", texts.trust.ADD_ACTION, trust.add_layer),
            ("dfp_attention_layer", texts.trust.ATTENTION_LAYER_ACTION, trust.add_attention_layer),
            ("dfp_manual", texts.docker.MANUAL_ACTION, show_manual),
            ("dfp_settings", texts.settings.ACTION, partial(show_settings, controller.settings)),
            ("dfp_guide", texts.frame.ADD_GUIDE_ACTION, frame.add_guide),
            *((f"dfp_batch_{c.value}", texts.batch.ACTIONS[c.value], partial(batch.start, c)) for c in Choice),
        ):
            # Qt would hand `checked` to the act itself.
            window.createAction(name, text, f"{SCRIPTS}/{MENU}").triggered.connect(lambda *_, act=act: act())
        controller.active_layer.watch(window)
        QtCore.QTimer.singleShot(0, show_once)
        # In a turn of its own, when Krita has made up its mind about what is in front.
        window.activeViewChanged.connect(lambda: QtCore.QTimer.singleShot(0, controller.look_around))

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
