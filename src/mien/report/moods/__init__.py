"""The eyes chart as people see it: drawings, poster, page and quiz."""
