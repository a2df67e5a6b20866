"""How much of the bare model's rate `dfp batch` keeps over many small files, killed twice on the way.

    python tests/dfp/batch/bench_batch.py [--files 2000] [--device auto] [--weights FILE]

Prints faces per second of the bare model, in the batches that `dfp batch` takes on this device, measured before,
between and after the runs; of the runs while they make faces; and of everything, with three starts of the program.
"""

import os

os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import argparse
import statistics
import tempfile
import time
from pathlib import Path

import numpy as np
from batch_helpers import count_lines, draw_sketches, read_lines, start
from PIL import Image

from dfp import FaceGenerator
from dfp.batch.local import TOGETHER
from dfp.batch.manifest import NAME
from dfp.sketch.prepare import prepare
from dfp.sketch.request import FaceRequest


def bare_rate(generator: FaceGenerator, sketches: list[Path], seconds: float) -> float:
    """Faces per second of the model alone, from prepared lines to images."""
    together = TOGETHER[generator.device.type]
    size = generator.config.size
    lines = [prepare(FaceRequest(Image.open(path)), size).lines for path in (sketches * together)[:together]]
    batch = np.stack(lines)
    generator.run(batch)
    began, batches = time.perf_counter(), 0
    while time.perf_counter() - began < seconds:
        generator.run(batch)
        batches += 1
    return batches * together / (time.perf_counter() - began)


def run_until(arguments: list[object], manifest: Path, until: int | None) -> tuple[float, int, float]:
    """Run `dfp batch`, killed at `until` faces. Returns its seconds, and the faces and seconds since its first."""
    began, before = time.perf_counter(), count_lines(manifest)
    program = start(*arguments, threads=None)
    first: tuple[int, float] | None = None
    latest, when = before, began
    while program.poll() is None:
        if (lines := count_lines(manifest)) != latest:
            latest, when = lines, time.perf_counter()
            first = first or (lines, when)
        if until is not None and latest >= until:
            program.kill()
            break
        time.sleep(0.02)
    errors = program.communicate()[1]
    if until is None and program.returncode:
        raise SystemExit(errors)
    first = first or (latest, when)
    return time.perf_counter() - began, latest - first[0], when - first[1]


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=10, help="for each of the four measures of the bare model")
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
        bare, runs = [bare_rate(generator, sketches, args.seconds)], []
        for until in (args.files // 3, 2 * args.files // 3, None):
            runs.append(run_until(arguments, out / NAME, until))
            bare.append(bare_rate(generator, sketches, args.seconds))
        outputs = sorted(line["output"] for line in read_lines(out / NAME))
        assert outputs == [f"{path.stem}_face.png" for path in sketches] == sorted(p.name for p in out.glob("*_face*"))
    seconds, faces, making = (sum(figure) for figure in zip(*runs, strict=True))
    model, rate, whole = statistics.mean(bare), faces / making, args.files / seconds
    spread = f"{min(bare):.2f} to {max(bare):.2f}"
    print(f"{generator.device}, {generator.runtime}, {args.files} files, killed twice, each face once")
    print(f"bare model       {model:8.2f} faces/s ({spread} in {len(bare)} measures)")
    print(f"making faces     {rate:8.2f} faces/s, {100 * rate / model:.0f} % of the bare model (wanted 90 %)")
    print(f"with the starts  {whole:8.2f} faces/s, {100 * whole / model:.0f} %")


if __name__ == "__main__":
    main()
