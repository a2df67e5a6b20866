"""What Krita's own Python runs. This folder is on its path and holds one package, which knows nothing of the rest."""
