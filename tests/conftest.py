"""Its place puts `tests/` on the import path, so that tests can share `support/`.

`tools` and `benchmarks` are no part of the installed package: they are found from the repository's root.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
