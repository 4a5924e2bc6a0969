"""Programs for those who maintain Mien; nothing here is installed with it."""
