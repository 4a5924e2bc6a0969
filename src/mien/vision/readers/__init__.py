"""Expression networks of the user's own, each described by a manifest and read as Mien reads its own.

Three parts make such a reader: a face is cut and prepared (`feed`), an engine runs the network (`engine`, or one that
`mien.runtime` has over HTTP), and its outputs become Mien's expressions (`shares`). Only the engine differs.
"""
