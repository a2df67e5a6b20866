"""`dfp batch`: a folder of sketches becomes a folder of faces, in as many runs as it takes."""

import hashlib
import os
import sys
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, nullcontext, suppress
from dataclasses import dataclass, field
from datetime import datetime, timezone
from io import BytesIO
from pathlib import Path
from threading import Lock

import numpy as np
from tqdm import tqdm

from dfp.errors import DfpError, SketchError
from dfp.face import FaceGenerator
from dfp.files import PART, encode_marked, is_marked, is_whole, pixels_in, read_sketch, stage, unwritten
from dfp.frame import place
from dfp.heatmap import heatmap
from dfp.jobs import Job, check_source, find
from dfp.manifest import Made, Manifest
from dfp.prepare import Prepared
from dfp.runtimes import Device, is_out_of_memory
from dfp.trust import Trust

# Faces that go through the model together. On a processor more of them are no faster and only fill the memory.
TOGETHER = {"cpu": 4, "cuda": 64}
LARGEST_FILE = 1 << 29  # bytes; 8192 x 8192 RGBA without any compression is half of it
# Pixels or bytes from which pictures are read one at a time: several at once could fill the memory.
LARGE = 1 << 24


@dataclass(frozen=True)
class Options:
    """What `dfp batch` was asked for.

    recursive: also the folders below. attention: a heat map beside each face. overwrite: also files that were not
    made by `dfp batch`, or were changed since. trust: how exactly lines are meant, -1 to 1.
    """

    recursive: bool = False
    attention: bool = False
    overwrite: bool = False
    trust: float = 0.0


@dataclass
class Tally:
    """How many sketches became faces, had theirs already, could not be used, and are left because of a stop."""

    made: int = 0
    ready: int = 0
    failed: int = 0
    left: int = 0


