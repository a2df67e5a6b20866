"""Texts about the docker itself and the manual."""

TITLE = "DeepFacePencil"

MANUAL_PAGE = "manual.html"  # its file in the plugin's folder
MANUAL_TITLE = "DeepFacePencil manual"
MANUAL_ACTION = "DeepFacePencil manual"
MANUAL_TIP = "The manual"
DETAILS = "Details"
DETAILS_TIP = "Where the time went, or what the face server said last"
