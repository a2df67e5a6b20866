"""Texts about colours of a face's regions, and about the person."""

NOT_KNOWN = "This server's weights know no colours, so the face has its own. Take a newer model to choose them."
