"""The command `dfp-gimp`, which puts the plug-in for GIMP 3 into a painter's profile."""
