"""DeepFacePencil for GIMP 3: a filter that puts the face onto a layer above the drawing.

GIMP starts the file of this folder's name in a process of its own for every face. Each module imports only what comes
after it, and none beside it: plugin; dialog, placing; making; connection; drawing, arguments, keeper; notes, options,
language; texts; refusal, gimp.
"""
