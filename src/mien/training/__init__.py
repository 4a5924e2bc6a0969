"""Learning to read faces: needs the extra `train` (torch), and nothing that runs in a shop imports it."""
