"""NVIDIA's graphics cards: is there one, and can PyTorch use it?"""

import ctypes
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from dfp.doctor.finding import Check, Finding, Subject, fine, warning
from dfp.doctor.places import MIB
from dfp.doctor.programs import said_by

ASKING_S = 15.0
NEEDED_MIB = 1024  # what the model, its graphs and PyTorch itself take
# Which build fits is said there, with the command.
GET_TORCH = "Install the build of PyTorch for your card, with the command that pytorch.org/get-started says."


@dataclass(frozen=True)
class Cards:
    """What NVIDIA's driver says. name: of the first card. cuda: the newest CUDA that the driver knows, (12, 4)."""

    name: str
    driver: str
    cuda: tuple[int, int]
    total_mib: int
    free_mib: int


@dataclass(frozen=True)
class Build:
    """What PyTorch says. cuda: the CUDA that it was built for, None where it calculates on processors only."""

    cuda: tuple[int, int] | None
    usable: bool


def look_at_card() -> Iterator[Finding]:
    """The card, the driver and PyTorch's build."""
    import torch

    cards = ask_driver()
    if cards is None:
        yield fine("There is no NVIDIA graphics card with a driver here: the processor draws.")
        return
    built = None if torch.version.cuda is None else _two_numbers(torch.version.cuda)
    yield judge(cards, Build(built, torch.cuda.is_available()))


def judge(cards: Cards, build: Build) -> Finding:
    """Whether the card can be used, and why not."""
    card = f"the graphics card {cards.name}"
    if build.cuda is None:
        says = f"There is {card}, but this PyTorch is a build for processors only, and they are slower."
        return warning(says, GET_TORCH)
    if not build.usable and cards.cuda < build.cuda:
        knows, wants = _dotted(cards.cuda), _dotted(build.cuda)
        says = f"The driver of {card} ({cards.driver}) is too old: it knows CUDA {knows}, and PyTorch needs {wants}."
        return warning(says, "Update NVIDIA's driver, or install a PyTorch for the older CUDA.")
    if not build.usable:
        says = f"PyTorch cannot use {card}, though the driver {cards.driver} is new enough: the processor draws."
        return warning(says, "Restart the computer; if that does not help, install NVIDIA's driver again.")
    if cards.free_mib < NEEDED_MIB:
        says = f"Of the memory of {card} {cards.free_mib} of {cards.total_mib} MiB are free, {NEEDED_MIB} are needed."
        return warning(says, "End other programs that use the card, or draw with --device cpu.")
    return fine(f"There is {card}, driver {cards.driver}, {cards.free_mib} of {cards.total_mib} MiB free.")


def ask_driver() -> Cards | None:
    """What the driver says; None where there is none, or no card."""
    try:
        library = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
        count, number = ctypes.c_int(0), ctypes.c_int(0)
        if library.cuInit(0) or library.cuDeviceGetCount(ctypes.byref(count)) or not count.value:
            return None
        library.cuDriverGetVersion(ctypes.byref(number))
    except (OSError, AttributeError):
        return None
    cuda = number.value // 1000, number.value % 1000 // 10
    asked = "name,driver_version,memory.total,memory.free"
    said = said_by("nvidia-smi", f"--query-gpu={asked}", "--format=csv,noheader,nounits", limit_s=ASKING_S)
    parts = [part.strip() for part in (said or "").split("\n")[0].split(",")]
    if len(parts) != len(asked.split(",")) or not (parts[2] + parts[3]).isdecimal():
        return Cards("of NVIDIA", "of an unknown version", cuda, *_memory())
    return Cards(parts[0], parts[1], cuda, int(parts[2]), int(parts[3]))


def _memory() -> tuple[int, int]:
    """MiB in all, MiB free; as much as is needed where it cannot be known."""
    import torch

    if not torch.cuda.is_available():
        return NEEDED_MIB, NEEDED_MIB
    free, total = torch.cuda.mem_get_info()
    return total // MIB, free // MIB


def _two_numbers(version: str) -> tuple[int, int]:
    major, minor = f"{version}.0".split(".")[:2]
    return int(major), int(minor)


def _dotted(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"


SUBJECT = Subject("Graphics card", 80, (Check("card", "Graphics card", look_at_card, 60.0, needs=("torch",)),))
