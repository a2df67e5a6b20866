"""The figures of `dfp-server bench` as lines of text and as JSON."""

import math
import os
from collections.abc import Iterator
from typing import Any

from dfp_server.bench.figures import Figures, Sample

MANY = 10_000  # requests that the memory's growth is told for
MIB = 2**20
PREPARATION = "preparing the sketch"
FOUR_PEOPLE = "four people, 1 client"  # which is one answer


def table(figures: Figures) -> list[str]:
    """What was measured, then what was wanted of it."""
    about = figures.about
    head = f"{about['runtime']} on {about['device']}, {about['threads']} threads of {os.cpu_count()} cores, "
    lines = [
        head + f"model {about['model']}, sketch {about['sketch']}",
        f"roofline: {figures.roofline}",
        f"start to ready: {figures.ready_s:.2f} s",
        "",
        f"{'':24} {'pictures':>8} {'per s':>7} {'p50 ms':>7} {'p95 ms':>7} {'p99 ms':>7} {'of roof':>8}",
    ]
    for name, sample in figures.samples.items():
        spread = " ".join(f"{sample.percentile(share):7.1f}" for share in (0.5, 0.95, 0.99))
        # The roofline is that of single faces.
        share = "" if name in (PREPARATION, FOUR_PEOPLE) else f" {100 * figures.roofline.share(sample.rate):6.0f} %"
        lines.append(f"{name:24} {len(sample.ms):8d} {sample.rate:7.2f} {spread}{share}")
    return [*lines, "", *told(ratios(figures)), *memory_lines(figures.memory)]


def ratios(figures: Figures) -> dict[str, tuple[float, str]]:
    """The figures that say whether the server is good, each with what was wanted: (value, wanted)."""
    samples = figures.samples
    alone, loaded = samples["live, 1 client"], samples["live, a core loaded"]
    offline, crowd = samples["offline batch"], samples["batch, 16 clients"]
    beside = next(sample for name, sample in samples.items() if name.startswith("live beside"))
    four = samples.get(FOUR_PEOPLE)
    people = (
        {}
        if four is None
        else {
            "four people, ms at p50": (four.percentile(0.5), "at most 150 on 2 cores with bfloat16"),
            "four people : one face, p50": (four.percentile(0.5) / alone.percentile(0.5), ""),
        }
    )
    return {
        **people,
        "bare model, ms at p50": (samples["bare model"].percentile(0.5), "at most 40 on 2 cores with bfloat16"),
        "preparation, ms at p50": (samples[PREPARATION].percentile(0.5), ""),
        "server adds, ms at p50": (Sample(ms=alone.added).percentile(0.5), "at most 3"),
        "16 clients : offline batch": (crowd.rate / offline.rate, "at least 0.95"),
        "16 clients : bare model": (crowd.rate / samples["bare model"].rate, ""),
        "a core loaded : idle, p50": (loaded.percentile(0.5) / alone.percentile(0.5), "at most 2"),
        "beside batch : alone, p50": (beside.percentile(0.5) / alone.percentile(0.5), ""),
    }


def told(found: dict[str, tuple[float, str]]) -> Iterator[str]:
    """A line for each ratio."""
    for name, (value, wanted) in found.items():
        yield f"{name:28} {value:8.2f}" + (f"   wanted: {wanted}" if wanted else "")


def growth(memory: list[tuple[int, float]]) -> tuple[float, float]:
    """By which fraction the memory would grow in MANY requests if it went on as it did, and the standard error of that.

    `memory`: (requests so far, bytes), three at least, the first at 0 requests. The slope is that of least squares.
    """
    mean_x = sum(done for done, _ in memory) / len(memory)
    mean_y = sum(held for _, held in memory) / len(memory)
    spread = sum((done - mean_x) ** 2 for done, _ in memory)
    slope = sum((done - mean_x) * (held - mean_y) for done, held in memory) / spread
    left = sum((held - mean_y - slope * (done - mean_x)) ** 2 for done, held in memory)
    error = math.sqrt(left / (len(memory) - 2) / spread)
    return slope * MANY / memory[0][1], error * MANY / memory[0][1]


def memory_lines(memory: list[tuple[int, float]]) -> Iterator[str]:
    """What became of the server's memory."""
    done, held = memory[-1]
    if math.isnan(held):
        yield "memory: this system does not tell it"
        return
    first = memory[0][1]
    yield f"memory: {first / MIB:.0f} -> {held / MIB:.0f} MiB in {done} requests, {100 * (held / first - 1):+.1f} %"
    grown, error = growth(memory)
    how = "by a straight line through them" if done >= MANY else f"extrapolated; --requests {MANY} measures it"
    yield f"        {100 * grown:+.1f} +- {100 * error:.1f} % in {MANY} ({how})   wanted: at most 5 %"


def as_json(figures: Figures) -> dict[str, Any]:
    """All figures in plain values; times in ms, memory in bytes."""
    told_memory = not math.isnan(figures.memory[0][1])
    grown, error = growth(figures.memory) if told_memory else (None, None)
    return {
        **figures.about,
        "gflop_per_picture": figures.roofline.operations / 1e9,
        "peak_gflops": figures.roofline.peak / 1e9,
        "ready_s": figures.ready_s,
        "samples": {
            name: {
                "pictures": len(sample.ms),
                "per_second": sample.rate,
                **{f"p{round(100 * share)}": sample.percentile(share) for share in (0.5, 0.95, 0.99)},
            }
            for name, sample in figures.samples.items()
        },
        "ratios": {name: value for name, (value, _) in ratios(figures).items()},
        "memory": figures.memory if told_memory else None,
        f"memory_growth_in_{MANY}": grown,
        f"memory_growth_in_{MANY}_error": error,
    }
