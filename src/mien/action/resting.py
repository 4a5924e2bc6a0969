"""How faces look that show nothing in particular: what no rule may take for something unpleasant.

Readers, and the people whose votes they learned from, find many resting faces somewhat unpleasant: of photographs that
are labelled neutral the median is read at -.2 and one in a hundred below -.7 (`python -m benchmarks.neutral`). Pictures
that follow each other are mistaken alike, so that no length of looking helps. A face is therefore compared with itself
where it was seen before; where it was not, only what hardly any resting face looks like is called unpleasant.
"""

from __future__ import annotations

from typing import Final

from mien.journey.thresholds import THRESHOLDS

STERN: Final = -0.9
"""Valence under which hardly any resting face is read."""

UNPLEASANT: Final = -THRESHOLDS["balance"].same / 100
"""Valence under which a face must lie that has fallen: faces that are even all day wander to -.10 often enough to ring
several times (`docs/rules.md`)."""

FALL: Final = THRESHOLDS["balance"].changed / 100
"""By how much, at least, a face has fallen against its own first seconds without a smile."""
