"""`dfp batch`: a folder of sketches becomes a folder of faces, in as many runs as it takes."""

import hashlib
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone
from io import BytesIO
from pathlib import Path
from threading import Lock

import numpy as np
from tqdm import tqdm

from dfp.batch.colour_layers import ColourFile, ColourFolder
from dfp.batch.jobs import Job, PassedOver, check_source, find
from dfp.batch.manifest import Made, Manifest
from dfp.batch.options import Said, Wishes
from dfp.errors import DfpError, SketchError
from dfp.files import PART, stage, unwritten
from dfp.generator import Face, FaceGenerator
from dfp.pictures.bounds import open_bounded
from dfp.pictures.marks import encode, sketch_id
from dfp.pictures.outputs import Kept, Outputs, Place, Standing
from dfp.pictures.reading import pixels_in, read
from dfp.runtime.base import Device, is_out_of_memory
from dfp.sketch.heatmap import heatmap
from dfp.sketch.prepare import Prepared

# Faces that go through the model together. On a processor more of them are no faster and only fill the memory.
TOGETHER = {"cpu": 4, "cuda": 64}
# Pixels or bytes from which pictures are read one at a time: several at once could fill the memory.
LARGE = 1 << 24
NOTHING = np.zeros((0, 1, 1), np.uint8)


@dataclass(frozen=True)
class Options:
    """What `dfp batch` was asked for.

    recursive: also the folders below. attention: a heat map beside each face. overwrite: also files that were not
    made by this program, or were changed since. wishes: what is wanted of every face. colours: a folder with layers of
    painted colours.
    """

    recursive: bool = False
    attention: bool = False
    overwrite: bool = False
    wishes: Wishes = field(default_factory=Wishes)
    colours: Path | None = None


@dataclass
class Tally:
    """How many sketches became faces, had theirs already, could not be used, and are left because of a stop.

    paged: of those that became faces, how many have several pages of which the first was taken. unpainted: of all, how
    many have no colour layer, where there is a folder of these.
    """

    made: int = 0
    ready: int = 0
    failed: int = 0
    left: int = 0
    paged: int = 0
    unpainted: int = 0
    passed_over: PassedOver = field(default_factory=PassedOver)


@dataclass(frozen=True)
class Ready:
    """A sketch that waits for the model, and where its face and its heat map go.

    asked: what the manifest says of the options. paged: it has several pages and only the first is taken.
    """

    job: Job
    sha256: str
    asked: dict[str, Said]
    prepared: Prepared
    places: list[Place]
    paged: bool


@dataclass(frozen=True)
class Bad:
    """A sketch that cannot be used, and the sentence that says why."""

    job: Job
    why: str


