"""The face server: finding or starting one, and talking to it without blocking Krita."""
