"""Rectangles, as all our plug-ins have them."""

from krita_plugin.shared.geometry import Rect

__all__ = ["Rect"]
