"""Pictures and layers of every kind."""

from inside import (
    RGBA,
    Gegl,
    Gimp,
    chosen,
    draw,
    everything,
    layer_on,
    lines,
    made,
    name,
    names,
    picture,
    pixels,
    place,
)


def one_face(image, sketch, face=None):
    """Make one and look at it; returns its layer."""
    made(image, sketch)
    parent = sketch.get_parent()
    layers = parent.get_children() if parent else image.get_layers()
    at = [layer.get_id() for layer in layers].index(sketch.get_id())
    face = layers[at - 1]
    assert name(face) == f"Face · {name(sketch)}", names(image)
    assert len(set(pixels(face)[0::4])) > 8, "the face is flat"
    assert min(place(face)[2:]) >= 200, place(face)
    return face


def check_in_a_group_and_of_a_group():
    image = picture()
    group = Gimp.GroupLayer.new(image, "head")
    image.insert_layer(group, None, 0)
    layer_on(image, "below", parent=group)
    sketch = draw(layer_on(image, parent=group))
    face = one_face(image, sketch)
    assert face.get_parent() == group
    image.remove_layer(face)
    assert name(one_face(image, group)) == "Face · head"
    assert chosen(image) == ["head"]


def check_a_layer_that_lies_elsewhere():
    image = picture(600, 500)
    sketch = draw(layer_on(image, size=(300, 300)), 20, 20)
    sketch.set_offsets(230, 130)
    left, top, width, height = place(one_face(image, sketch))
    assert 150 < left < 450 < left + width, (left, width)
    assert 50 < top < 350 < top + height, (top, height)


def check_a_layer_that_reaches_over_the_edge():
    image = picture(300, 300)
    sketch = draw(layer_on(image, size=(500, 500)), 100, 100)
    sketch.set_offsets(-80, -80)
    one_face(image, sketch)


def check_gray():
    image = picture(base=Gimp.ImageBaseType.GRAY)
    one_face(image, draw(layer_on(image)))


def check_indexed():
    image = picture()
    sketch = draw(layer_on(image))
    colours = layer_on(image, "colours")
    colours.edit_fill(Gimp.FillType.FOREGROUND)
    for number in range(60):
        colours.set_pixel(number, 0, Gegl.Color.new(f"#{4 * number:02x}{3 * number:02x}{2 * number:02x}"))
    kinds = Gimp.ConvertDitherType.NONE, Gimp.ConvertPaletteType.GENERATE
    image.convert_indexed(*kinds, 64, False, False, "")
    image.remove_layer(colours)
    one_face(image, sketch)


def check_float_linear():
    image = picture(precision=Gimp.Precision.FLOAT_LINEAR)
    sketch = draw(layer_on(image))
    first = pixels(one_face(image, sketch))
    made(image, sketch)
    assert len(names(image)) == 2, "a face that nobody touched was taken for a changed one"
    assert pixels(image.get_layers()[0]) == first


def check_no_alpha():
    image = picture()
    sketch = layer_on(image, "Background", kind=Gimp.ImageType.RGB_IMAGE)
    sketch.fill(Gimp.FillType.WHITE)
    ink = lines(256)
    paper = bytearray(b"\xff" * len(ink))
    for channel in range(3):
        paper[channel::4] = ink[3::4].translate(bytes(255 - value for value in range(256)))
    buffer = sketch.get_buffer()
    buffer.set(Gegl.Rectangle.new(72, 72, 256, 256), RGBA, bytes(paper))
    buffer.flush()
    one_face(image, sketch)


def check_a_small_drawing_on_a_huge_canvas():
    image = picture(9000, 9000)
    sketch = draw(layer_on(image, size=(400, 400)))
    sketch.set_offsets(5000, 6000)
    left, top, width, _ = place(one_face(image, sketch))
    assert (left > 4800, top > 5800, width < 500) == (True, True, True), (left, top, width)


def check_a_selection_is_the_frame():
    image = picture()
    sketch = draw(layer_on(image))
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 60, 50, 280, 280)
    made(image, sketch)
    assert place(image.get_layers()[0]) == (60, 50, 280, 280), place(image.get_layers()[0])
    assert not Gimp.Selection.is_empty(image)
    made(image, sketch, frame="drawing")
    assert place(image.get_layers()[0]) != (60, 50, 280, 280)
    assert len(names(image)) == 2


def check_two_heads_have_a_face_each():
    image = picture(900, 420)
    sketch = layer_on(image)
    draw(sketch, 60, 80)
    draw(sketch, 560, 80)
    made(image, sketch)
    assert names(image) == ["Faces · Anna", "Face 1 · Anna", "Face 2 · Anna", "Anna"], names(image)
    first, second = everything(image)[1:3]
    assert place(first)[0] < 300 < place(second)[0], (place(first), place(second))
    before = pixels(first)
    made(image, sketch, seed=9)
    assert names(image) == ["Faces · Anna", "Face 1 · Anna", "Face 2 · Anna", "Anna"], names(image)
    assert pixels(everything(image)[1]) != before
    made(image, image.get_layers()[0])
    assert names(image) == ["Faces · Anna", "Face 1 · Anna", "Face 2 · Anna", "Anna"], names(image)


def check_a_doubtful_drawing_is_told():
    image = picture()
    sketch = layer_on(image)
    buffer = sketch.get_buffer()
    buffer.set(Gegl.Rectangle.new(100, 190, 200, 6), RGBA, b"\0\0\0\xff" * 1200)
    buffer.flush()
    made(image, sketch)  # test_gimp_scenarios looks for the sentence in what GIMP wrote
