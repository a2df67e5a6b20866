"""Every generated face with all that it was made of, kept in the document's own file."""
