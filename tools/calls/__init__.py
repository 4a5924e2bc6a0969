"""Simulated video calls: windows with tiles that swap, so that what stops reading can be put to the test."""
