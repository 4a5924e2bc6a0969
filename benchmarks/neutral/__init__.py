"""Neutral days of real faces."""
