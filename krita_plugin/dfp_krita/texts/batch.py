"""Texts about faces for several layers."""

from typing import List, Optional, Sequence

from . import names

START = "Several layers"
START_ACTION = "Generate faces for several layers"
START_TIP = (
    "A face for each selected layer, or each layer of the chosen group, or each keyframe of the chosen layer, or each "
    "visible layer; the arrow lets you choose. Faces that are up to date stay. Each layer's face is an undo step of "
    "its own, the faces of keyframes are one"
)
ACTIONS = {
    "selected": "Generate faces for the selected layers",
    "group": "Generate faces for the layers of this group",
    "visible": "Generate faces for the visible layers",
    "keyframes": "Generate faces for the keyframes of this layer",
}
SAME_PLACE = "All in the same place"
SAME_PLACE_TIP = "All faces sit where the first one does, so that a figure keeps its place"
PAUSE = "Pause"
PAUSE_TIP = "Wait after the face that is being made; once more, and it goes on"
STOP = "Stop"
STOP_TIP = "Make no more faces; started again, it goes on with those that are missing"
NO_DRAWINGS = "No layer here holds a drawing of yours. Select several layers, or choose a group."
NO_KEYFRAMES = "This layer has no keyframes. Choose an animated paint layer with your drawings."
LAYER_LOCKED = "It is locked. Unlock it first."
EMPTY_FRAME = "Nothing is drawn in this keyframe."
NO_GROUPS = "Faces of keyframes come as one layer, never as a group of layers."
GO_ON = "Go on"
GO_ON_TIP = "Make the faces that are missing, of the same layers with the same options and palettes"
FORGET = "Forget"
FORGET_TIP = "Ask no more; the faces that are there stay"
FORGOTTEN = "Forgotten. The faces that are there stay."
ELSEWHERE = "This batch is not there any more, or goes on in another Krita."
NO_FILE = (
    "This picture has no file yet: should Krita crash, the batch can go on only in what Krita recovers of the picture. "
    "Save it to be safe."
)


def goes_on(done: int, count: int, seconds_left: Optional[float]) -> str:
    """How far a batch is."""
    rest = "" if seconds_left is None else f", about {max(1, round(seconds_left))} s left"
    return f"Face {done} of {count}{rest}"


def paused(done: int, count: int) -> str:
    """A batch waits."""
    return f"Paused after face {done} of {count}."


def stopped(name: str, done: int, count: int, keyframes: bool) -> str:
    """A batch was broken off; `name` is the picture's, "" when it had no file."""
    picture = f"“{names.short(name)}”" if name else "this picture"
    return f"The batch over {picture} stopped at {done} of {count} {'keyframes' if keyframes else 'layers'}. Go on?"


def done(made: int, ready: int, failed: List[str], empty: int = 0, doubtful: Sequence[str] = ()) -> str:
    """After a batch; the reasons are in the details."""
    told = ["1 face made" if made == 1 else f"{made} faces made"]
    if ready:
        told.append(f"{ready} up to date")
    if empty:
        told.append(f"{empty} empty")
    if failed:
        told.append(f"{len(failed)} could not be used (see Details)")
    if doubtful:
        told.append(f"{len(doubtful)} hardly like a face from the front (see Details)")
    return ", ".join(told) + "."


def cancelled(made: int, ready: int, failed: List[str], empty: int = 0, doubtful: Sequence[str] = ()) -> str:
    """After a batch was stopped by the painter."""
    return f"Stopped: {done(made, ready, failed, empty, doubtful)} Start again and it goes on."


def failed(sketch: str, reason: str) -> str:
    """Why one sketch of a batch has no face."""
    return f"{names.short(sketch)}: {reason}"


def menu_line(choice: str, name: str, count: int) -> str:
    """A line of the menu of several layers; `name` is the group's or the animated layer's."""
    named = f" of “{names.short(name)}”" if name else ""
    what = {
        "selected": "Selected layers",
        "group": f"Layers{named}" if named else "Layers of the group",
        "visible": "Visible layers",
        "keyframes": f"Keyframes{named}" if named else "Keyframes of the layer",
    }
    return f"{what[choice]} ({count})" if count else what[choice]


def keyframe_name(layer: str, time: int) -> str:
    """One keyframe of a layer."""
    return f"{names.short(layer)}, frame {time}"
