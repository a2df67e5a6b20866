"""The persons that were drawn for a document, kept in it."""

from typing import Any

from .annotation import read_annotation, write_annotation
from .people import People

ANNOTATION = "deepfacepencil-people"
DESCRIPTION = "Which persons DeepFacePencil has drawn"


def people_of(document: Any) -> People:
    """Those of a document."""
    try:
        return People.from_map(read_annotation(document, ANNOTATION))
    except ValueError:
        return People()


def keep_people(document: Any, people: People) -> None:
    """Keep them with the document."""
    write_annotation(document, ANNOTATION, DESCRIPTION, people.to_map())
