"""The painter's document: what is read from it, what is written down in it, and what is written onto its layers."""
