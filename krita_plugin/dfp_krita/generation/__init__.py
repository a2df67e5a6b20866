"""One face: from the sketch to the server and onto its layer, and how the model read the lines."""
