"""Mien beside other expression readers as their users install them, on the same pictures in the same run."""
