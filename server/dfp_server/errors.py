"""Errors of the server; the text of each is a sentence for the painter."""


class ListenError(Exception):
    """The server cannot listen where it was told to, or may not."""


class BenchError(Exception):
    """The benchmark cannot go on."""


class LoadError(Exception):
    """The model cannot be loaded."""


class Refusal(Exception):
    """A request that is answered with an error: HTTP status, one of wire.Code, and the sentence.

    `retry_after` is in seconds: the same request may well be answered then.
    """

    def __init__(self, status: int, code: str, message: str, id: str = "", retry_after: int | None = None):
        super().__init__(message)
        self.status = status
        self.code = code
        self.id = id
        self.retry_after = retry_after
