"""Texte zu den Farben des Gesichts und zur Person."""

NOT_KNOWN = "Dieser Server kennt keine Farben, darum hat das Gesicht seine eigenen. Ein neueres Modell kann sie wählen."
