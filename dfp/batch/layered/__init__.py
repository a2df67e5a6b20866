"""Files of layers: a face for each sketch layer, put into the file above it."""
