"""The live call page's line to the server: pictures of one tile in, numbers out."""