@dataclass
class Batch:
    """One run over a folder of sketches.

    `stop` is asked between two steps; once it says True what is drawn is still written, and the run ends.
    """

    generator: FaceGenerator
    source: Path
    out: Path
    options: Options = field(default_factory=Options)
    stop: Callable[[], bool] = lambda: False

    def run(self) -> Tally:
        """Make every face that is missing. Raises DfpError when the run cannot begin or go on."""
        self.tally = Tally()
        self._todo = 0
        self._together = TOGETHER[self.generator.device.type]
        self._large = Lock()
        check_source(self.source)
        layers = None if self.options.colours is None else ColourFolder(self.options.colours, self.source)
        self.options.wishes.check(self.generator, painted=layers is not None)
        try:
            self.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DfpError(f"The folder {self.out} cannot be made: {error.strerror}.") from error
        self.manifest = Manifest(self.out)
        try:
            asked = self.options
            ours = self.manifest.files()
            found = find(self.source, self.out, asked.recursive, ours, self._unreadable, asked.colours)
            jobs, self.tally.passed_over = found.jobs, found.passed_over
            self._layers = {} if layers is None else layers.find(jobs)
            self.tally.unpainted = 0 if layers is None else len(jobs) - len(self._layers)
            clear_parts(self.out, jobs)
            inputs = [*(self.source / job.name for job in jobs), *self._layers.values()]
            self.outputs = Outputs(inputs, asked.overwrite)
            self._todo = len(jobs)
            # Without a terminal a bar would only fill a log.
            with tqdm(total=len(jobs), unit="face", disable=None, dynamic_ncols=True) as self._bar:
                self._make(jobs)
            self.tally.left = self._todo - self.tally.made
            self._tidy()
        finally:
            self.manifest.close()
        return self.tally

    def _make(self, jobs: list[Job]) -> None:
        pool = ThreadPoolExecutor(workers_for(self.generator.device))
        writing: deque[Future[Bad | None]] = deque()
        try:
            for batch in self._batches(pool, jobs):
                for ready, face in self._draw(batch):
                    writing.append(pool.submit(self._write, ready, face))
                # What waits to be written is held in memory: no more of it than two batches.
                self._await(writing, 2 * len(batch))
            self._await(writing, 0)
        finally:
            pool.shutdown(cancel_futures=True)

    def _await(self, writing: "deque[Future[Bad | None]]", most: int) -> None:
        while writing and (len(writing) > most or writing[0].done()):
            if bad := writing.popleft().result():
                self._passed(bad)
            else:
                self.tally.made += 1
                self._bar.update()

    def _batches(self, pool: ThreadPoolExecutor, jobs: list[Job]) -> Iterator[list[Ready]]:
        """Sketches that need the model, in batches of the size that the device takes at the moment."""
        batch: list[Ready] = []
        for outcome in self._prepared(pool, jobs):
            if isinstance(outcome, Ready):
                self.tally.paged += outcome.paged
                batch.append(outcome)
            else:
                self._passed(outcome)
            if len(batch) >= self._together:
                yield batch
                batch = []
        if batch and not self.stop():
            yield batch

    def _prepared(self, pool: ThreadPoolExecutor, jobs: list[Job]) -> Iterator[Ready | Bad | None]:
        """What becomes of each sketch, in order, while the next ones are being read; None when its face is there."""
        coming = iter(jobs)
        waiting: deque[Future[Ready | Bad | None]] = deque()
        while not self.stop():
            ahead = 2 * self._together
            while len(waiting) < ahead and (job := next(coming, None)) is not None:
                waiting.append(pool.submit(self._prepare, job))
            if not waiting:
                return
            yield waiting.popleft().result()
        for future in waiting:  # or what is drawn would be written after all of these
            future.cancel()

    def _passed(self, outcome: Bad | None) -> None:
        """Count a sketch that the model need not see; rate and time left are those of the faces being made."""
        if outcome is None:
            self.tally.ready += 1
        else:
            self._fail(outcome.job.name, outcome.why)
        self._todo -= 1
        self._bar.total = self._todo
        self._bar.refresh()

    def _fail(self, name: str, why: str) -> None:
        self.tally.failed += 1
        tqdm.write(f"dfp: {self.source / name}: {why}", file=sys.stderr)

    def _unreadable(self, name: str, error: OSError) -> None:
        self._fail(name, f"this folder cannot be read: {error.strerror}.")

    def _prepare(self, job: Job) -> Ready | Bad | None:
        """Read a sketch and make it ready for the model, unless its face is up to date."""
        try:
            with open_bounded(self.source / job.name) as file:
                data = file.read()
            sha256 = hashlib.sha256(data).hexdigest()
            layer = ColourFile.open(self._layers[job.name]) if job.name in self._layers else None
            asked = self._asked(layer)
            places = self._places(job, sha256, asked)
            if places is None:
                return None
            with self._turn(max(pixels_in(data), layer.pixels() if layer else 0)):
                found = read(BytesIO(data), self.options.wishes.page)
                painted = layer.decoded() if layer else None
                prepared = self.options.wishes.prepare(self.generator, found, painted=painted)
                return Ready(job, sha256, asked, prepared, places, paged=found.page < found.pages and found.page == 1)
        except SketchError as error:
            return Bad(job, str(error))
        except FileNotFoundError:
            return Bad(job, "there is no such file any more.")
        except OSError as error:
            return Bad(job, f"this file cannot be read: {error.strerror or error}.")
        except MemoryError:
            return Bad(job, "this picture needs more memory than there is: make it smaller and try again.")

    def _turn(self, pixels: int) -> AbstractContextManager[object]:
        return self._large if pixels > LARGE else nullcontext()

    def _places(self, job: Job, sha256: str, asked: dict[str, Said]) -> list[Place] | None:
        """Where the face of a sketch and its heat map go; None when both are there and whole.

        That is when they were made from these bytes by this model and these options. A picture that somebody painted
        over counts as whole. Raises SketchError when the face should be made anew but would take the place of such a
        picture, or of one that was never ours.
        """
        made = self.manifest.latest(job.face)
        wanted = job.name, sha256, self.generator.checksum, asked
        current = made is not None and (made.input, made.input_sha256, made.model, made.options) == wanted
        # A face of the same sketch stays one when the folder of sketches has moved.
        known = made is not None and made.input == job.name
        sketch = "" if known else self._id(job)
        standings: dict[Place, Standing] = {}
        for name in [job.face, job.attention] if self.options.attention else [job.face]:
            place = self.outputs.claim(self.out / name)
            standings[place] = self.outputs.standing(place, made.files().get(name) if made else None, sketch)
        if current and not {Standing.NOTHING, Standing.MADE} & set(standings.values()):
            return None
        for place, standing in standings.items():
            self.outputs.check(place, standing)
        return list(standings)

    def _id(self, job: Job) -> str:
        return sketch_id(self.source / job.name, self.out / job.face)

    def _asked(self, layer: ColourFile | None) -> dict[str, Said]:
        colours: dict[str, Said] = {} if layer is None else {"colours_sha256": layer.sha256}
        return {"attention": self.options.attention, **self.options.wishes.said(), **colours}

    def _draw(self, batch: list[Ready]) -> Iterator[tuple[Ready, Face]]:
        """Each sketch with its face; in smaller batches, from now on, when memory runs out."""
        while batch:
            now, rest = batch[: self._together], batch[self._together :]
            try:
                faces = self.generator.draw([r.prepared for r in now])
                drawn = [(r, self._needed(f)) for r, f in zip(now, faces, strict=True)]
            except (RuntimeError, MemoryError) as error:
                if not is_out_of_memory(error):
                    raise
                if len(now) == 1:
                    cure = "close other programs" + ", or take --device cpu" * (self.generator.device.type == "cuda")
                    raise DfpError(f"There is not enough memory for even one face: {cure}.") from None
                self._together = len(now) // 2
            else:
                yield from drawn
                batch = rest
            if self._together < len(now):
                self.generator.release()  # here, where the error no longer holds what it was busy with

    def _needed(self, face: Face) -> Face:
        """What of a face is written: many of them wait for that."""
        attention = face.attention if self.options.attention else NOTHING
        return replace(face, attention=attention, regions=face.regions if self.options.wishes.cut_out else NOTHING)

    def _write(self, ready: Ready, face: Face) -> Bad | None:
        """Write a face, its line in the manifest first; Bad when it was painted over in the meantime.

        Raises DfpError with a sentence.
        """
        job, frame = ready.job, ready.prepared.frame
        parts: dict[Place, Path] = {}
        try:
            (self.out / job.face).parent.mkdir(parents=True, exist_ok=True)
            with self._turn(frame.width * frame.height):
                pictures = [self.options.wishes.picture(face)]
                if self.options.attention:
                    pictures.append(heatmap(face.attention, face.image))
                files = dict(zip(ready.places, pictures, strict=True))
                hashes = [
                    self._stage(place, encode(made, ".png", self._id(job)), parts) for place, made in files.items()
                ]
            for place in parts:
                self.outputs.check_still(place)
            self.manifest.add(self._line(ready, hashes))
            for place, part in parts.items():
                self.outputs.put(place, part)
        except Kept as error:
            return Bad(job, str(error))
        except OSError as error:
            raise DfpError(unwritten(self.out / job.face, error)) from error
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)
        return None

    @staticmethod
    def _stage(place: Place, data: bytes, parts: dict[Place, Path]) -> str:
        parts[place] = stage(data, place.path.parent)
        return hashlib.sha256(data).hexdigest()

    def _line(self, ready: Ready, hashes: list[str]) -> Made:
        job, frame = ready.job, ready.prepared.frame
        return Made(
            input=job.name,
            input_sha256=ready.sha256,
            output=job.face,
            output_sha256=hashes[0],
            attention=job.attention if len(hashes) > 1 else None,
            attention_sha256=hashes[1] if len(hashes) > 1 else None,
            model=self.generator.checksum,
            options=ready.asked,
            frame=(frame.left, frame.top, frame.width, frame.height),
            date=datetime.now(timezone.utc).isoformat(timespec="seconds"),
        )

    def _tidy(self) -> None:
        try:
            self.manifest.tidy()
        except OSError as error:
            raise DfpError(unwritten(self.manifest.path, error)) from error


def workers_for(device: Device) -> int:
    """How many threads read and write: on a processor the model wants the cores itself."""
    return min(2 if device.type == "cpu" else 8, os.cpu_count() or 1)


def clear_parts(out: Path, jobs: list[Job]) -> None:
    """Remove what a killed run was in the middle of writing."""
    for folder in {(out / job.face).parent for job in jobs} | {out}:
        for part in folder.glob(f"{PART}*.part"):
            with suppress(OSError):
                part.unlink()
