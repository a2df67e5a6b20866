"""What README and model card say can be done can be done, and the card is the card of these weights."""

import hashlib
import re
import shlex
from pathlib import Path

import pytest
from dfp_training.commands.main import parser
from dfp_training.loop.resume_state import resume_state_of

from dfp.model.weights import RELEASE

CARD = RELEASE.with_name("MODEL_CARD.md")
ROOT = Path(__file__).parents[2]
README, TRAINING, RUNS = ROOT / "README.md", ROOT / "training" / "README.md", ROOT / "training" / "RUNS.md"


def commands(text: str) -> list[list[str]]:
    """The words of every dfp-train command in the code blocks of a document, its shell variables filled in."""
    found, variables = [], {}
    for block in re.findall(r"^```\w*\n(.*?)^```", text, re.M | re.S):
        for line in block.replace("\\\n", " ").splitlines():
            for name, value in variables.items():
                line = line.replace(f"${name}", value)
            if assigned := re.match(r'(\w+)="(.*)"$', line):
                variables[assigned[1]] = assigned[2]
            elif line.startswith("dfp-train "):
                found.append(shlex.split(line, comments=True)[1:])
    return found


@pytest.mark.parametrize(("document", "least"), [(TRAINING, 9), (RUNS, 9), (CARD, 4)], ids=["README", "RUNS", "CARD"])
def test_every_command_is_one_that_the_program_takes(document: Path, least: int):
    found = commands(document.read_text())
    assert len(found) >= least
    for words in found:
        assert parser().parse_args(words).run_command, words


def test_what_documents_point_to_is_there():
    for document in (README, TRAINING, RUNS, CARD):
        links = re.findall(r"\]\(([^)#]+)\)", document.read_text())
        assert not [link for link in links if "://" not in link and not (document.parent / link).exists()], document


def test_a_painter_reads_the_readme_in_one_go():
    assert README.read_text().count("\n") <= 120


def test_the_card_is_that_of_the_weights_beside_it():
    card = CARD.read_text()
    digest, size = hashlib.sha256(RELEASE.read_bytes()).hexdigest(), RELEASE.stat().st_size
    said = re.search(r"([\d.]+) MB, SHA-256 `([0-9a-f]+)…`", card)
    assert said
    assert digest.startswith(said[2])
    assert len(said[2]) >= 16
    assert float(said[1]) == pytest.approx(size / 1e6, abs=0.05)
    assert size < 45e6
    assert f"({resume_state_of(RELEASE).stat().st_size / 1e6:.1f} MB)" in card


def test_the_card_says_what_one_must_know():
    card = CARD.read_text()
    for heading in ("What it does", "How it was made", "How good it is", "Where it fails"):
        assert f"\n## {heading}\n" in card
    for fact in (
        "non-commercial",
        "CelebAMask-HQ",
        "One Million",
        "MEBeauty",
        "RUNS.md",
        "cores",
        "pictures",
        "contact_sheet.png",
    ):
        assert fact in card
    measured = card.split("## How good it is")[1]
    for command in ("dfp-train evaluate", "dfp-train throughput"):
        assert command in measured, f"a figure without its {command}"
