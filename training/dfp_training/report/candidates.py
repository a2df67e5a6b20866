"""The models of a report: release weights, runs of the stages and of the baselines, side by side."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from dfp.model import weights
from dfp.model.networks import Colours, Generated
from dfp.model.precision import autocast
from dfp_training.report.stage_sheet import usual
from dfp_training.tasks.loaded import DRAWING, file_of, load_generator


@dataclass(frozen=True)
class Candidate:
    """A trained model under the name that the report gives it.

    coloured: whether it takes `colours` beside lines. pictures: how many its training saw, every stage of it, None
    where the file does not say. recipe: its whole configuration, as its file has it.
    """

    name: str
    file: Path
    checksum: str
    pictures: int | None
    recipe: dict[str, object]
    size: int
    generator: Callable[..., Generated]
    coloured: bool = False

    @property
    def seen(self) -> str:
        """The number of pictures, in words that a table takes."""
        return "unknown" if self.pictures is None else f"{self.pictures:,}"

    @torch.inference_mode()
    def draw(self, lines: Tensor, device: torch.device, colours: Colours | None = None) -> Generated:
        """N x 1 x size x size lines -> the faces in float32, and the attention of those that have any.

        `colours`: what those are told that know colours; the usual ones where nothing is said.
        """
        told = {"colours": (colours or usual(len(lines))).to(device)} if self.coloured else {}
        with autocast(device):
            made = self.generator(lines.to(device), **told)
        attention = None if made.attention is None else made.attention.float()
        return Generated(made.image.float(), [], attention)


def candidate(name: str, path: Path, device: torch.device, pictures: int | None = None) -> Candidate:
    """Read release weights or a run folder. `pictures`: what its file does not say.

    Raises CheckpointError or WeightsError with a sentence.
    """
    loaded, file = load_generator(path, *DRAWING), file_of(path)
    step = {} if loaded.step is None else {"step": loaded.step}
    recipe = {**step, **json.loads(json.dumps(loaded.config))}
    seen = loaded.images_seen or pictures
    generator = loaded.network.to(device)
    return Candidate(name, file, weights.checksum(file), seen, recipe, loaded.size, generator, loaded.coloured)


def budgets_differ(models: list[Candidate]) -> bool:
    """Whether a table of these models would compare what cannot be compared: other or unknown numbers of pictures."""
    return len({m.pictures for m in models}) > 1 or any(m.pictures is None for m in models)
