"""How much of the bare model's rate `dfp batch` keeps over many small files.

    python tests/dfp/batch/bench_batch.py [--files 2000] [--killed 3] [--device auto] [--weights FILE]

One run of `dfp batch` is let go on and halted in turns; while it is halted the bare model draws prepared sketches, in
the batches that `dfp batch` takes on this device. So whatever else this machine does disturbs both alike. Prints the
faces per second of both, without the start of the program; the processors' seconds that each face took; and the memory
of all processes early in the run and at its end. With --killed it is killed so many times on the way, and goes on. At
the end every face must be there, once, and as its line in the manifest says.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import hashlib
import signal
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from batch_helpers import children, count_lines, draw_sketches, read_lines, start
from PIL import Image

from dfp import FaceGenerator
from dfp.batch.local import TOGETHER
from dfp.batch.manifest import NAME
from dfp.files import PART
from dfp.sketch.prepare import prepare
from dfp.sketch.request import FaceRequest

MIB = 1 << 20
EARLY = 0.1  # of the files are done when memory is looked at first
KNOWN = 64  # prepared sketches that the bare model draws


@dataclass
class Turns:
    """Faces, seconds and processors' seconds of one that is measured, turn by turn."""

    faces: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    processors: list[float] = field(default_factory=list)

    def add(self, faces: int, seconds: float, processors: float) -> None:
        """One turn more."""
        self.faces.append(faces)
        self.seconds.append(seconds)
        self.processors.append(processors)

    @property
    def rate(self) -> float:
        """Faces per second over all turns."""
        return sum(self.faces) / sum(self.seconds)

    @property
    def cost(self) -> float:
        """Milliseconds of processors that a face took."""
        return 1000 * sum(self.processors) / sum(self.faces)


def prepared_batches(generator: FaceGenerator, sketches: list[Path]) -> Iterator[np.ndarray]:
    """What the bare model draws, again and again."""
    together = TOGETHER[generator.device.type]
    known = (sketches * together)[: max(KNOWN, together)]
    lines = [prepare(FaceRequest(Image.open(path)), generator.config.size).lines for path in known]
    while True:
        for at in range(0, len(lines) - together + 1, together):
            yield np.stack(lines[at : at + together])


def draw_bare(generator: FaceGenerator, batches: Iterator[np.ndarray], seconds: float, turns: Turns) -> None:
    """The model alone for so many seconds, from prepared lines to images."""
    began, busy, faces = time.perf_counter(), time.process_time(), 0
    while time.perf_counter() - began < seconds:
        batch = next(batches)
        generator.run(batch)
        faces += len(batch)
    turns.add(faces, time.perf_counter() - began, time.process_time() - busy)


