"""What scenarios have in common, inside GIMP: pictures, drawings, the procedure, and a verdict.

A scenario is a file with functions called check_…; each gets nothing and raises when something is wrong.
"""

import importlib
import json
import os
import traceback
from pathlib import Path

import gi  # pyright: ignore[reportMissingImports]

gi.require_version("Gimp", "3.0")
Gegl, Gimp, Gio = (importlib.import_module(f"gi.repository.{name}") for name in ("Gegl", "Gimp", "Gio"))

EXAMPLE = Path(os.environ["DFP_REPOSITORY"], "dfp/examples/example_sketch.png")
PROCEDURE = "dfp-generate-face"
OK = Gimp.PDBStatusType.SUCCESS
RGBA = "R'G'B'A u8"
KINDS = {
    Gimp.ImageBaseType.RGB: Gimp.ImageType.RGBA_IMAGE,
    Gimp.ImageBaseType.GRAY: Gimp.ImageType.GRAYA_IMAGE,
    Gimp.ImageBaseType.INDEXED: Gimp.ImageType.INDEXEDA_IMAGE,
}
_lines = {}
OUT = Path()


def run(name, out):
    """Run all checks of a scenario and write down what each said: "" or a traceback."""
    global OUT
    OUT, said = Path(out), {}
    try:
        checks = vars(importlib.import_module(name))
        for check in [check for check in checks if check.startswith("check_")]:
            said[check] = "did not end"
            write(said)
            try:
                checks[check]()
                said[check] = ""
            except Exception:
                said[check] = traceback.format_exc()
    except Exception:
        said["scenario"] = traceback.format_exc()
    write(said)


def write(said):
    """Keep the verdict so far."""
    (OUT / "said.json").write_text(json.dumps(said))


def lines(side=256):
    """The example drawing as black lines on nothing, RGBA."""
    if side not in _lines:
        image = Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(str(EXAMPLE)))
        image.scale(side, side)
        layer = image.get_layers()[0]
        gray = layer.get_buffer().get(Gegl.Rectangle.new(0, 0, side, side), 1.0, "Y' u8", Gegl.AbyssPolicy.NONE)
        pixels = bytearray(4 * side * side)
        pixels[3::4] = gray.translate(bytes(255 - value for value in range(256)))
        image.delete()
        _lines[side] = bytes(pixels)
    return _lines[side]


def picture(width=400, height=400, base=Gimp.ImageBaseType.RGB, precision=Gimp.Precision.U8_NON_LINEAR):
    """An empty picture."""
    return Gimp.Image.new_with_precision(width, height, base, precision)


def layer_on(image, name="Anna", size=None, parent=None, kind=None):
    """A new layer on top, transparent, as large as the picture or of a size."""
    width, height = size or (image.get_width(), image.get_height())
    kind = KINDS[image.get_base_type()] if kind is None else kind
    layer = Gimp.Layer.new(image, name, width, height, kind, 100, Gimp.LayerMode.NORMAL)
    image.insert_layer(layer, parent, 0)
    return layer


def draw(layer, left=72, top=72, side=256):
    """The example drawing onto a layer, at a place on it."""
    buffer = layer.get_buffer()
    buffer.set(Gegl.Rectangle.new(left, top, side, side), RGBA, lines(side))
    buffer.flush()
    layer.update(left, top, side, side)
    return layer


def generate(image, *layers, **arguments):
    """Run the procedure as another program would; returns whether it went well, and GIMP's message."""
    procedure = Gimp.get_pdb().lookup_procedure(PROCEDURE)
    config = procedure.create_config()
    config.set_property("image", image)
    config.set_core_object_array("drawables", list(layers))
    for name, value in arguments.items():
        config.set_property(name.replace("_", "-"), value)
    done = procedure.run(config).index(0)
    return done == OK, Gimp.get_pdb().get_last_error()


def made(image, *layers, **arguments):
    """Run the procedure, which must go well."""
    well, message = generate(image, *layers, **arguments)
    assert well, message


def refused(image, *layers, **arguments):
    """Run the procedure, which must not go well, and leave the picture as it is; returns the sentence."""
    before = [(name(layer), pixels(layer)[:4000]) for layer in everything(image)]
    image.clean_all()
    well, message = generate(image, *layers, **arguments)
    assert not well, "it went well"
    assert not image.is_dirty(), "the picture was changed"
    assert [(name(layer), pixels(layer)[:4000]) for layer in everything(image)] == before
    return message


def everything(image):
    """All layers, from the top, with those in groups behind their group."""
    found = []
    for layer in image.get_layers():
        found += [layer, *(layer.get_children() if layer.is_group() else [])]
    return found


def names(image):
    """Of all layers."""
    return [name(layer) for layer in everything(image)]


def name(layer):
    """Of one layer."""
    return layer.get_name()


def place(layer):
    """Left, top, width and height in the picture."""
    _, left, top = layer.get_offsets()
    return left, top, layer.get_width(), layer.get_height()


def pixels(layer, pixel_format=RGBA):
    """All of a layer."""
    part = Gegl.Rectangle.new(0, 0, layer.get_width(), layer.get_height())
    return layer.get_buffer().get(part, 1.0, pixel_format, Gegl.AbyssPolicy.NONE)


def mean(layer, channel):
    """Of a channel, 0 red to 3 alpha, over a layer."""
    values = pixels(layer)[channel::4]
    return sum(values) / len(values)


def chosen(image):
    """Names of the layers that are chosen."""
    return [name(layer) for layer in image.get_selected_layers()]


def save(image, file):
    """Into the folder of what the scenario leaves behind."""
    Gimp.file_save(Gimp.RunMode.NONINTERACTIVE, image, Gio.File.new_for_path(str(OUT / file)), None)


def load(file):
    """What was saved."""
    return Gimp.file_load(Gimp.RunMode.NONINTERACTIVE, Gio.File.new_for_path(str(OUT / file)))
