"""What has happened at a site, for what follows from it."""

from support.lyon import clock, site, store

__all__ = ["clock", "site", "store"]
