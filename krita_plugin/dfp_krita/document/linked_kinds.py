"""The kinds of linked layers that there are."""

from typing import Any, Optional

from .linked_layers import LinkedLayers
from .painted import COLOURS
from .trust_mask import TRUST

KINDS = (TRUST, COLOURS)


def kind_of(document: Any, layer: Any) -> Optional[LinkedLayers]:
    """Which kind of linked layer a layer is; None for any other, which may be a drawing."""
    return next((kind for kind in KINDS if kind.has(document, layer)), None)
