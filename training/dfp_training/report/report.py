"""The paper's tables and figures for models of one's own: measured once, kept, written as one page and as JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import torch

from dfp.errors import DfpError
from dfp.model.weights import checksum
from dfp_training.data.pack import Pack
from dfp_training.metrics.evaluate import Instruments, TestSet, observe
from dfp_training.metrics.metric import Conformance, Measured, Photos, Seen, conformance, differing, measured, plain
from dfp_training.report import pictures as report_pictures
from dfp_training.report.cache import Cache, digest
from dfp_training.report.candidates import Contender, budgets_differ
from dfp_training.report.pictures import Picture

DEFORMATIONS = (0.0, 5.0, 11.0, 15.0, 20.0, 25.0, 30.0)


@dataclass(frozen=True)
class Request:
    """What a report is of. sketches: painters' sketches to draw; paper: the paper's own pictures of them."""

    models: list[Contender]
    pack: Path
    metrics: Path
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


@dataclass(frozen=True)
class Findings:
    """Everything that the page shows: per model a row for each d, in the request's order."""

    request: Request
    size: int
    faces: int
    rows: list[list[Measured]]
    photos: Conformance | None
    pack_checksum: str
    networks: dict[str, str]
    pictures: list[Picture] = field(default_factory=list)

    @property
    def unequal(self) -> bool:
        """Whether the models' budgets differ or are unknown."""
        return budgets_differ(self.request.models)


def find(request: Request, device: torch.device) -> Findings:
    """Measure what is not kept in the folder's cache, and draw the pictures. Raises DfpError with a sentence."""
    size = _size_of(request.models)
    pack = Pack(request.pack)
    test = TestSet(pack, request.split, size, request.data, request.limit, request.seed)
    faces = len(test.faces())
    # First, so that an unusable sketch is told before an hour of measuring.
    pictures = report_pictures.draw(request.models, test, request.offsets, request.sketches, request.paper, device)
    instruments = Instruments.load(request.metrics, device, request.inception)
    pack_sum, networks = pack_checksum(request.pack), _networks(request, instruments)
    common = [pack_sum, request.split, size, request.limit, request.seed, networks]
    common.append([str(folder.resolve()) for folder in request.data])
    cache = Cache(request.out / "cache")
    rows: list[list[Measured]] = []
    real: Photos | None = None
    for model in request.models:
        row = []
        for d in request.offsets:
            print(f"{model.name}, d = {d:g}", flush=True)
            real, seen = _seen(cache, common, model, test, instruments, d, device)
            row.append(measured(d, seen, real))
        rows.append(row)
    assert real is not None
    photos = conformance(real.overlap) if request.data else None
    return Findings(request, size, faces, rows, photos, pack_sum, networks, pictures)


def _seen(
    cache: Cache,
    common: list[object],
    model: Contender,
    test: TestSet,
    instruments: Instruments,
    d: float,
    device: torch.device,
) -> tuple[Photos, Seen]:
    both: list[tuple[Photos, Seen]] = []

    def look() -> tuple[Photos, Seen]:
        if not both:
            photos, seen = observe(
                lambda batch: model.draw(batch.deformed, device, batch.colours).image, test, instruments, [d]
            )
            both.append((photos, seen[0]))
        return both[0]

    seen = cache.kept(Seen, digest([*common, model.checksum, d]), lambda: look()[1])
    return cache.kept(Photos, digest([*common, "photos"]), lambda: look()[0]), seen


def _size_of(models: list[Contender]) -> int:
    sizes = {model.size for model in models}
    if len(sizes) > 1:
        each = ", ".join(f"{m.name} {m.size}" for m in models)
        raise DfpError(f"Models that draw pictures of different sides cannot stand in one table: {each}.")
    return sizes.pop()


def _networks(request: Request, instruments: Instruments) -> dict[str, str]:
    from dfp_training.networks import embedding, face_parser, lpips, squeezenet

    files = [request.metrics / name for name in (squeezenet.FILE, lpips.FILE, face_parser.FILE)]
    if instruments.embedding:
        files.append(request.metrics / embedding.FILE)
    if request.inception:
        files.append(request.inception)
    return {file.name: checksum(file) for file in files}


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
            "rows": [plain(row) for row in rows],
            "less_the_first": [plain(differing(*both)) for both in zip(rows, findings.rows[0], strict=True)],
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
        "photos": plain(findings.photos),
        "left_out": [] if request.inception else ["FID and IS: no Inception weights were given"],
    }
