"""In GIMP's window: the dialog, the face, one step back, and a run that is cancelled. test_gimp_window.py drives it.

Each step waits for a key or a click from outside; a file says which step it is.
"""
