"""Live work: the face follows the painter's strokes."""
