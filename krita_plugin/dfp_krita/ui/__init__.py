"""What the painter sees: the docker, its panels, and the dialogs."""
