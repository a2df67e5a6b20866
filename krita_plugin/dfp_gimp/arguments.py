"""The arguments of the procedure, which its dialog shows and other programs give, and what they say."""

from typing import Any

from . import texts
from .gimp import Babl, Gegl, Gimp, GObject
from .options import Colour, Options

# What the colour buttons show until the painter chooses: of people in photographs, seen often.
COLOURS = {
    "skin": "#d9a98c",
    "hair": "#4a3222",
    "lips": "#b5616a",
    "eyes": "#5a4632",
    "background": "#8c9aa8",
    "clothes": "#3c4660",
}
# The server takes more, but GIMP's dialog has no entry for them.
MOST_SEED = 2**31 - 1
SELECTION, CUT_OUT = "selection", "cut-out"


def use(region: str) -> str:
    """The argument that says whether a region's colour is meant."""
    return f"use-{region}"


def declare(procedure: Any) -> None:
    """Give a procedure all of them."""
    # GIMP's library does this by itself only before it runs a procedure.
    Gegl.init(None)
    words, readable = texts.dialog, GObject.ParamFlags.READWRITE
    procedure.add_double_argument("trust", words.TRUST, words.TRUST_TIP, -1.0, 1.0, 0.0, readable)
    frames, forms = _choice(words.FRAMES), _choice(words.FORMS)
    procedure.add_choice_argument("frame", words.FRAME, words.FRAME_TIP, frames, SELECTION, readable)
    procedure.add_choice_argument("form", words.FORM, words.FORM_TIP, forms, "layer", readable)
    procedure.add_int_argument("seed", words.SEED, words.SEED_TIP, 0, MOST_SEED, 0, readable)
    for region, colour in COLOURS.items():
        name = words.REGIONS[region]
        procedure.add_boolean_argument(use(region), name, words.use_tip(name), False, readable)
        start = Gegl.Color.new(colour)
        procedure.add_color_argument(region, words.colour(name), words.COLOURS_TIP, False, start, readable)


def said(config: Any) -> Options:
    """What a configuration of the procedure says."""
    return Options(
        trust=config.get_property("trust"),
        palette={region: _rgb(config.get_property(region)) for region in COLOURS if config.get_property(use(region))},
        seed=config.get_property("seed"),
        in_selection=config.get_property("frame") == SELECTION,
        cut_out=config.get_property("form") == CUT_OUT,
    )


def _choice(names: dict[str, str]) -> Any:
    choice = Gimp.Choice.new()
    for number, (name, shown) in enumerate(names.items()):
        choice.add(name, number, shown, "")
    return choice


def _rgb(colour: Any) -> Colour:
    red, green, blue = colour.get_bytes(Babl.format("R'G'B' u8")).get_data()
    return red, green, blue
