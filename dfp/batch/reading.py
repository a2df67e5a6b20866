"""From a sketch's file to its bytes, unless its face is up to date."""

import hashlib

from dfp.batch.colour_layers import ColourFile
from dfp.batch.context import Context
from dfp.batch.drawing import Bad, Wanted
from dfp.batch.jobs import Job
from dfp.batch.options import JsonValue
from dfp.errors import SketchError
from dfp.pictures.bounds import open_bounded
from dfp.pictures.outputs import Place, Standing

NO_MEMORY = "this picture needs more memory than there is: make it smaller and try again."


def look_at(context: Context, job: Job) -> Wanted | Bad | None:
    """Read a sketch's file; None when its face is up to date."""
    try:
        with open_bounded(context.source / job.name) as file:
            data = file.read()
        sha256 = hashlib.sha256(data).hexdigest()
        layer = ColourFile.open(context.layers[job.name]) if job.name in context.layers else None
        asked = _asked(context, layer)
        places = _places(context, job, sha256, asked)
        if places is None:
            return None
        return Wanted(job, data, layer, context.sketch_id(job), sha256, asked, places)
    except SketchError as error:
        return Bad(job, str(error))
    except FileNotFoundError:
        return Bad(job, "there is no such file any more.")
    except OSError as error:
        return Bad(job, f"this file cannot be read: {error.strerror or error}.")
    except MemoryError:
        return Bad(job, NO_MEMORY)


def _places(context: Context, job: Job, sha256: str, asked: dict[str, JsonValue]) -> list[Place] | None:
    """Where the face of a sketch and its heat map go; None when both are there and whole.

    That is when they were made from these bytes by this model and these options. A picture that somebody painted
    over counts as whole. Raises SketchError when the face should be made anew but would take the place of such a
    picture, or of one that was never ours.
    """
    made = context.manifest.latest(job.face)
    wanted = job.name, sha256, context.model, asked
    current = made is not None and (made.input, made.input_sha256, made.model, made.options) == wanted
    # A face of the same sketch stays one when the folder of sketches has moved.
    known = made is not None and made.input == job.name
    sketch = "" if known else context.sketch_id(job)
    standings: dict[Place, Standing] = {}
    for name in [job.face, job.attention] if context.options.attention else [job.face]:
        place = context.outputs.claim(context.out / name)
        standings[place] = context.outputs.standing(place, made.files().get(name) if made else None, sketch)
    if current and not {Standing.NOTHING, Standing.MADE} & set(standings.values()):
        return None
    for place, standing in standings.items():
        context.outputs.check(place, standing)
    return list(standings)


def _asked(context: Context, layer: ColourFile | None) -> dict[str, JsonValue]:
    colours: dict[str, JsonValue] = {} if layer is None else {"colours_sha256": layer.sha256}
    return {"attention": context.options.attention, **context.options.face.to_json(), **colours}
