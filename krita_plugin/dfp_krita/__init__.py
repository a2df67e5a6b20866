"""DeepFacePencil: Krita imports this package when the plugin is enabled."""

from .extension import register

register()
