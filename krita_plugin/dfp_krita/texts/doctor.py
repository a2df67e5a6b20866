"""Texts about the check of the installation. What was found says `dfp doctor` itself, in English."""

OPEN = "Check installation…"
OPEN_TIP = "Look at program, model, server and plugin, and say how to mend what is wrong"
TITLE = "DeepFacePencil: check of the installation"
STARTING = "Starting the check…"
STOPPED = "Stopped. What had been found until then:"
WRONG = "To be mended"
WARNINGS = "Could be better"
GOOD = "All right"
AGAIN = "Check again"
STOP = "Stop"
COPY = "Copy report"
COPY_TIP = "To be pasted into a bug report: no names, no folders of yours, no token"
COPIED = "The report can be pasted now. It holds no names, none of your folders, and no token."
MISSING = (
    "The program dfp, which would look, is not installed. Run “pip install deepfacepencil-krita” and "
    "“dfp-krita install”, then restart Krita."
)


def looking(title: str, number: int, of: int) -> str:
    """What is looked at now; `title` is the program's own, in English."""
    return f"Looking, {number} of {of}: {title}…"


def ended(wrong: int, warnings: int) -> str:
    """How things stand."""
    if wrong:
        return "One thing is to be mended." if wrong == 1 else f"{wrong} things are to be mended."
    if warnings:
        return f"Everything works; {'one thing' if warnings == 1 else f'{warnings} things'} could be better."
    return "All is well."


def failed(reason: str) -> str:
    """The program that looks could not be started, or ended too early."""
    said = "The check could not be brought to its end{}.".format(f": {reason.rstrip('.')}" if reason else "")
    return said + " Run “pip install deepfacepencil-krita” and “dfp-krita install” again, then restart Krita."
