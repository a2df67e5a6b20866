"""DeepFacePencil: Krita imports this package when the plugin is enabled.

Each imports only what comes after it, and none beside it: extension; ui; control; live, batch, history; generation;
connection; document; settings, task; texts; refusal, krita_api, qt.
"""

from .texts.language import krita_language, speak

# Before anything else, because whatever is imported next may read the texts at once.
speak(krita_language())

from .extension import register  # noqa: E402

register()
