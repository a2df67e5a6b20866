"""What calculates the model: PyTorch and OpenVINO, and whether they draw the same face."""

import functools
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from dfp.doctor.checks.python import look_at_version, requirements
from dfp.doctor.finding import Check, Finding, Subject, fine, warning, wrong
from dfp.doctor.here import told
from dfp.doctor.repair import pip

if TYPE_CHECKING:
    import numpy as np

EXAMPLE = Path(__file__).parents[2] / "examples" / "example_sketch.png"
LIMIT_S = 180.0  # a disk that has slept, a processor that has much else to do, a model that has to be converted
ALIKE_DB = 30.0  # they agree to 53 dB in full precision; beyond this one of them calculates something else
FLAT = 5.0  # of 255; a face's picture varies by far more
SLOW_MS = 3000.0
AGAIN = "Install it again."


@dataclass(frozen=True)
class Drawn:
    """The example's face, H x W x 3 uint8, where it was drawn and how many milliseconds the model took."""

    picture: "np.ndarray"
    device: str
    ms: float


@functools.cache
def drawn_by(runtime: str) -> Drawn:
    """Load the release weights and draw the example. Raises whatever goes wrong."""
    from dfp.generator import FaceGenerator
    from dfp.pictures.reading import read_sketch

    generator = FaceGenerator.load(runtime=runtime, device="cpu" if runtime == "openvino" else "auto")
    sketch = read_sketch(EXAMPLE)
    generator.generate(sketch)  # the first one takes longer
    face = generator.generate(sketch)
    return Drawn(face.image, str(generator.device), face.ms)


def look_at_processor() -> Iterator[Finding]:
    """How many cores there are, and whether the environment keeps the model from using them."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    found = list(look_at_threads(cores, os.environ))
    yield from found or [fine(f"The model may use all {cores} cores of the processor.")]


def look_at_threads(cores: int, environment: Mapping[str, str]) -> Iterator[Finding]:
    """What in the environment makes the model slow on so many cores."""
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):
        first = environment.get(name, "").split(",")[0].strip()
        if not first.isdecimal() or int(first) == 0:
            continue
        if int(first) < cores:
            says = f"{name}={first} lets the model use {first} of {cores} cores, which makes it slower."
            yield warning(says, "Leave it unset.", f"unset {name}")
        elif int(first) > 2 * cores:
            says = f"{name}={first} starts {first} threads on {cores} cores, which wait for each other."
            yield warning(says, "Leave it unset.", f"unset {name}")
    if environment.get("OMP_WAIT_POLICY", "").upper() == "ACTIVE":
        says = "OMP_WAIT_POLICY=ACTIVE lets waiting threads keep the cores busy: beside Krita the model is much slower."
        yield warning(says, "Leave it unset.", "unset OMP_WAIT_POLICY")
    bound = environment.get("OMP_PROC_BIND", "").lower()
    binding = [name for name in ("GOMP_CPU_AFFINITY", "KMP_AFFINITY") if environment.get(name)]
    binding += ["OMP_PROC_BIND"] if bound not in ("", "false") else []
    for name in binding:
        says = f"{name} ties the model's threads to cores, where each waits for whatever else runs on its own."
        yield warning(says, "Leave it unset.", f"unset {name}")


def look_at_torch() -> Iterator[Finding]:
    """Whether PyTorch is there and draws."""
    for needed in requirements():
        if needed.name == "torch" and (found := look_at_version(needed)):
            yield found
            return
    try:
        import torch
    except Exception as error:  # of many kinds: of its libraries, of this processor
        says = f"PyTorch cannot be used ({told(error)})."
        yield wrong(says, AGAIN, pip("--force-reinstall", "torch"))
        return
    yield _how_it_draws("torch", f"PyTorch {getattr(torch, '__version__', '')}", pip("--force-reinstall", "torch"))


def look_at_openvino() -> Iterator[Finding]:
    """Whether OpenVINO is there and draws."""
    from dfp.runtime.openvino_convert import import_openvino
    from dfp.runtime.select import has_cuda, has_openvino

    if not has_openvino():
        if has_cuda():
            yield fine("OpenVINO is not installed, and not needed: the graphics card draws.")
            return
        says = "OpenVINO is not installed, with which processors draw more than twice as fast."
        yield warning(says, "Install it.", pip("openvino"))
        return
    try:
        version = import_openvino().__version__.split("-")[0]
    except Exception as error:  # as above
        says = f"OpenVINO is installed, but cannot be used ({told(error)}); PyTorch draws instead, which is slower."
        yield warning(says, AGAIN, pip("--force-reinstall", "openvino"))
        return
    yield _how_it_draws("openvino", f"OpenVINO {version}", pip("--force-reinstall", "openvino"))


def look_at_agreement() -> Iterator[Finding]:
    """Whether both draw the same face."""
    from dfp.runtime.select import has_openvino

    if not has_openvino():
        return
    one, other = drawn_by("torch").picture, drawn_by("openvino").picture
    db = likeness(one, other)
    if db >= ALIKE_DB:
        yield fine(f"PyTorch and OpenVINO draw the same face, to {db:.0f} dB.")
        return
    says = f"PyTorch and OpenVINO draw different faces ({db:.0f} dB, {ALIKE_DB:.0f} are wanted): one of them is broken."
    cure = "Update both; until then `--runtime torch` draws with PyTorch alone."
    yield wrong(says, cure, pip("--upgrade", "torch", "openvino"))


def likeness(one: "np.ndarray", other: "np.ndarray") -> float:
    """How alike two uint8 pictures are, in dB (PSNR), 99 at most."""
    import numpy as np

    off = float(np.mean((one.astype(np.float32) - other.astype(np.float32)) ** 2))
    return min(99.0, 10 * float(np.log10(255**2 / max(off, 1e-9))))


def _how_it_draws(runtime: str, called: str, again: str) -> Finding:
    started = time.perf_counter()
    try:
        drawn = drawn_by(runtime)
    except Exception as error:  # as above
        return wrong(f"{called} cannot draw the example ({told(error)}).", AGAIN, again)
    seconds = time.perf_counter() - started
    if float(drawn.picture.std()) < FLAT:
        return wrong(f"{called} draws a blank picture of the example.", AGAIN, again)
    on = {"cpu": "the processor", "cuda": "the graphics card"}.get(drawn.device, drawn.device)
    says = f"{called} draws the example face in {drawn.ms:.0f} ms on {on}, ready after {seconds:.1f} s."
    if drawn.ms > SLOW_MS:
        return warning(says, "That is slow: look what else keeps the computer busy, and whether it saves power.")
    return fine(says)


SUBJECT = Subject(
    "What calculates the model",
    70,
    (
        Check("processor", "Processor", look_at_processor),
        Check(
            "torch",
            "PyTorch",
            look_at_torch,
            LIMIT_S,
            needs=("packages", "weights", "finder"),
            cure=AGAIN,
            command=pip("--force-reinstall", "torch"),
        ),
        Check(
            "openvino",
            "OpenVINO",
            look_at_openvino,
            LIMIT_S,
            # PyTorch converts what OpenVINO calculates.
            needs=("torch",),
            cure=AGAIN + " Without it PyTorch draws.",
            command=pip("--force-reinstall", "openvino"),
        ),
        Check("agreement", "PyTorch beside OpenVINO", look_at_agreement, LIMIT_S, needs=("torch", "openvino")),
    ),
)
