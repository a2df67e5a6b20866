"""The paper's tables and figures for models of one's own: measured once, kept, written as one page and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import torch
from torch import Tensor

from dfp.errors import DfpError
from dfp.model.weights import checksum
from dfp_training.data.loader import Batch
from dfp_training.data.pack import Pack
from dfp_training.metrics.evaluate import TestSet, observe
from dfp_training.metrics.feature_networks import FeatureNetworks
from dfp_training.metrics.metric import Measured, Metric, Rows, ceilings, left_out, measured, observations, plain, shown
from dfp_training.metrics.registry import METRICS
from dfp_training.report import pictures as report_pictures
from dfp_training.report.cache import Cache, digest
from dfp_training.report.candidates import Candidate, budgets_differ
from dfp_training.report.pictures import Picture

DEFORMATIONS = (0.0, 5.0, 11.0, 15.0, 20.0, 25.0, 30.0)


@dataclass(frozen=True)
class Request:
    """What a report is of.

    networks: the folder of the measuring networks. sketches: painters' sketches to draw; paper: the paper's own
    pictures of them.
    """

    models: list[Candidate]
    pack: Path
    networks: Path
    out: Path
    data: Sequence[Path] = ()
    split: str = "test"
    limit: int | None = None
    offsets: Sequence[float] = DEFORMATIONS
    seed: int = 7
    inception: Path | None = None
    sketches: Path | None = None
    paper: Path | None = None
    command: str = ""
    metrics: Sequence[Metric] = METRICS


@dataclass(frozen=True)
class Findings:
    """Everything that the page shows: per model a row for each d, in the request's order.

    photos: with label maps, the figures of the photos themselves. networks: checksums of those that measured.
    left_out: sentences on measures that take what is not there.
    """

    request: Request
    size: int
    faces: int
    rows: list[list[Measured]]
    photos: Measured | None
    pack_checksum: str
    networks: dict[str, str]
    left_out: list[str]
    pictures: list[Picture] = field(default_factory=list)

    @property
    def unequal(self) -> bool:
        """Whether the models' budgets differ or are unknown."""
        return budgets_differ(self.request.models)

    @property
    def metrics(self) -> list[Metric]:
        """The measures that have figures."""
        return shown(self.request.metrics, [row for rows in self.rows for row in rows])


def find(request: Request, device: torch.device) -> Findings:
    """Measure what is not kept in the folder's cache, and draw the pictures. Raises DfpError with a sentence."""
    size = _size_of(request.models)
    pack = Pack(request.pack)
    test = TestSet(pack, request.split, size, request.data, request.limit, request.seed)
    faces = len(test.faces())
    # First, so that an unusable sketch is told before an hour of measuring.
    pictures = report_pictures.draw(request.models, test, request.offsets, request.sketches, request.paper, device)
    networks = FeatureNetworks.load(request.networks, device, request.inception)
    checksums = {file.name: checksum(file) for file in networks.files}
    pack_sum = pack_checksum(request.pack)
    common = [pack_sum, request.split, size, request.limit, request.seed, checksums]
    common.append([str(folder.resolve()) for folder in request.data])
    watch = _Watch(Cache(request.out / "cache"), common, test, networks, request.metrics)
    rows: list[list[Measured]] = []
    real: Rows = {}
    for model in request.models:
        row = []
        for d in request.offsets:
            print(f"{model.name}, d = {d:g}", flush=True)
            real, made = watch.seen(model, d)
            row.append(measured(d, made, real, request.metrics))
        rows.append(row)
    photos = ceilings(real, request.metrics) if request.data else None
    out = left_out(request.metrics, networks)
    return Findings(request, size, faces, rows, photos, pack_sum, checksums, out, pictures)


@dataclass(frozen=True)
class _Watch:
    """Looks at models, or at what is kept of them. common: what the cache's keys have in common."""

    cache: Cache
    common: list[object]
    test: TestSet
    networks: FeatureNetworks
    metrics: Sequence[Metric]

    def seen(self, model: Candidate, d: float) -> tuple[Rows, Rows]:
        """What is seen of the photos, and of a model's faces at d."""
        device = self.networks.device
        names = [observation.name for observation in observations(self.metrics, self.networks)]

        @cache
        def look() -> tuple[Rows, Rows]:
            def generate(batch: Batch) -> Tensor:
                return model.draw(batch.deformed, device, batch.colours).image

            photos, made = observe(generate, self.test, self.networks, [d], self.metrics)
            return photos, made[0]

        made = self.cache.kept(digest([*self.common, model.checksum, d]), names, lambda: look()[1])
        return self.cache.kept(digest([*self.common, "photos"]), names, lambda: look()[0]), made


def _size_of(models: list[Candidate]) -> int:
    sizes = {model.size for model in models}
    if len(sizes) > 1:
        each = ", ".join(f"{m.name} {m.size}" for m in models)
        raise DfpError(f"Models that draw pictures of different sides cannot stand in one table: {each}.")
    return sizes.pop()


def pack_checksum(folder: Path) -> str:
    """Names a pack by its list of faces and the sizes of its files, which is read in no time."""
    sizes = sorted((file.name, file.stat().st_size) for file in folder.iterdir() if file.is_file())
    return digest([checksum(folder / "pack.json"), sizes])


def as_json(findings: Findings) -> dict[str, object]:
    """All that the page says, as plain values."""
    request = findings.request
    models = [
        {
            "name": model.name,
            "file": str(model.file),
            "checksum": model.checksum,
            "pictures_seen": model.pictures,
            "recipe": model.recipe,
            "rows": [{"d": row.d, **plain(row, request.metrics)} for row in rows],
            "less_the_first": [
                plain(row.minus(first), findings.metrics) for row, first in zip(rows, findings.rows[0], strict=True)
            ],
        }
        for model, rows in zip(request.models, findings.rows, strict=True)
    ]
    return {
        "command": request.command,
        "models": models,
        "equal_budgets": not findings.unequal,
        "pack": str(request.pack),
        "pack_checksum": findings.pack_checksum,
        "label_maps": [str(folder) for folder in request.data],
        "split": request.split,
        "faces": findings.faces,
        "size": findings.size,
        "seed": request.seed,
        "networks": findings.networks,
        "photos": plain(findings.photos, shown(request.metrics, [findings.photos])) if findings.photos else None,
        "left_out": findings.left_out,
    }
