"""Errors of the server; the text of each is a sentence for the painter."""


class ListenError(Exception):
    """The server cannot listen where it was told to."""


class LoadError(Exception):
    """The model cannot be loaded."""


class Refusal(Exception):
    """A request that is answered with an error: HTTP status, one of wire.Code, and the sentence."""

    def __init__(self, status: int, code: str, message: str, id: str = ""):
        super().__init__(message)
        self.status = status
        self.code = code
        self.id = id
