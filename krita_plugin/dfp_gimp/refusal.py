"""Why something cannot be done."""


class Refusal(Exception):
    """What was asked for cannot be done; the text is one sentence for the painter."""
