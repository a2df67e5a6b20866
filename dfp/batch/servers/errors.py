"""What may come of a request instead of a face; the text of each is a sentence for the painter."""


class Gone(Exception):
    """The server does not answer, or not any more. mine: it may have been this request's doing."""

    def __init__(self, sentence: str, mine: bool = False):
        super().__init__(sentence)
        self.mine = mine


class Unfit(Exception):
    """The server answers, but cannot be used: its token, its certificate, its weights, its age."""


class Busy(Exception):
    """The server has too much to do: after so many seconds it may well answer.

    crowded: it has enough of this program's requests. mine: it was this request's doing.
    """

    def __init__(self, sentence: str, seconds: float, crowded: bool = False, mine: bool = False):
        super().__init__(sentence)
        self.seconds, self.crowded, self.mine = seconds, crowded, mine


class Refused(Exception):
    """This sketch cannot be used."""
