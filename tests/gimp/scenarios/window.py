"""In GIMP's window: the dialog, a step back and forth, the values of last time, and a run that is cancelled."""

import os
import subprocess
import threading
import time
from contextlib import suppress
from pathlib import Path

from inside import OK, OUT, PROCEDURE, Gimp, draw, layer_on, names, picture, pixels

DIALOG, WINDOW = "^Generate face$", "GIMP$"
SIZES = "X", "Y", "WIDTH", "HEIGHT"
PATIENCE_S, LOOK_S = 90, 0.5
NOTE = Path(os.environ["XDG_CONFIG_HOME"]).glob("GIMP/3.*/plug-ins/dfp_gimp/server.json")
PRESENCE = Path(os.environ["XDG_RUNTIME_DIR"], "deepfacepencil/server.json")
shown = {}


def shown_picture():
    """A picture in a window, its drawing, and that drawing chosen."""
    if not shown:
        image = picture(700, 700)
        layer_on(image, "paper").fill(Gimp.FillType.WHITE)
        sketch = draw(layer_on(image), 100, 100, 500)
        image.undo_disable()
        image.undo_enable()
        shown.update(image=image, sketch=sketch, display=Gimp.Display.new(image))
        Gimp.displays_flush()
        image.set_selected_layers([sketch])
    return shown["image"], shown["sketch"]


def run(mode):
    """Run the procedure in one of GIMP's modes."""
    image, sketch = shown_picture()
    procedure = Gimp.get_pdb().lookup_procedure(PROCEDURE)
    config = procedure.create_config()
    config.set_property("run-mode", mode)
    config.set_property("image", image)
    config.set_core_object_array("drawables", [sketch])
    return procedure.run(config).index(0)


def xdo(*words):
    """Something that xdotool does; what it says."""
    done = subprocess.run(["xdotool", *map(str, words)], capture_output=True, text=True, timeout=60)
    return done.stdout.split()


def look(name):
    """Keep a picture of the screen, where there is a program for that."""
    with suppress(OSError):
        subprocess.run(["import", "-window", "root", str(OUT / f"{name}.png")], timeout=60)


def wait_for(what):
    """Until it is true, or for as long as patience lasts; returns it."""
    until = time.monotonic() + PATIENCE_S
    while not (found := what()) and time.monotonic() < until:
        time.sleep(LOOK_S)
    return found


def focus(title):
    """Bring the keys to a window, without a window manager."""
    for window in wait_for(lambda: xdo("search", "--name", title)):
        xdo("windowfocus", window)
    time.sleep(1)


def key(title, keys):
    """Press keys in a window."""
    focus(title)
    xdo("key", keys)


def meanwhile(*steps):
    """Do something while the procedure runs."""
    thread = threading.Thread(target=lambda: [step() for step in steps])
    thread.start()
    return thread


def check_the_dialog_makes_a_face():
    image, _ = shown_picture()
    wait_for(lambda: xdo("search", "--name", WINDOW))
    for window in xdo("search", "--name", "^Welcome to GIMP"):
        xdo("windowfocus", window, "key", "Escape")
    hand = meanwhile(
        lambda: wait_for(lambda: xdo("search", "--name", DIALOG)),
        lambda: time.sleep(3),
        lambda: look("dialog"),
        lambda: key(DIALOG, "Return"),
    )
    assert run(Gimp.RunMode.INTERACTIVE) == OK, Gimp.get_pdb().get_last_error()
    hand.join()
    assert names(image) == ["Face · Anna", "Anna", "paper"], names(image)
    time.sleep(2)
    look("face")


def check_one_step_back_and_forth():
    image, _ = shown_picture()
    before = pixels(image.get_layers()[0])
    key(WINDOW, "ctrl+z")
    assert wait_for(lambda: names(image) == ["Anna", "paper"]), names(image)
    key(WINDOW, "ctrl+y")
    assert wait_for(lambda: names(image) == ["Face · Anna", "Anna", "paper"]), names(image)
    assert pixels(image.get_layers()[0]) == before


def check_the_values_of_last_time_need_no_dialog():
    image, _ = shown_picture()
    before = pixels(image.get_layers()[0])
    assert run(Gimp.RunMode.WITH_LAST_VALS) == OK, Gimp.get_pdb().get_last_error()
    assert names(image) == ["Face · Anna", "Anna", "paper"], names(image)
    assert pixels(image.get_layers()[0]) == before
    key(WINDOW, "ctrl+z")
    time.sleep(2)
    assert names(image) == ["Face · Anna", "Anna", "paper"], "one step back took more than the renewing"


def check_cancelling_leaves_the_picture_as_it_was():
    image, _ = shown_picture()
    note, hidden = next(NOTE), PRESENCE.with_name("hidden.json")
    kept = note.read_text()
    note.write_text('{"command": ["/bin/sh", "-c", "sleep 100"]}')
    PRESENCE.rename(hidden)
    image.clean_all()

    def cancel():
        """The button at the right end of the picture's status bar, left of the docks."""
        geometry = xdo("search", "--name", WINDOW, "getwindowgeometry", "--shell", "%@")
        left, top, width, height = (int(dict(line.split("=") for line in geometry)[name]) for name in SIZES)
        for share in (0.70, 0.72, 0.68, 0.66):
            if not over:
                xdo("mousemove", left + round(share * width), top + height - 18, "click", 1)
                time.sleep(4)

    over = []
    hand = meanwhile(lambda: time.sleep(4), lambda: look("waiting"), cancel)
    begun = time.monotonic()
    status = run(Gimp.RunMode.WITH_LAST_VALS)
    over.append(True)
    took = time.monotonic() - begun
    hand.join()
    note.write_text(kept)
    hidden.rename(PRESENCE)
    assert status != OK
    assert took < 80, "it ended by itself"
    assert names(image) == ["Face · Anna", "Anna", "paper"], names(image)
    assert not image.is_dirty()
    assert run(Gimp.RunMode.WITH_LAST_VALS) == OK, Gimp.get_pdb().get_last_error()
