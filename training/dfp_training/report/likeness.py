"""Likeness as tables: the drawings themselves and each model's faces, for each recogniser."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dfp_training.metrics.likeness import AMONG, COMPANION, Likeness, Recogniser, descriptors, likeness
from dfp_training.report.drawings import Pair

DRAWINGS = "the drawings themselves"
OTHERWISE = "  more than the first model"


@dataclass(frozen=True)
class LikenessReport:
    """For each recogniser by name the likeness of the drawings themselves, then of each model's faces.

    `found`: the faces are of the frames that were found in the drawings, not of whole drawings.
    """

    drawings: int
    found: bool
    tables: dict[str, dict[str, Likeness]]

    @classmethod
    def of(
        cls,
        pairs: Sequence[Pair],
        made: Mapping[str, Sequence[np.ndarray]],
        seeing: dict[str, Recogniser],
        found: bool = False,
    ) -> "LikenessReport":
        """Compare each model's faces of the pairs, by the model's name. Raises DfpError for too few."""
        sets = {DRAWINGS: [np.asarray(pair.drawn) for pair in pairs], **made}
        tables = {}
        for name, recogniser in seeing.items():
            photos = descriptors(recogniser, [np.asarray(pair.photo) for pair in pairs])
            tables[name] = {of: likeness(descriptors(recogniser, faces), photos) for of, faces in sets.items()}
        return cls(len(pairs), found, tables)

    def lines(self) -> list[str]:
        """The tables as lines of text, shares in percent."""
        frames = "frames as found" if self.found else "whole drawings as frames"
        chance = f"by chance {100 / self.drawings:.1f} and {100 * AMONG / self.drawings:.0f} %"
        lines = [f"{self.drawings} drawings and their photos, {frames}; +- is one standard error"]
        lines += [f"nearest, among ten: is the own photo the nearest, one of the ten nearest; {chance}"]
        width = max(len(OTHERWISE), *(len(of) for table in self.tables.values() for of in table))
        for name, table in self.tables.items():
            note = "; flatters models that were trained with it" if name == COMPANION else ""
            lines.append(f"likeness ({name}){note}")
            lines.append(f"{'':{width}}   cosine     +-   nearest %      +-   among ten %    +-")
            of_drawings, *of_models = table.items()
            rows = [of_drawings, *of_models[:1]]
            for model, like in of_models[1:]:
                rows += [(model, like), (OTHERWISE, like.minus(of_models[0][1]))]
            lines += [f"{of:{width}}   {_cells(like)}" for of, like in rows]
        return lines

    def plain(self) -> dict[str, object]:
        """All figures as values for JSON."""
        tables = {name: {of: like.plain() for of, like in table.items()} for name, table in self.tables.items()}
        return {"drawings": self.drawings, "found_frame": self.found, **tables}


def _cells(like: Likeness) -> str:
    shares = (f"{100 * share.value:9.1f} {100 * share.spread:7.1f}" for share in (like.nearest, like.among))
    return "   ".join([f"{like.cosine.value:6.3f} {like.cosine.spread:6.3f}", *shares])
