"""How good the cues of single faces and the tired look of tracks are, on faces not used to choose them.

    uv run python -m benchmarks.cues --outside FACES.npz --ferplus ferplus.npz --clips DIR

Every part is optional. `labels.toml` says what was looked at, by whom and how. Pictures are read as any crop is:
landmarks are looked for and cues are made of them; clips go through the whole pipeline. Intervals hold 95 %: of
persons drawn with replacement where a set names them, else of pictures; Wilson's for counts.
"""
