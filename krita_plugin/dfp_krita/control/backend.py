"""What every kind of generation works with, one of each for the whole of Krita."""

from typing import NamedTuple

from ..connection.client import Client
from ..connection.face_server import FaceServer
from ..document.active_layer import ActiveLayer


class Backend(NamedTuple):
    """The server, the way to it, and whoever gives the painter's layer back after a change."""

    server: FaceServer
    client: Client
    active_layer: ActiveLayer
