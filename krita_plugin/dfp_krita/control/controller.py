"""Puts together what the docker's panels and the shortcuts work with: one of each for the whole of Krita."""

from typing import Any, Optional

from krita_plugin.shared.exchange import url_with_token

from ..connection.client import Client
from ..connection.face_server import FaceServer
from ..document.active_layer import ActiveLayer
from ..document.option_annotation import keep_options, options_of
from ..document.options import NO_OPTIONS, Options
from ..history.history import History
from ..krita_api import Krita
from ..qt import QtCore
from ..settings.observed import SettingGroup
from ..settings.user import Settings, load, save
from .backend import Backend
from .batch import BatchControl
from .colours import ColourControl
from .faces import FaceControl
from .frame import FrameControl
from .live import LiveControl
from .palettes import PaletteControl
from .picture_colours import PictureColours
from .status import Status
from .trust import TrustControl
from .variants import VariantControl

# Krita itself is busy enough when it has just started.
WARM_UP_MS = 500


class Controller(QtCore.QObject):
    """Shared by all windows and their dockers; each panel is handed the parts that it uses.

    `settings` are the painter's for all pictures (see Settings), `options` those of the picture in front (see Options).
    """

    def __init__(self, parent: Optional[Any] = None) -> None:
        super().__init__(parent)
        client = Client(self)
        self.server = FaceServer(client, self)
        self.active_layer = ActiveLayer(self)
        backend = Backend(self.server, client, self.active_layer)
        self._settings = load()
        self.settings = SettingGroup(lambda: self._settings, self._keep_settings, self)
        self.options = SettingGroup(_front_options, _keep_front_options, self)
        self.status = Status(self)
        self.history = History(self.active_layer, self)
        self.frame = FrameControl(self.status, self.active_layer, self)
        self.trust = TrustControl(backend, self.status, self)
        self.batch = BatchControl(backend, self.status, self.history, self)
        delay_ms = self.settings.setting("live_delay_ms")
        self.live = LiveControl(backend, self.status, self.history, delay_ms, self)
        self.faces = FaceControl(backend, self.status, self.history, self.live, self)
        self.colours = ColourControl(backend, self.status, self.options, self.faces, self.live, self)
        self.palettes = PaletteControl(self.colours, self.status)
        self.variants = VariantControl(backend, self.status, self.options, self.faces, self.colours, self)
        self.picture_colours = PictureColours(backend, self.colours, self.faces, self.status)
        self._cold = True
        self._connect()
        self._use_settings()

    def warm_up(self) -> None:
        """Get the server on this computer ready before the first face is asked for; what goes wrong is told then."""
        if self._cold and not self._settings.address:
            self._cold = False
            QtCore.QTimer.singleShot(WARM_UP_MS, self.server.ensure)

    def look_around(self) -> None:
        """Another picture has come to the front, or one was closed."""
        self.live.end_when_closed()
        self.options.refresh()
        self.batch.look_around()
        self.status.changed.emit()

    def shut_down(self) -> None:
        """Krita is closing."""
        self.faces.cancel()
        self.batch.shut_down()
        self.live.shut_down()
        self.server.shut_down()

    def _connect(self) -> None:
        self.history.told.connect(self.status.say)
        for part in (self.faces, self.live, self.batch):
            part.changed.connect(self.status.changed)
        self.options.kept.connect(self.live.touch)
        self.batch.restored.connect(self.options.refresh)
        self.settings.kept.connect(self._use_settings)

    def _keep_settings(self, chosen: Settings) -> None:
        save(chosen)
        self._settings = chosen

    def _use_settings(self) -> None:
        chosen = self._settings
        self.history.limit_mb = chosen.history_mb
        self.server.use(url_with_token(chosen.address, chosen.token) if chosen.address else "", chosen.certificate)


def _front_options() -> Options:
    document = Krita.instance().activeDocument()
    return options_of(document) if document is not None else NO_OPTIONS


def _keep_front_options(options: Options) -> None:
    document = Krita.instance().activeDocument()
    if document is not None:
        keep_options(document, options)
