"""Times and memory of `dfp batch --layers` on one file of Krita's with many large layers, killed on its way.

python tests/krita/bench_layered_files.py FOLDER [LAYERS [SIDE]]
"""

import json
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

from krita_harness import Profile, processes_of
from layered_painter import Painter, named, with_faces

from dfp.batch.layered.kept import FOLDER

WEIGHTS = Path(__file__).resolve().parents[2] / "dfp/release/deepfacepencil.safetensors"


class Memory:
    """The most memory that each program of a profile has had, in MiB, by its name."""

    def __init__(self, profile: Profile):
        self.most: dict[str, int] = {}
        self._profile = profile
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self) -> None:
        while True:
            for number in processes_of(self._profile):
                with suppress(OSError, ValueError, IndexError):
                    said = dict(line.split(":", 1) for line in Path(f"/proc/{number}/status").read_text().splitlines())
                    name, peak = said["Name"].strip(), int(said["VmHWM"].split()[0]) // 1024
                    self.most[name] = max(peak, self.most.get(name, 0))
            time.sleep(0.2)


def main() -> None:
    """Make the file, kill the batch when 2 of 5 faces are drawn, go on, and look at what has come of it."""
    folder, count, side = Path(sys.argv[1]), int((sys.argv[2:] or ["50"])[0]), int((sys.argv[3:] or ["2048"])[0])
    profile = Profile.create(folder / "profile")
    painter = Painter(profile, folder / "painter", WEIGHTS)
    layers = [
        {"name": f"sketch {n}", "face": [side // 8 + 7 * (n % 30), side // 10 + 3 * n, side // 3]} for n in range(count)
    ]
    layers[7:7] = [{"name": "sketch empty"}, {"name": "sketch vector", "type": "vectorlayer"}]
    layers[3]["locked"] = True
    path = painter.make("many.kra", [{"name": "Figures", "type": "grouplayer", "inside": layers}], side)
    before = painter.look(path)
    memory = Memory(profile)
    times: dict[str, float] = {}
    began = time.monotonic()
    program = painter.start(painter.source, painter.out, "--layers", "sketch*")
    kept = painter.kill_when_kept(program, 2 * count // 5, painter.out)
    times["until it was killed"] = time.monotonic() - began
    began = time.monotonic()
    program = painter.start(painter.source, painter.out, "--layers", "sketch*")
    new: set[str] = set()
    while program.poll() is None:
        now = {entry.name: entry for entry in (painter.out / FOLDER).glob("*.json")}
        for name in now.keys() & kept.keys():
            with suppress(OSError):
                assert now[name].stat().st_mtime_ns == kept[name], "a face was drawn twice"
        new |= now.keys() - kept.keys()
        time.sleep(0.01)
    said, complaint = program.communicate()
    times["from there to the end"] = time.monotonic() - began
    began = time.monotonic()
    assert painter.batch(painter.source, painter.out, "--layers", "sketch*").returncode == 3
    times["once more, with nothing to do"] = time.monotonic() - began
    after = painter.look(painter.out / "many_face.kra")
    old, found = named(before), named(after)
    assert list(found) == with_faces(list(old), {"Figures/sketch empty"}), list(found)
    assert all(found[name] == old[name] for name in old if name != "Figures"), "a layer was changed"
    size = (painter.out / "many_face.kra").stat().st_size >> 20
    print(said, complaint.splitlines()[-3:])
    print(
        json.dumps({"seconds": times, "MiB": memory.most, "kept": len(kept), "drawn then": len(new), "file MiB": size})
    )


if __name__ == "__main__":
    main()
