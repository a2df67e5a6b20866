"""Errors whose text is a sentence for the painter: what happened and what to do."""


class DfpError(Exception):
    """Base of every error this project raises on purpose; `str(error)` is shown to the painter as it is."""


class SketchError(DfpError):
    """The drawing cannot be used: empty, too small, too large, of an unknown pixel layout."""


class WeightsError(DfpError):
    """The weights file cannot be used: missing, torn, of another network, not finite."""
