"""The weights: are they there, whole, and the ones that their card speaks of?"""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

from dfp.doctor.finding import Check, Finding, Subject, fine, wrong
from dfp.doctor.places import MIB
from dfp.doctor.repair import reinstall

RELEASE = Path(__file__).parents[2] / "release"
CARD = "MODEL_CARD.md"
SUM = re.compile(r"SHA-256 `([0-9a-f]{16})")
CURE = "Install the program again, which brings the weights."


def look_at_weights(release: Path = RELEASE) -> Iterator[Finding]:
    """The model's weights in a folder like that of the release."""
    from dfp.errors import WeightsError
    from dfp.model.weights_header import checksum, read_config, read_palettes

    weights = release / "deepfacepencil.safetensors"
    if not weights.is_file():
        yield wrong(f"The model's weights are missing: there is no {weights}.", CURE, reinstall())
        return
    try:
        read_config(weights)
        read_palettes(weights)
    except WeightsError:
        yield wrong(f"The model's weights, {weights}, are damaged or not whole.", CURE, reinstall())
        return
    found, noted = checksum(weights), _noted(release / CARD)
    if noted is None:
        yield wrong(f"The card that says which weights these must be is missing: {release / CARD}.", CURE, reinstall())
    elif found != noted:
        says = f"The model's weights, {weights}, are others than their card speaks of ({found}, not {noted})."
        yield wrong(says, CURE, reinstall())
    else:
        size = weights.stat().st_size / MIB
        yield fine(f"The model's weights are there and whole: {size:.1f} MiB, checksum {found} as their card says.")


def look_at_finder(release: Path = RELEASE) -> Iterator[Finding]:
    """The weights of what finds heads on a sheet."""
    from dfp.model.finder import load_finder

    yield _small(release / "finder.safetensors", load_finder, "finder", "of the finder of heads")


def look_at_straightener(release: Path = RELEASE) -> Iterator[Finding]:
    """The weights of what straightens lines that are meant loosely."""
    from dfp.model.straightener import load_straightener

    weights = release / "straightener.safetensors"
    yield _small(weights, load_straightener, "straightener", "that straighten crooked lines")


def _small(weights: Path, load: Callable[[Path], object], called: str, what: str) -> Finding:
    from dfp.errors import WeightsError

    try:
        load(weights)
    except WeightsError:
        how = "damaged" if weights.is_file() else "missing"
        return wrong(f"The {called}'s weights, {weights}, are {how}.", CURE, reinstall())
    return fine(f"The weights {what} are there and can be used.")


def _noted(card: Path) -> str | None:
    try:
        found = SUM.search(card.read_text(encoding="utf-8"))
    except OSError:
        return None
    return found[1] if found else None


SUBJECT = Subject(
    "Model",
    60,
    (
        Check("weights", "Model's weights", look_at_weights, limit_s=60, cure=CURE, command=reinstall()),
        Check("finder", "Finder's weights", look_at_finder, cure=CURE, command=reinstall()),
        Check("straightener", "Straightener's weights", look_at_straightener, cure=CURE, command=reinstall()),
    ),
)
