"""Faces for several layers, or for the keyframes of one."""
