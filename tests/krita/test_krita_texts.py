"""Every text that a painter can see stands in texts.py, and what Krita reads from the .action file says the same."""

import ast
import re
from inspect import isfunction, signature
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from krita_harness import REPOSITORY

PLUGIN = REPOSITORY / "krita_plugin"
# Words for programs, not for people: what annotations are described as in the file, and the plugin's own thread.
NOT_SHOWN = ("DESCRIPTION",)


def sentences(file: Path) -> list[str]:
    """What looks like a text for people among a module's strings: two words at least, the first with a capital."""
    tree = ast.parse(file.read_text())
    apart = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and any(getattr(t, "id", "") in NOT_SHOWN for t in node.targets):
            apart.add(id(node.value))
    shown = [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in apart]
    return [value for value in shown if isinstance(value, str) and re.match(r"[A-Z]\w+ \w", value)]


def test_no_text_stands_outside_texts() -> None:
    found = {
        file.name: sentences(file) for file in (PLUGIN / "dfp_krita").rglob("*.py") if not file.name.startswith("texts")
    }
    assert {name: texts for name, texts in found.items() if texts} == {}


# What layers are called is the same everywhere, because some are known by it; the others are no texts.
NOT_TRANSLATED = {"TITLE", "TRUST_LAYER", "GUIDE_LAYER", "ADDRESS_EXAMPLE"}
NAMES_OF_LAYERS = {"face_layer_name", "kept_layer_name", "trust_layer_of", "attention_layer_name"}
NAMES_OF_LAYERS |= {"applied_layer_name", "restored_layer_name", "history_label"}
SAME_EVERYWHERE = {"since", "batch_failed"}


@pytest.mark.parametrize("translation", [file.stem for file in (PLUGIN / "dfp_krita").glob("texts_*.py")])
def test_a_translation_is_whole(part: Any, translation: str) -> None:
    """Each text with the same parameters, none of them left in English or unknown to it."""
    english, other = vars(part("texts")), vars(part(translation))
    texts = {name: text for name, text in english.items() if is_text(name, text)}
    left_out = NOT_TRANSLATED | NAMES_OF_LAYERS | SAME_EVERYWHERE
    assert {name for name, text in other.items() if is_text(name, text)} - {
        "ADDRESS_EXAMPLE"
    } == texts.keys() - left_out
    for name, text in texts.items():
        if name in left_out:
            continue
        assert type(other[name]) is type(text), name
        if callable(text):
            assert list(signature(other[name]).parameters) == list(signature(text).parameters), name
        elif isinstance(text, dict):
            assert other[name].keys() == text.keys(), name
        elif len(text) > 20:
            assert other[name] != text, f"{name} is still English"


def is_text(name: str, value: Any) -> bool:
    """Whether a module's name is one of its texts, and not something it has imported."""
    return not name.startswith("_") and (isinstance(value, (str, dict)) or isfunction(value))


def test_the_action_file_says_what_the_plugin_says(part: Any) -> None:
    texts = part("texts")
    actions = ElementTree.parse(PLUGIN / "dfp_krita.action").getroot().iter("Action")
    listed = {action.get("name", ""): action.findtext("text") for action in actions}
    extension = (PLUGIN / "dfp_krita" / "extension.py").read_text()
    made = dict(re.findall(r'\("(dfp_\w+)", texts\.(\w+),', extension))
    wanted = {name: getattr(texts, text) for name, text in made.items()}
    wanted |= {f"dfp_batch_{choice}": text for choice, text in texts.BATCH_ACTIONS.items()}
    assert listed == wanted
    shortcuts = [s for a in ElementTree.parse(PLUGIN / "dfp_krita.action").iter("shortcut") if (s := a.text)]
    assert len(set(shortcuts)) == len(shortcuts) >= 4
