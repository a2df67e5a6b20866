"""OpenRaster files: read, and written with more layers than before."""