class Program:
    """`dfp batch` with all its processes."""

    def __init__(self, arguments: list[object]):
        self._program = start(*arguments, threads=None, start_new_session=True, stderr=subprocess.DEVNULL)

    @property
    def ended(self) -> bool:
        """Whether it has ended; raises SystemExit when it has failed."""
        if self._program.poll():
            raise SystemExit(f"dfp batch ended with {self._program.returncode}: {self._program.communicate()[0]}")
        return self._program.returncode is not None

    @property
    def processes(self) -> list[int]:
        """All of them that are there, the model's first."""
        return [self._program.pid, *children(self._program.pid)]

    def signal_all(self, number: int) -> None:
        """Halt or continue all of them."""
        for process in self.processes:
            with suppress(ProcessLookupError):  # it has ended just now
                os.kill(process, number)

    def kill(self) -> None:
        """As the system does when there is no memory left."""
        self._program.kill()
        self._program.communicate()

    def processors(self) -> float:
        """The processors' seconds that all of them have taken."""
        said = self._said("stat")
        return sum(sum(map(int, text.rsplit(")", 1)[1].split()[11:13])) for text in said) / os.sysconf("SC_CLK_TCK")

    def memory(self) -> list[int]:
        """The resident MiB of each."""
        return [int(text.split()[1]) * os.sysconf("SC_PAGE_SIZE") // MIB for text in self._said("statm")]

    def _said(self, what: str) -> Iterator[str]:
        """What the system says of each of them."""
        for process in self.processes:
            with suppress(OSError):  # it has ended just now
                yield Path(f"/proc/{process}/{what}").read_text()


@dataclass
class Bench:
    """One measure of many files."""

    generator: FaceGenerator
    arguments: list[object]
    manifest: Path
    files: int
    turn: float
    bare: Turns = field(default_factory=Turns)
    batch: Turns = field(default_factory=Turns)
    memory: list[list[int]] = field(default_factory=list)

    def run(self, sketches: list[Path], kills: int) -> None:
        """Until all faces are there."""
        batches = prepared_batches(self.generator, sketches)
        self.generator.run(next(batches))
        stops = [self.files * (number + 1) // (kills + 1) for number in range(kills)]
        while stops:
            self._go_on(batches, stops.pop(0))
        self._go_on(batches, None)

    def _go_on(self, batches: Iterator[np.ndarray], until: int | None) -> None:
        before = count_lines(self.manifest)
        program = Program(self.arguments)
        # Until processes work beside the model, it is the start of the program that would be measured.
        while count_lines(self.manifest) < min(before + 50, until or self.files) and not program.ended:
            time.sleep(0.02)
        while not program.ended:
            self._turn(program)
            if until is not None and count_lines(self.manifest) >= until:
                program.kill()
                return
            if count_lines(self.manifest) < self.files:
                program.signal_all(signal.SIGSTOP)
                draw_bare(self.generator, batches, self.turn, self.bare)
                program.signal_all(signal.SIGCONT)

    def _turn(self, program: Program) -> None:
        """Let it work for a while. A turn in which it ends is not measured: its processes are gone by then."""
        began, faces, busy = time.perf_counter(), count_lines(self.manifest), program.processors()
        while time.perf_counter() - began < self.turn:
            if program.ended or count_lines(self.manifest) >= self.files:
                return
            time.sleep(0.02)
        now = count_lines(self.manifest)
        self.batch.add(now - faces, time.perf_counter() - began, program.processors() - busy)
        if now >= EARLY * self.files:
            self.memory[1:] = [program.memory()]


def check(manifest: Path, sketches: list[Path]) -> None:
    """Every face is there, once and whole, and nothing else."""
    lines, out = read_lines(manifest), manifest.parent
    assert sorted(line["input"] for line in lines) == [path.name for path in sketches]
    assert {line["output"] for line in lines} | {NAME} == {path.name for path in out.iterdir()}
    assert not list(out.glob(f"{PART}*"))
    for line in lines:
        assert hashlib.sha256((out / line["output"]).read_bytes()).hexdigest() == line["output_sha256"]


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--killed", type=int, default=0, metavar="TIMES")
    parser.add_argument("--turn", type=float, default=5, metavar="SECONDS", help="that each of the two works in turn")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--weights", type=Path)
    args = parser.parse_args()
    generator = FaceGenerator.load(args.weights, args.device)
    with tempfile.TemporaryDirectory() as folder:
        source, out = Path(folder, "in"), Path(folder, "out")
        draw_sketches(source, args.files)
        sketches = sorted(source.iterdir())
        chosen = ["--weights", args.weights] if args.weights else []
        arguments: list[object] = [source, out, "--device", generator.device.type, *chosen]
        bench = Bench(generator, arguments, out / NAME, args.files, args.turn)
        bench.run(sketches, args.killed)
        check(out / NAME, sketches)
    bare, batch = bench.bare, bench.batch
    rates = [f / s for f, s in zip(bare.faces, bare.seconds, strict=True)]
    print(f"{generator.device}, {generator.runtime}, {args.files} files, killed {args.killed} times, each face once")
    spread = f"{min(rates):.2f} to {max(rates):.2f}, median {statistics.median(rates):.2f}, in {len(rates)} turns"
    print(f"bare model  {bare.rate:8.2f} faces/s, {bare.cost:6.1f} ms of processors each ({spread})")
    print(f"dfp batch   {batch.rate:8.2f} faces/s, {batch.cost:6.1f} ms of processors each")
    print(f"            {100 * batch.rate / bare.rate:8.1f} % of the bare model's rate (wanted 90 %)")
    for when, memory in zip(("early", "at the end"), bench.memory, strict=False):
        print(f"memory {when}: {sum(memory)} MiB ({' + '.join(map(str, memory))})")


if __name__ == "__main__":
    main()
