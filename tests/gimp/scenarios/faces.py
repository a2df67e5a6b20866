"""A face, and what becomes of it when it is made again."""

from inside import Gegl, chosen, draw, layer_on, load, made, mean, names, picture, pixels, place, save


def check_a_face_lies_above_its_drawing():
    image = picture()
    paper, sketch = layer_on(image, "paper"), draw(layer_on(image))
    top = layer_on(image, "notes")
    before = pixels(sketch)
    made(image, sketch)
    assert names(image) == ["notes", "Face · Anna", "Anna", "paper"], names(image)
    assert chosen(image) == ["Anna"], chosen(image)
    face = image.get_layers()[1]
    left, upper, width, height = place(face)
    assert width == height >= 200, place(face)
    assert left < 110 < 290 < left + width, place(face)
    assert upper < 110 < 290 < upper + height, place(face)
    assert set(pixels(face)[3::4]) == {255}
    assert 40 < mean(face, 0) < 220
    assert pixels(sketch) == before
    assert not any(pixels(paper))
    assert not any(pixels(top))


def check_again_it_is_renewed_where_it_is():
    image = picture()
    sketch = draw(layer_on(image))
    made(image, sketch)
    face = image.get_layers()[0]
    face.set_name("mine")
    face.set_opacity(60)
    face.set_visible(False)
    image.reorder_item(face, None, 1)
    first = pixels(face)
    made(image, sketch, seed=7)
    assert names(image) == ["Anna", "mine"], names(image)
    again = image.get_layers()[1]
    assert (round(again.get_opacity()), again.get_visible()) == (60, False)
    assert pixels(again) != first
    made(image, again)
    assert names(image) == ["Anna", "mine"], names(image)
    assert pixels(image.get_layers()[1]) == first, "the same drawing gave another face"


def check_a_face_that_was_painted_over_stays():
    image = picture()
    sketch = draw(layer_on(image))
    made(image, sketch)
    face = image.get_layers()[0]
    draw(face, 0, 0, 64)
    made(image, sketch)
    assert len(names(image)) == 3, names(image)
    assert image.get_layers()[1].get_id() == face.get_id(), names(image)
    image.get_layers()[0].set_lock_content(True)
    made(image, sketch)
    assert len(names(image)) == 4, names(image)


def check_copies_are_the_painters():
    image = picture()
    sketch = draw(layer_on(image))
    made(image, sketch)
    kept = image.get_layers()[0].copy()
    image.insert_layer(kept, None, 0)
    kept.set_name("kept")
    before = pixels(kept)
    made(image, sketch, seed=5)
    assert names(image) == ["kept", "Face · Anna", "Anna"], names(image)
    assert pixels(kept) == before
    other = sketch.copy()
    image.insert_layer(other, None, 0)
    other.set_name("Ben")
    made(image, other)
    assert names(image) == ["Face · Ben", "Ben", "kept", "Face · Anna", "Anna"], names(image)


def check_a_duplicate_and_a_file_know_their_faces():
    image = picture()
    sketch = draw(layer_on(image))
    made(image, sketch)
    twin = image.duplicate()
    made(twin, twin.get_layers()[1], seed=3)
    assert len(names(twin)) == 2, names(twin)
    save(image, "kept.xcf")
    opened = load("kept.xcf")
    made(opened, opened.get_layers()[1], seed=3)
    assert names(opened) == ["Face · Anna", "Anna"], names(opened)


def check_arguments_are_heeded():
    image = picture()
    sketch = draw(layer_on(image))
    made(image, sketch, use_background=True, background=Gegl.Color.new("#e01010"))
    red = mean(image.get_layers()[0], 0) - mean(image.get_layers()[0], 2)
    made(image, sketch, use_background=True, background=Gegl.Color.new("#1010e0"))
    blue = mean(image.get_layers()[0], 2) - mean(image.get_layers()[0], 0)
    assert min(red, blue) > 20, (red, blue)
    made(image, sketch, background=Gegl.Color.new("#1010e0"))
    plain = pixels(image.get_layers()[0])
    made(image, sketch)
    assert pixels(image.get_layers()[0]) == plain, "a colour counted that was left open"
    made(image, sketch, trust=1.0)
    assert pixels(image.get_layers()[0]) != plain
    made(image, sketch, form="cut-out")
    alpha = pixels(image.get_layers()[0])[3::4]
    assert min(alpha) == 0
    assert max(alpha) == 255
    assert 0.2 < sum(alpha) / len(alpha) / 255 < 0.95
