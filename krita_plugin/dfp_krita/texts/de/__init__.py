"""Texte auf Deutsch, nach Themen. Namen von Ebenen fehlen mit Absicht, siehe language."""

from krita_plugin.shared.texts.de import server

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
