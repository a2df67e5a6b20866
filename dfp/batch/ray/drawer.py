"""A Ray cluster draws the faces of a folder: a Ray Data pipeline reads, prepares and draws, this program writes.

Ray runs what a dead worker had once more, so the same face may come twice; the second one is passed over.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from dfp.batch.drawing import Bad, Outcomes, Pictures, Stop, Wanted
from dfp.batch.knows import Knows
from dfp.batch.options import BatchOptions
from dfp.batch.ray.cluster import Cluster
from dfp.batch.ray.rows import NUMBER, Errand, Sorry, payloads_of, row_of
from dfp.batch.ray.stages import Draw, Model, prepare_rows, read_rows
from dfp.batch.steps import Steps
from dfp.errors import DfpError
from dfp.model.weights_header import RELEASE, checksum, read_config, read_palettes

AT_ONCE = 1 << 16  # sketches of one pipeline: all that waits of them is their names
IN_BLOCK = 16  # that go through it together
TOGETHER = {"cpu": 4, "cuda": 64}  # of these through the model
LOOK_S = 0.2  # so often it is asked whether to stop


@dataclass(frozen=True)
class Pool:
    """workers: how many load the model. cpus, gpus: what each has to itself. device: what it draws on."""

    workers: int
    cpus: float
    gpus: float
    device: str

    @classmethod
    def of(cls, device: str, resources: dict[str, float]) -> "Pool":
        """As suits a cluster with these resources. Raises DfpError when there is no such device in it."""
        gpus = int(resources.get("GPU", 0))
        if device == "cuda" and not gpus:
            raise DfpError("No machine of the cluster has an NVIDIA graphics card: take --device cpu.")
        if gpus and device != "cpu":
            return cls(gpus, 0, 1, "cuda")
        # A half each: the other half prepares sketches, in the same worker or another one.
        return cls(max(1, int(resources.get("CPU", 1))), 0.5, 0, "cpu")


class RayDrawer:
    """A `Drawer` whose models are the workers of a cluster.

    source: the folder of sketches, which all machines have at the same place. weights: a file that they have, too; None
    for the bundled ones.
    """

    def __init__(self, cluster: Cluster, source: Path, weights: Path | None, device: str, runtime: str):
        """Raises WeightsError, DfpError."""
        path = weights or RELEASE
        self._source, self._config, self._palettes = source.absolute(), read_config(path), read_palettes(path)
        self._data, self._pool = cluster.data, Pool.of(device, cluster.resources())
        own = None if weights is None else weights.absolute()
        self._model = Model(own, self._pool.device, runtime, checksum(path))

    @property
    def checksum(self) -> str:
        """As `Drawer` says."""
        return self._model.checksum

    def check(self, options: BatchOptions) -> None:
        """As `Drawer` says."""
        knows = Knows(self._palettes is not None, self._config.regions)
        options.face.check(knows, painted=options.colours is not None)

    def draw(self, wanted: Iterator[Wanted], options: BatchOptions, stop: Stop) -> Outcomes:
        """As `Drawer` says; all sketches are looked at before the first is drawn."""
        while not stop():
            kept, rows = {}, []
            for number, one in enumerate(islice(wanted, AT_ONCE)):
                rows.append(row_of(number, self._errand(one)))
                kept[number] = replace(one, data=b"", colours=None)  # workers read them themselves
            if not kept:
                return
            yield from self._drawn(kept, self._pipeline(rows, options), stop)

    def _drawn(self, wanted: dict[int, Wanted], pipeline: Any, stop: Stop) -> Outcomes:
        arrived: SimpleQueue[dict[str, Any] | BaseException | None] = SimpleQueue()
        threading.Thread(target=_run, args=(pipeline, arrived), name="ray", daemon=True).start()
        while True:
            try:
                rows = arrived.get_nowait() if stop() else arrived.get(timeout=LOOK_S)
            except Empty:
                if stop():
                    break
                continue
            if rows is None:
                break
            if isinstance(rows, BaseException):
                raise DfpError(f"The Ray cluster cannot go on: {_reason(rows)} The same command goes on from here.")
            for number, outcome in zip(rows[NUMBER], payloads_of(rows), strict=True):
                if (one := wanted.pop(int(number), None)) is not None:
                    yield one, _outcome(one, outcome)

    def _pipeline(self, rows: list[dict[str, Any]], options: BatchOptions) -> Any:
        steps = Steps(options, self._config.size, self._palettes)
        pool = self._pool
        shared = {"num_cpus": 0.5, "zero_copy_batch": True}
        return (
            self._data.from_items(rows, override_num_blocks=-(-len(rows) // IN_BLOCK))
            .map_batches(read_rows, batch_size=IN_BLOCK, **shared)
            .map_batches(partial(prepare_rows, steps=steps), batch_size=IN_BLOCK, **shared)
            .map_batches(
                Draw,
                fn_constructor_args=(self._model, steps),
                batch_size=TOGETHER[pool.device],
                compute=self._data.ActorPoolStrategy(size=pool.workers),
                num_cpus=pool.cpus,
                num_gpus=pool.gpus,
            )
        )

    def _errand(self, wanted: Wanted) -> Errand:
        colours = wanted.colours
        layer = (None, "") if colours is None else (colours.path.absolute(), colours.sha256)
        return Errand(self._source / wanted.job.name, wanted.sha256, *layer, wanted.mark)


def _run(pipeline: Any, arrived: "SimpleQueue[dict[str, Any] | BaseException | None]") -> None:
    """Hand on what comes out of a pipeline, block by block, and how it ended."""
    try:
        for rows in pipeline.iter_batches(batch_size=None, batch_format="numpy", prefetch_batches=0):
            arrived.put(rows)
    except BaseException as error:  # whatever it is, the one who waits shall hear of it
        arrived.put(error)
    else:
        arrived.put(None)


def _outcome(wanted: Wanted, outcome: Pictures | Sorry) -> Pictures | Bad:
    return Bad(wanted.job, outcome.why) if isinstance(outcome, Sorry) else outcome


def _reason(error: BaseException) -> str:
    """The sentence of ours that a worker raised, or what Ray says."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, DfpError):
            return str(cause)
        cause = getattr(cause, "cause", None) or cause.__cause__
    lines = [line for line in str(error).splitlines() if line.strip()]
    return f"{lines[-1].strip().rstrip('.')}." if lines else f"{type(error).__name__}."
