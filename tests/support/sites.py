"""What site files of the tests begin with."""

from typing import Final

HEAD: Final = """\
name = "Lyon 2"
time_zone = "Europe/Paris"

[[notices]]
shown_on = 2026-05-04
text_version = "3"
put_up_by = "A. Martin"

"""
"""A site in France where a notice hangs since May 2026."""
