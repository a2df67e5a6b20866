"""`dfp-server bench`: how near the server comes to what this machine could do at best.

Everything is measured in short turns, again and again: what disturbs the machine for a while disturbs all of it, and
the ratios still hold.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgpack
import numpy as np
import torch
from PIL import Image
from tqdm import tqdm

from dfp import DfpError, Face, FaceGenerator
from dfp.batch.local import TOGETHER
from dfp.cli.generate import EXAMPLE
from dfp.pictures.reading import read_sketch
from dfp.runtime.roofline import Roofline, operations, peak
from dfp_server import wire
from dfp_server.bench.figures import Figures, Sample
from dfp_server.bench.load import BATCH, LIVE, VARIANTS, Clients, one_core_busy, server
from dfp_server.bench.report import FOUR_PEOPLE, PREPARATION, as_json, table
from dfp_server.errors import BenchError

SIDE = 512  # of the sketch that is asked with, as large as the frame of a painter's face often is
CROWDS = 4, 16, 64
BESIDE = 16  # clients that send batch requests beside the live one
MEMORY_STEPS = 10
FOUR = 4  # variants, as the plugin's docker shows


def main(arguments: list[str]) -> int:
    """Run the benchmark; returns the exit code, 1 when it cannot go on and 130 when Ctrl-C ended it."""
    args = parser().parse_args(arguments)
    try:
        figures = asyncio.run(measure(args))
    except (BenchError, DfpError) as error:
        print(f"dfp-server bench: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("dfp-server bench: Stopped.", file=sys.stderr)
        return 130
    print("\n".join(table(figures)))
    if args.json is not None:
        args.json.write_text(json.dumps(as_json(figures), indent=1) + "\n", encoding="utf-8")
    return 0


def parser() -> argparse.ArgumentParser:
    """The command line."""
    made = argparse.ArgumentParser(
        "dfp-server bench",
        description="Measure the model alone and through the server, in turns; about three minutes on two cores.",
    )
    made.add_argument("--rounds", type=positive, default=3, help="turns of everything (default: %(default)s)")
    made.add_argument(
        "--requests", type=positive, default=400, help="at the end, to watch the memory (default: %(default)s)"
    )
    made.add_argument("--pictures", type=positive, default=24, help="of a turn, at least (default: %(default)s)")
    made.add_argument("--device", choices=["auto", "cpu", "cuda"], default="auto", help="what draws")
    made.add_argument("--runtime", choices=["auto", "torch", "openvino"], default="auto", help="what calculates")
    made.add_argument("--weights", type=Path, metavar="FILE", help="other weights than the bundled ones")
    made.add_argument("--json", type=Path, metavar="FILE", help="also write all figures there")
    return made


def positive(text: str) -> int:
    """A whole number above 0; raises argparse.ArgumentTypeError."""
    if not text.isascii() or not text.isdecimal() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text} is not a whole number above 0")
    return int(text)


async def measure(args: argparse.Namespace) -> Figures:
    """Measure everything. Raises BenchError and DfpError."""
    generator = FaceGenerator.load(args.weights, args.device, args.runtime)
    sketch = np.asarray(read_sketch(EXAMPLE).convert("RGBA").resize((SIDE, SIDE), Image.Resampling.LANCZOS))
    chosen = ["--device", args.device, "--runtime", generator.runtime]
    chosen += [] if args.weights is None else ["--weights", str(args.weights)]
    async with AsyncExitStack() as stack:
        target = await stack.enter_async_context(server(chosen))
        about = {
            "model": generator.checksum,
            "runtime": generator.runtime,
            "device": target.device,
            "threads": torch.get_num_threads(),
            "sketch": f"{SIDE} x {SIDE} BGRA",
        }
        figures = Figures(about, Roofline(operations(generator.config), 1.0), target.ready_s)
        clients = Clients(target, {kind: request(sketch, kind) for kind in (LIVE, BATCH, VARIANTS)})
        stack.push_async_callback(clients.close)
        turns = Turns(generator, sketch, clients, figures, args.pictures)
        total = args.rounds * turns.count + args.requests
        with tqdm(total=total, unit="picture", file=sys.stderr, dynamic_ncols=True) as turns.bar:
            await turns.warm()
            for _ in range(args.rounds):
                await turns.round()
            await turns.memory(args.requests)
        return figures


def request(sketch: np.ndarray, kind: str) -> bytes:
    """The packed request of a kind for an RGBA sketch, as the plugin sends it."""
    pixels = np.ascontiguousarray(sketch[..., [2, 1, 0, 3]])
    height, width = pixels.shape[:2]
    asked = wire.GenerateRequest(
        id="bench", width=width, height=height, mode="BGRA", pixels=pixels.tobytes(), batch=kind == BATCH
    )
    asked = replace(asked, variants=FOUR) if kind == VARIANTS else asked
    return msgpack.packb(asked.to_map()) or b""


class Turns:
    """The things that are measured, each for a few pictures at a time."""

    bar: "tqdm[Any]"

    def __init__(self, generator: FaceGenerator, sketch: np.ndarray, clients: Clients, figures: Figures, pictures: int):
        self._generator, self._sketch, self._clients = generator, sketch, clients
        self._figures, self._pictures = figures, pictures
        self._lines = generator.prepare(sketch).lines[None]
        self._peaks: list[float] = []

    @property
    def count(self) -> int:
        """Pictures of one round."""
        return (7 + self._generator.knows_colours) * self._pictures + sum(self._of(crowd) for crowd in CROWDS)

    def _of(self, clients: int) -> int:
        return self._pictures + clients

    async def warm(self) -> None:
        """Draw what is not counted."""
        for _ in range(3):
            self._generator.generate(self._sketch).placed()
        await self._clients.ask(1, 3, LIVE)
        await self._clients.ask(4, 8, BATCH)
        if self._generator.knows_colours:
            await self._clients.ask(1, 2, VARIANTS)

    async def round(self) -> None:
        """Everything once."""
        n, clients = self._pictures, self._clients
        self._peaks.append(peak(torch.device(self._generator.device.type)))
        self._figures.roofline = Roofline(self._figures.roofline.operations, max(self._peaks))
        self._turn("bare model", self._timed(n, lambda: self._generator.run(self._lines)))
        self._turn(PREPARATION, self._timed(n, lambda: self._generator.prepare(self._sketch)))
        self._turn("offline, one", self._timed(n, lambda: self._generator.generate(self._sketch).placed()))
        self._turn("live, 1 client", await clients.ask(1, n, LIVE))
        if self._generator.knows_colours:
            self._turn(FOUR_PEOPLE, await clients.ask(1, n, VARIANTS))
        self._turn("offline batch", self._timed(n, self._together, TOGETHER[self._generator.device.type]))
        for crowd in CROWDS:
            self._turn(f"batch, {crowd} clients", await clients.ask(crowd, self._of(crowd), BATCH))
        self._turn(f"live beside {BESIDE} batch", await clients.ask_beside(n, BESIDE))
        with one_core_busy():
            await asyncio.sleep(0.2)
            self._turn("live, a core loaded", await clients.ask(1, n, LIVE))

    async def memory(self, requests: int) -> None:
        """Ask and ask, and see what the server holds."""
        done = 0
        self._figures.memory.append((0, await self._clients.memory()))
        for step in range(1, MEMORY_STEPS + 1):
            now = requests * step // MEMORY_STEPS - done
            await self._clients.ask(4, now, BATCH)
            done += now
            self.bar.update(now)
            self._figures.memory.append((done, await self._clients.memory()))

    def _together(self) -> list[np.ndarray]:
        faces: list[Face] = self._generator.generate([self._sketch] * TOGETHER[self._generator.device.type])
        return [face.placed() for face in faces]

    def _timed(self, pictures: int, draw: Callable[[], object], at_once: int = 1) -> Sample:
        sample = Sample()
        for _ in range(-(-pictures // at_once)):
            began = time.perf_counter()
            draw()
            took = time.perf_counter() - began
            sample.ms += [1000 * took / at_once] * at_once
            sample.seconds += took
        return sample

    def _turn(self, name: str, sample: Sample) -> None:
        self._figures.take(name, sample)
        self.bar.set_postfix_str(f"{name}: {statistics.median(sample.ms):.0f} ms")
        self.bar.update(len(sample.ms))
