"""How fast `dfp batch` is over servers and on a Ray cluster of this computer, and whether a kill loses anything.

    python tests/server/bench_batch_elsewhere.py [--files 400] [--side 256] [--servers 2] [--ray]

Draws small sketches, then runs: here; over servers; over servers of which one is killed half-way; with --ray: on Ray,
and on Ray with a worker killed half-way. Prints faces a second from the first face to the last, and checks each time
that every face is there once and is, to the byte, the one that was made here.
"""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from signal import SIGKILL

sys.path.insert(0, str(Path(__file__).parents[1] / "dfp" / "batch"))

from batch_helpers import count_lines, draw_sketches, read_lines, start  # pyright: ignore[reportMissingImports]
from server_helpers import running, where
from test_batch_over_servers import token_of
from test_batch_ray import workers_below  # pyright: ignore[reportMissingImports]

from dfp.batch.manifest import NAME


def run(arguments: list[object], out: Path, files: int, kill: Callable[[int], None] | None) -> float:
    """Faces a second of one run, with something killed half-way; `kill` is given the program's number."""
    program = start(*arguments, threads=None)
    first: tuple[int, float] | None = None
    latest, when = 0, time.perf_counter()
    while program.poll() is None:
        if (lines := count_lines(out / NAME)) != latest:
            latest, when = lines, time.perf_counter()
            first = first or (lines, when)
        if kill is not None and latest >= files // 2:
            kill(program.pid)
            kill = None
        time.sleep(0.01)
    complaint = program.communicate()[1]
    if program.returncode not in (0, 4) or first is None:
        raise SystemExit(complaint)
    told = [line for line in complaint.splitlines() if "look like one face" not in line]
    print(*[f"    {line}" for line in told], sep="\n", end="\n" if told else "")
    return (latest - first[0]) / (when - first[1])


def check(out: Path, here: Path, files: int) -> None:
    """Every face is there once, to the byte as it was made here."""
    made = sorted(line["output"] for line in read_lines(out / NAME))
    assert made == [f"{number:05}_face.png" for number in range(files)]
    assert made == sorted(path.name for path in out.glob("*.png"))
    unlike = [name for name in made if (out / name).read_bytes() != (here / name).read_bytes()]
    print(f"    {len(made)} of {files} faces, each once; {len(unlike)} unlike those made here")


def main() -> None:
    """Run the benchmark and print its figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=400)
    parser.add_argument("--side", type=int, default=256)
    parser.add_argument("--servers", type=int, default=2)
    parser.add_argument("--ray", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as servers:
        base = Path(folder)
        source, here = base / "in", base / "here"
        draw_sketches(source, args.files, args.side)
        print(f"here                  {run([source, here], here, args.files, None):7.2f} faces/s", flush=True)
        said: list[object] = []
        processes = []
        for number in range(args.servers):
            own = base / f"server{number}"
            kept = {"XDG_RUNTIME_DIR": str(own), "XDG_STATE_HOME": str(own), "OMP_NUM_THREADS": str(os.cpu_count())}
            processes.append(servers.enter_context(running("--port", 0, **kept)))
            said += ["--server", where(processes[-1]), "--token-file", token_of(own)]
        cases: list[tuple[str, list[object], Callable[[int], None] | None]] = [
            ("servers", said, None),
            ("servers, one killed", said, lambda _: processes[-1].kill()),
        ]
        if args.ray:
            cases.append(("Ray", ["--ray"], None))
            cases.append(("Ray, a worker killed", ["--ray"], lambda pid: os.kill(workers_below(pid)[0], SIGKILL)))
        for name, more, kill in cases:
            if more == ["--ray"]:
                servers.close()
            out = base / name.replace(" ", "-")
            print(f"{name:21} {run([source, out, *more], out, args.files, kill):7.2f} faces/s", flush=True)
            check(out, here, args.files)


if __name__ == "__main__":
    main()
