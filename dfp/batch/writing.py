"""From a face to its files and its line in the manifest."""

import hashlib
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

from dfp.batch.context import Bad, Context, Ready
from dfp.batch.drawn import Drawn
from dfp.batch.jobs import Job
from dfp.batch.manifest import Made
from dfp.errors import DfpError
from dfp.files import PART, stage, unwritten
from dfp.pictures.marks import encode
from dfp.pictures.outputs import Kept, Place
from dfp.sketch.frame import Frame


def write_face(context: Context, ready: Ready, drawn: Drawn) -> Bad | None:
    """Write a face, its line in the manifest first; Bad when it was painted over in the meantime.

    Raises DfpError with a sentence.
    """
    job, frame = ready.job, drawn.frame
    parts: dict[Place, Path] = {}
    try:
        (context.out / job.face).parent.mkdir(parents=True, exist_ok=True)
        with context.turn(frame.width * frame.height):
            pictures = [context.options.face.picture(drawn)]
            if context.options.attention:
                pictures.append(drawn.attention())
            files = dict(zip(ready.places, pictures, strict=True))
            hashes = [
                _stage(place, encode(made, ".png", context.sketch_id(job)), parts) for place, made in files.items()
            ]
        for place in parts:
            context.outputs.check_still(place)
        context.manifest.add(_line(context, ready, frame, hashes))
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


def _stage(place: Place, data: bytes, parts: dict[Place, Path]) -> str:
    parts[place] = stage(data, place.path.parent)
    return hashlib.sha256(data).hexdigest()


def _line(context: Context, ready: Ready, frame: Frame, hashes: list[str]) -> Made:
    job = ready.job
    return Made(
        input=job.name,
        input_sha256=ready.sha256,
        output=job.face,
        output_sha256=hashes[0],
        attention=job.attention if len(hashes) > 1 else None,
        attention_sha256=hashes[1] if len(hashes) > 1 else None,
        model=context.generator.checksum,
        options=ready.asked,
        frame=(frame.left, frame.top, frame.width, frame.height),
        date=datetime.now(timezone.utc).isoformat(timespec="seconds"),
    )


def clear_parts(out: Path, jobs: list[Job]) -> None:
    """Remove what a killed run was in the middle of writing."""
    for folder in {(out / job.face).parent for job in jobs} | {out}:
        for part in folder.glob(f"{PART}*.part"):
            with suppress(OSError):
                part.unlink()
