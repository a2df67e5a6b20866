"""Is it the person who was drawn? Recognisers compare faces made of drawings with the photos that were drawn from.

Descriptors of drawings, of generated faces and of photos differ by what kind of picture they are, far more than by
who is in it: so every set has its own mean taken off before descriptors are compared.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from dfp.errors import DfpError
from dfp_training.metrics.metric import Figure, mean_of, plain
from dfp_training.networks import embedding, person
from dfp_training.networks.embedding import Embedding
from dfp_training.networks.person import PersonNetwork
from dfp_training.report.drawings import Pair

AMONG = 10
DRAWINGS = "the drawings themselves"
OTHERWISE = "  more than the first model"
JUDGE, COMPANION = "mobilefacenet", "faceres"

Recogniser = Callable[[Tensor], np.ndarray]


@dataclass(frozen=True)
class Likeness:
    """Of faces and their own photos: the mean cosine, and the shares that have it nearest and among the ten nearest."""

    cosine: Figure
    nearest: Figure
    among: Figure

    def minus(self, other: "Likeness") -> "Likeness":
        """How much more this is than another model's of the same drawings."""
        return Likeness(*(getattr(self, f.name).minus(getattr(other, f.name)) for f in fields(self)))


def likeness(seen: np.ndarray, photos: np.ndarray) -> Likeness:
    """From descriptors of n faces and of the n photos they belong to, n x f each, n above ten.

    Where photos are equally near, the own one counts as the last of them: a model that gives everybody the same face
    finds nobody. Raises DfpError for too few.
    """
    if len(photos) <= AMONG:
        raise DfpError(f"There are {len(photos)} drawings, {AMONG + 1} are needed to say whose photo is nearest.")
    cosines = _directions(seen) @ _directions(photos).T
    own = cosines.diagonal()
    before = (cosines >= own[:, None]).sum(1) - 1
    shares = (mean_of((before < places).astype(np.float64)) for places in (1, AMONG))
    return Likeness(mean_of(own), *shares)


def _directions(descriptors: np.ndarray) -> np.ndarray:
    centred = descriptors.astype(np.float64) - descriptors.mean(0, dtype=np.float64)
    return centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), np.finfo(np.float64).tiny)


def recognisers(folder: Path, device: torch.device) -> dict[str, Recogniser]:
    """Those of the folder of measuring networks by name, the judge first. Raises DfpError when there are none.

    Training may ask the companion for the same person, so its figures flatter models that were trained with it.
    """
    found: dict[str, Recogniser] = {}
    if judge := Embedding.load(folder):
        found[JUDGE] = judge
    if (folder / person.GRAPH).is_file():
        network = PersonNetwork.load(folder).to(device)
        found[COMPANION] = lambda pictures: _described(network, pictures.to(device))
    if not found:
        files = f"{embedding.FILE} (which needs OpenVINO) and {person.GRAPH}"
        raise DfpError(f"{folder} has no network that tells people apart: put {files} there, or one of them.")
    return found


@torch.inference_mode()
def _described(network: PersonNetwork, pictures: Tensor) -> np.ndarray:
    return network.descriptor(pictures).float().cpu().numpy()


def descriptors(recogniser: Recogniser, pictures: Sequence[np.ndarray]) -> np.ndarray:
    """n square pictures uint8 S x S x 3, which may differ in S -> n x f."""
    tensors = (torch.from_numpy(np.array(p)).permute(2, 0, 1)[None] / 127.5 - 1 for p in pictures)
    return np.concatenate([recogniser(tensor) for tensor in tensors])


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
        tables = {
            name: {of: {f.name: plain(getattr(like, f.name)) for f in fields(like)} for of, like in table.items()}
            for name, table in self.tables.items()
        }
        return {"drawings": self.drawings, "found_frame": self.found, **tables}


def _cells(like: Likeness) -> str:
    shares = (f"{100 * share.value:9.1f} {100 * share.spread:7.1f}" for share in (like.nearest, like.among))
    return "   ".join([f"{like.cosine.value:6.3f} {like.cosine.spread:6.3f}", *shares])
