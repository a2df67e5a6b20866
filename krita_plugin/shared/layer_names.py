"""What layers with faces are called, in every language: some are known by it, in pictures from anywhere."""


def face(sketch: str) -> str:
    """The face of a drawing on the layer called so."""
    return f"Face · {sketch}"


def faces(sketch: str) -> str:
    """The group that holds a face for each head of a drawing."""
    return f"Faces · {sketch}"


def numbered(number: int, sketch: str) -> str:
    """One of the faces in it."""
    return f"Face {number} · {sketch}"
