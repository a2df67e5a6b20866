"""Every text that a painter can see is one of the texts, and what Krita reads from the .action file says the same."""

import ast
import re
from inspect import isfunction, signature
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from krita_harness import REPOSITORY

PLUGIN = REPOSITORY / "krita_plugin"
TEXTS = PLUGIN / "dfp_krita" / "texts"
OWN = [file.stem for file in TEXTS.glob("*.py") if file.stem not in ("__init__", "language", "names")]
SHARED = [file.stem for file in (PLUGIN / "shared/texts").glob("*.py") if file.stem != "__init__"]
SUBJECTS = sorted(OWN + SHARED)
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
    files = [file for file in (PLUGIN / "dfp_krita").rglob("*.py") if TEXTS not in file.parents]
    found = {str(file): sentences(file) for file in files}
    assert {name: texts for name, texts in found.items() if texts} == {}


# What layers are called is the same everywhere, because some are known by it; the others are no texts.
LEFT_OUT = {
    "docker": {"TITLE"},
    "faces": {"kept_layer_name", "since"},
    "frame": {"GUIDE_LAYER"},
    "settings": {"ADDRESS_EXAMPLE"},
    "colour_layer": {"LAYER", "layer_name"},
    "trust": {"LAYER", "layer_name", "attention_layer_name"},
    "batch": {"failed"},
    "colours": {"named", "changed", "chosen", "hexadecimal"},
    "history": {"applied_layer_name", "restored_layer_name", "label"},
}


def test_every_subject_is_listed(part: Any) -> None:
    assert sorted(part("texts").__all__) == SUBJECTS


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("translation", [file.parent.name for file in TEXTS.glob("*/__init__.py")])
def test_a_translation_is_whole(part: Any, translation: str, subject: str) -> None:
    """Each text with the same parameters, none of them left in English or unknown to it."""
    english, other = (vars(getattr(part(name), subject)) for name in ("texts", f"texts.{translation}"))
    texts = {name: text for name, text in english.items() if is_text(name, text)}
    left_out = LEFT_OUT.get(subject, set())
    assert {name for name, text in other.items() if is_text(name, text)} == texts.keys() - left_out
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
    made = re.findall(r'\("(dfp_\w+)", texts\.(\w+)\.(\w+),', extension)
    wanted = {name: getattr(getattr(texts, subject), text) for name, subject, text in made}
    wanted |= {f"dfp_batch_{choice}": text for choice, text in texts.batch.ACTIONS.items()}
    assert listed == wanted
    shortcuts = [s for a in ElementTree.parse(PLUGIN / "dfp_krita.action").iter("shortcut") if (s := a.text)]
    assert len(set(shortcuts)) == len(shortcuts) >= 4
