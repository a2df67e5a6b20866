"""Texte zum Docker selbst und zur Anleitung."""

MANUAL_PAGE = "manual_de.html"
MANUAL_TITLE = "DeepFacePencil: Handbuch"
MANUAL_ACTION = "DeepFacePencil: Handbuch"
MANUAL_TIP = "Das Handbuch"
DETAILS = "Einzelheiten"
DETAILS_TIP = "Wo die Zeit blieb, oder was der Gesichtsserver zuletzt gesagt hat"
