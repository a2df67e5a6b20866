"""A second Krita plugin, for tests only: runs the scenario file that DFP_SCENARIO names, then ends Krita."""

import os

from .inside import Krita
from .runner import start

if os.environ.get("DFP_SCENARIO"):
    Krita.instance().notifier().setActive(True)
    Krita.instance().notifier().windowCreated.connect(start)
