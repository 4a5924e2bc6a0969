"""Neutral days of faces that were really read: how often rules ring for nothing, and how many bad visits they find.

    uv run python -m benchmarks.neutral read --clips DIR --outside FACES.npz --ferplus ferplus.npz --into READ.gz
    uv run python -m benchmarks.neutral days READ.gz
    uv run python -m benchmarks.neutral simulated

`read` makes readings of

- clips of people who talk, wait, blink and turn (`clips.toml`), read by the whole pipeline;
- films of photographs: each face is a mesh that moves as somebody in the clips did (talks, blinks, turns, comes
  nearer), 18 in a picture, read by the whole pipeline. Of a person with two photographs the film goes from one to the
  other within a second: from a smile to the same face at rest, or from rest to something unpleasant;
- crops of photographs, jittered in place, size and turn with noise added, read by the expression network alone, which
  takes a tenth of the time: more persons, nothing that talks.

`days` makes a customer of each person, 20 to 60 s long (what is shown goes on, there and back), puts them through the
live state that rules look at, and counts what is said of them, brought to eight hours of 375 customers, and days of a
queue of four. Labels are those of the sets: one annotator, or a majority of votes. The settings were chosen on the
persons that `read` takes first; with `--skip` it takes others, on whom they can be told honestly.
"""
