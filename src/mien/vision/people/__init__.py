"""People, from whatever side they are seen: find, follow, and tell where they stand. No face is read here."""
