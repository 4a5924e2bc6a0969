"""Puts the parts together: one recording, one report, one store. The only place that does."""
