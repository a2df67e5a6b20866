"""Krita's own files, read and written by Krita itself."""
