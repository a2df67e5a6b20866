"""Every text that a painter can see, by subject: sentences say what happened and what to do."""

from krita_plugin.shared.texts import server

from . import (
    batch,
    colour_layer,
    colours,
    docker,
    doctor,
    document,
    faces,
    frame,
    history,
    layer_palettes,
    live,
    palettes,
    settings,
    several,
    trust,
    variants,
)

__all__ = [
    "batch",
    "colour_layer",
    "colours",
    "docker",
    "doctor",
    "document",
    "faces",
    "frame",
    "history",
    "layer_palettes",
    "live",
    "palettes",
    "server",
    "settings",
    "several",
    "trust",
    "variants",
]
