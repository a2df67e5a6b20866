"""What the faces of sketches are called."""

from dfp.batch.jobs import name_apart


def test_sketches_of_one_name_get_the_same_names_in_every_order():
    given = ["a.jpg", "a.png", "A.webp", "a_jpg.png", "x/a.jpg", "a.jpeg"]
    apart = {
        "a.png": "a",
        "A.webp": "A_webp",
        "a.jpg": "a_jpg_2",  # a_jpg.png is there as well
        "a_jpg.png": "a_jpg",
        "a.jpeg": "a_jpeg",
        "x/a.jpg": "x/a",
    }
    assert name_apart(given) == apart
    assert name_apart(given[::-1]) == apart
