"""The library that computes networks tells its maker nothing of this machine."""

import os
import subprocess
import sys

CODE = """
from mien.vision.models import manifest, session
session(next(iter(manifest())))
"""


def test_computing_a_network_leaves_no_number_of_the_machine_behind(tmp_path):
    # It makes this number and a queue of reports in the home folder where it may report.
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME")
    }
    subprocess.run([sys.executable, "-c", CODE], check=True, env={**kept, "HOME": str(tmp_path)})
    assert list(tmp_path.rglob("*")) == []