@dataclass(frozen=True)
class Ready:
    """A sketch that waits for the model."""

    job: Job
    sha256: str
    prepared: Prepared


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
        try:
            self.out.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DfpError(f"The folder {self.out} cannot be made: {error.strerror}.") from error
        self.manifest = Manifest(self.out)
        try:
            jobs = find(self.source, self.out, self.options.recursive, self.manifest.files(), self._unreadable)
            clear_parts(self.out, jobs)
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
        writing: deque[Future[None]] = deque()
        try:
            for batch in self._batches(pool, jobs):
                for ready, image, attention in self._draw(batch):
                    writing.append(pool.submit(self._write, ready, image, attention))
                # What waits to be written is held in memory: no more of it than two batches.
                self._await(writing, 2 * len(batch))
            self._await(writing, 0)
        finally:
            pool.shutdown(cancel_futures=True)

    def _await(self, writing: "deque[Future[None]]", most: int) -> None:
        while writing and (len(writing) > most or writing[0].done()):
            writing.popleft().result()
            self.tally.made += 1
            self._bar.update()

    def _batches(self, pool: ThreadPoolExecutor, jobs: list[Job]) -> Iterator[list[Ready]]:
        """Sketches that need the model, in batches of the size that the device takes at the moment."""
        batch: list[Ready] = []
        for outcome in self._prepared(pool, jobs):
            if isinstance(outcome, Ready):
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
        path = self.source / job.name
        try:
            size = path.stat().st_size
            if size > LARGEST_FILE:
                return Bad(job, f"this file is too large ({size >> 20} MiB): save the sketch as PNG and try again.")
            data = path.read_bytes()
            sha256 = hashlib.sha256(data).hexdigest()
            if self._settled(job, sha256):
                return None
            with self._turn(pixels_in(data)):
                return Ready(
                    job, sha256, self.generator.prepare(read_sketch(BytesIO(data)), trust=Trust(self.options.trust))
                )
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

    def _settled(self, job: Job, sha256: str) -> bool:
        """Whether everything of a sketch is there and whole, made from these bytes by this model and these options.

        A picture that somebody painted over counts as whole. Raises SketchError when the face should be made anew but
        would take the place of such a picture, or of one that was never ours.
        """
        made = self.manifest.latest(job.face)
        wanted = job.name, sha256, self.generator.checksum, self._asked()
        current = made is not None and (made.input, made.input_sha256, made.model, made.options) == wanted
        foreign = ""
        for name in self._files(job):
            path = self.out / name
            try:
                found = digest(path)
            except OSError as error:
                raise SketchError(f"{name} is in the way of its face: {error.strerror or error}.") from error
            if found is not None and made is not None and found == made.files().get(name):
                continue
            if found is None or is_marked(path) or (made is not None and not is_whole(path)):
                current = False
            else:
                foreign = name
        if foreign and not current and not self.options.overwrite:
            raise SketchError(
                f"{foreign} is there already and is not as dfp batch made it: move it or say --overwrite."
            )
        return current

    def _asked(self) -> dict[str, bool | float]:
        # What is left out is as it always was: faces that were made before there was trust are still up to date.
        trust = {"trust": self.options.trust} if self.options.trust else {}
        return {"attention": self.options.attention, **trust}

    def _files(self, job: Job) -> list[str]:
        return [job.face, job.attention] if self.options.attention else [job.face]

    def _draw(self, batch: list[Ready]) -> Iterator[tuple[Ready, np.ndarray, np.ndarray | None]]:
        """Each sketch with its picture and its attention; in smaller batches, from now on, when memory runs out."""
        while batch:
            now, rest = batch[: self._together], batch[self._together :]
            try:
                faces = self.generator.draw([r.prepared for r in now])
                asked = self.options.attention
                drawn = [(r, f.image, f.attention if asked else None) for r, f in zip(now, faces, strict=True)]
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

    def _write(self, ready: Ready, image: np.ndarray, attention: np.ndarray | None) -> None:
        """Write a face, its line in the manifest first. Raises DfpError with a sentence."""
        job, frame = ready.job, ready.prepared.frame
        parts: dict[Path, Path] = {}
        try:
            (self.out / job.face).parent.mkdir(parents=True, exist_ok=True)
            with self._turn(frame.width * frame.height):
                hashes = [self._stage(job.face, place(image, frame), parts)]
                if attention is not None:
                    hashes.append(self._stage(job.attention, heatmap(attention, image), parts))
            self.manifest.add(
                Made(
                    input=job.name,
                    input_sha256=ready.sha256,
                    output=job.face,
                    output_sha256=hashes[0],
                    attention=None if attention is None else job.attention,
                    attention_sha256=None if attention is None else hashes[1],
                    model=self.generator.checksum,
                    options=self._asked(),
                    frame=(frame.left, frame.top, frame.width, frame.height),
                    date=datetime.now(timezone.utc).isoformat(timespec="seconds"),
                )
            )
            for path, part in parts.items():
                os.replace(part, path)
        except OSError as error:
            raise DfpError(unwritten(self.out / job.face, error)) from error
        finally:
            for part in parts.values():
                part.unlink(missing_ok=True)

    def _stage(self, name: str, picture: np.ndarray, parts: dict[Path, Path]) -> str:
        data = encode_marked(picture)
        path = self.out / name
        parts[path] = stage(data, path.parent)
        return hashlib.sha256(data).hexdigest()

    def _tidy(self) -> None:
        try:
            self.manifest.tidy()
        except OSError as error:
            raise DfpError(unwritten(self.manifest.path, error)) from error


def workers_for(device: Device) -> int:
    """How many threads read and write: on a processor the model wants the cores itself."""
    return min(2 if device.type == "cpu" else 8, os.cpu_count() or 1)


def digest(path: Path) -> str | None:
    """The SHA-256 of a file, None when there is none. Raises OSError."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def clear_parts(out: Path, jobs: list[Job]) -> None:
    """Remove what a killed run was in the middle of writing."""
    for folder in {(out / job.face).parent for job in jobs} | {out}:
        for part in folder.glob(f"{PART}*.part"):
            with suppress(OSError):
                part.unlink()
