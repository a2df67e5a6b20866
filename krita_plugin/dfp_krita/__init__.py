"""DeepFacePencil: Krita imports this package when the plugin is enabled."""

from .texts.language import krita_language, speak

# Before anything else, because whatever is imported next may read the texts at once.
speak(krita_language())

from .extension import register  # noqa: E402

register()
