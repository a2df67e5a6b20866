"""Which palette the faces of which layers have, by the layers' names. Plain Python: no Qt, no Krita."""

from fnmatch import fnmatchcase
from typing import Any, Dict, NamedTuple, Optional, Tuple

from .palette import Palette
from .palette_store import Palettes, clean_name

MOST_ROWS = 256


class Row(NamedTuple):
    """pattern: a layer's name, or one in which * stands for any letters and ? for one. name: of a saved palette.

    palette: what it was when the row was written, for where no palette has that name any more.
    """

    pattern: str
    name: str
    palette: Palette

    def means(self, layer: str) -> bool:
        """Whether a layer of this name is meant; capitals or not."""
        pattern, named = self.pattern.casefold(), layer.casefold()
        # Brackets are letters here: names of layers have them.
        return fnmatchcase(named, pattern.replace("[", "[[]"))


Rows = Tuple[Row, ...]


def palette_for(layer: str, rows: Rows, saved: Palettes) -> Optional[Palette]:
    """The palette of the first row that means a layer, as it is saved now; None where no row does."""
    row = next((row for row in rows if row.means(layer)), None)
    return None if row is None else saved.get(row.name, row.palette)


def noted(rows: Rows) -> Dict[str, Any]:
    """Plain values for JSON."""
    listed = [{"layer": row.pattern, "palette": row.name, "colours": row.palette.to_map()} for row in rows]
    return {"version": 1, "rows": listed}


def from_noted(kept: Any) -> Rows:
    """The inverse; what cannot be read counts as never written."""
    listed = kept.get("rows") if isinstance(kept, dict) else None
    rows = (_row(one) for one in listed[:MOST_ROWS]) if isinstance(listed, list) else ()
    return tuple(row for row in rows if row is not None)


def _row(noted: Any) -> Optional[Row]:
    if (
        not isinstance(noted, dict)
        or not isinstance(noted.get("layer"), str)
        or not isinstance(noted.get("palette"), str)
    ):
        return None
    pattern, name = clean_name(noted["layer"]), clean_name(noted["palette"])
    return Row(pattern, name, Palette.from_map(noted.get("colours"))) if pattern and name else None
