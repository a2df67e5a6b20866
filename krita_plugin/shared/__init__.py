"""What the plug-ins for Krita and for GIMP have in common, packed into both when they are put together.

Plain Python 3.8 without Qt, Krita or GIMP: where the face server is, how to start it, what is said to it and what it
answers, which part of a drawing it has to see. A plug-in imports it as `krita_plugin.shared`; once it is put together,
the package lies inside the plug-in, and those imports say so (see krita_plugin/assemble.py).
"""
