"""`dfp batch` as a program of its own, and many small sketches for it."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import cv2
import numpy as np
from PIL import Image


def draw_sketches(folder: Path, count: int, side: int = 256) -> None:
    """Fill a folder with `count` faces of side x side pixels, no two alike."""
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(count):
        random = np.random.default_rng(number)
        picture = np.full((side, side), 255, np.uint8)
        ellipses = [(0.5, 0.5, 0.3, 0.4), (0.38, 0.45, 0.06, 0.03), (0.62, 0.45, 0.06, 0.03), (0.5, 0.7, 0.12, 0.04)]
        for ellipse in ellipses:
            x, y, a, b = (round(float(v) * side) for v in ellipse + random.uniform(-0.01, 0.01, 4))
            cv2.ellipse(picture, (x, y), (max(a, 2), max(b, 2)), 0, 0, 360, 0, 2, cv2.LINE_AA)
        cv2.line(picture, (side // 2, side // 2), tuple((side * random.uniform(0.45, 0.55, 2)).astype(int)), 0, 2)
        Image.fromarray(picture).save(folder / f"{number:05}.png")


def start(*arguments: object, threads: int | None = 1, **options: object) -> "subprocess.Popen[str]":
    """Start `dfp batch` with these arguments."""
    environment = os.environ | ({} if threads is None else {"OMP_NUM_THREADS": str(threads)})
    command = [sys.executable, "-m", "dfp", "batch", *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
    return subprocess.Popen(command, env=environment, text=True, **pipes)  # pyright: ignore[reportCallIssue, reportArgumentType]


def children(process: int) -> list[int]:
    """The processes that a process has started and that are there."""
    threads = Path(f"/proc/{process}/task").glob("*/children")
    return [int(child) for thread in threads for child in thread.read_text().split()]


def count_lines(manifest: Path) -> int:
    """How many whole lines a manifest has so far."""
    return manifest.read_bytes().count(b"\n") if manifest.exists() else 0


def wait_for_lines(program: "subprocess.Popen[str]", manifest: Path, count: int) -> bool:
    """Wait until a manifest has `count` lines; False when the program ended before."""
    while count_lines(manifest) < count:
        if program.poll() is not None:
            return False
        time.sleep(0.02)
    return True


def read_lines(manifest: Path) -> list[dict]:
    """What a manifest says. Raises ValueError for a line that is torn."""
    return [json.loads(line) for line in manifest.read_text().splitlines()]
