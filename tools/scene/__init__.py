"""Two recordings of a shop that never was, entrance and exit, whose truth is known: `python -m tools.scene`."""
