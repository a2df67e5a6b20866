"""From a face to its files and its line in the manifest."""

import hashlib
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

from dfp.batch.context import Context
from dfp.batch.drawing import Bad, Pictures, Wanted
from dfp.batch.jobs import Job
from dfp.batch.manifest import Made
from dfp.errors import DfpError
from dfp.files import PART, stage, unwritten
from dfp.pictures.outputs import Kept, Place


def write_face(context: Context, wanted: Wanted, pictures: Pictures) -> Bad | None:
    """Write a face, its line in the manifest first; Bad when it was painted over in the meantime.

    Raises DfpError with a sentence.
    """
    job = wanted.job
    parts: dict[Place, Path] = {}
    files = [pictures.face] if pictures.attention is None else [pictures.face, pictures.attention]
    try:
        (context.out / job.face).parent.mkdir(parents=True, exist_ok=True)
        for place, data in zip(wanted.places, files, strict=True):
            parts[place] = stage(data, place.path.parent)
        for place in parts:
            context.outputs.check_still(place)
        context.manifest.add(_line(context, wanted, pictures))
        for place, part in parts.items():
            context.outputs.put(place, part)
    except Kept as error:
        return Bad(job, str(error))
    except OSError as error:
        raise DfpError(unwritten(context.out / job.face, error)) from error
    finally:
        for part in parts.values():
            part.unlink(missing_ok=True)
    return None


def _line(context: Context, wanted: Wanted, pictures: Pictures) -> Made:
    job, frame, attention = wanted.job, pictures.frame, pictures.attention
    return Made(
        input=job.name,
        input_sha256=wanted.sha256,
        output=job.face,
        output_sha256=hashlib.sha256(pictures.face).hexdigest(),
        attention=None if attention is None else job.attention,
        attention_sha256=None if attention is None else hashlib.sha256(attention).hexdigest(),
        model=context.model,
        options=wanted.asked,
        frame=(frame.left, frame.top, frame.width, frame.height),
        date=datetime.now(timezone.utc).isoformat(timespec="seconds"),
    )


def clear_parts(out: Path, jobs: list[Job]) -> None:
    """Remove what a killed run was in the middle of writing."""
    for folder in {(out / job.face).parent for job in jobs} | {out}:
        for part in folder.glob(f"{PART}*.part"):
            with suppress(OSError):
                part.unlink()
