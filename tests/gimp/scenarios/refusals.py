"""What cannot be done is told in one sentence, and the picture stays as it is."""

from inside import Gegl, Gimp, draw, layer_on, made, picture, refused


def check_layers_that_cannot_be_used():
    image = picture()
    empty = layer_on(image)
    assert refused(image, empty) == "This layer is empty. Draw a face on it first."
    drawn = draw(layer_on(image, "Ben"))
    assert refused(image, empty, drawn) == "Choose one layer, the one with your drawing."
    channel = Gimp.Channel.new(image, "c", 400, 400, 50, Gegl.Color.new("red"))
    image.insert_channel(channel, None, 0)
    assert refused(image, channel) == "This is no layer. Choose the layer with your drawing."
    drawn.set_offsets(900, 0)
    assert refused(image, drawn) == "The drawing lies outside the canvas. Move it inside first."


def check_selections_that_cannot_be_used():
    image = picture()
    sketch = draw(layer_on(image))
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 60, 50, 8, 8)
    assert refused(image, sketch).startswith("The selection is too small")
    image.select_rectangle(Gimp.ChannelOps.REPLACE, 360, 360, 30, 30)
    assert refused(image, sketch) == "Nothing is drawn inside the selection. Select the face, or select nothing."


def check_a_picture_that_is_too_large():
    image = picture(8200, 300)
    sketch = layer_on(image, kind=Gimp.ImageType.RGB_IMAGE)
    message = refused(image, sketch)
    assert message.startswith("The drawing is larger than 8192 pixels."), message


def check_a_face_whose_drawing_is_gone():
    image = picture()
    sketch = draw(layer_on(image))
    made(image, sketch)
    image.remove_layer(sketch)
    assert refused(image, image.get_layers()[0]).startswith("The drawing that this face was made of is gone.")


def check_odd_arguments():
    image = picture()
    sketch = draw(layer_on(image))
    for arguments in ({"trust": 0.5, "frame": "selection"}, {"form": "layer", "seed": 2**31 - 1}):
        made(image, sketch, **arguments)
