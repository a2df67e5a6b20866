"""Which trust layer belongs to which sketch, by Krita's ids of both, written down in the document."""

from typing import Any, Dict

from .annotation import read_annotation, write_annotation

ANNOTATION = "deepfacepencil-trust"
DESCRIPTION = "Which layers say how exactly the lines of which sketch layers are meant, for DeepFacePencil"


def links_of(document: Any) -> Dict[str, str]:
    """Sketches' ids by the ids of their trust layers."""
    try:
        noted = read_annotation(document, ANNOTATION)["sketches"]
        return {str(trust): str(sketch) for trust, sketch in noted.items()}
    except (ValueError, TypeError, KeyError, AttributeError):
        return {}


def link(document: Any, trust: str, sketch: str) -> None:
    """Write down that a trust layer belongs to a sketch."""
    sketches = {**links_of(document), trust: sketch}
    write_annotation(document, ANNOTATION, DESCRIPTION, {"version": 1, "sketches": sketches})
