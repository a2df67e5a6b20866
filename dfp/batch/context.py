"""What all steps of one run over a folder share."""

from dataclasses import dataclass
from pathlib import Path

from dfp.batch.jobs import Job
from dfp.batch.manifest import Manifest
from dfp.batch.options import BatchOptions
from dfp.pictures.marks import sketch_id
from dfp.pictures.outputs import Outputs


@dataclass(frozen=True)
class Context:
    """One run over the folder `source`, with faces in `out`.

    model: the checksum of whoever draws. layers: the file of painted colours of each sketch that has one, by the
    sketch's name.
    """

    model: str
    source: Path
    out: Path
    options: BatchOptions
    manifest: Manifest
    outputs: Outputs
    layers: dict[str, Path]

    def sketch_id(self, job: Job) -> str:
        """What the mark of a sketch's face says."""
        return sketch_id(self.source / job.name, self.out / job.face)
