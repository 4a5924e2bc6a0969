"""A template lives in memory only, shows nothing, and is gone when it is closed."""

import copy
import ctypes
import gc
import json
import logging
import os
import pickle
import re
import resource
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from mien.errors import MienError
from mien.vision.matching import Template, no_core_dumps
from mien.vision.matching.secrecy import core_dumps_are_off
from mien.vision.matching.template import LENGTH

NUMBER = 0.7361


def marked(height_px=64.0):
    return Template(np.full(LENGTH, NUMBER, np.float32), height_px)


def test_closing_zeroes_the_memory_itself():
    template = marked()
    values = template._numbers.values
    address, held = values.ctypes.data, values.nbytes
    assert ctypes.string_at(address, held) == np.full(LENGTH, NUMBER, np.float32).tobytes()
    template.close()  # `values` keeps the page mapped, so that it can be looked at afterwards
    assert ctypes.string_at(address, held) == bytes(held)
    assert template.closed


def test_the_numbers_given_are_moved_not_copied():
    given = np.full(LENGTH, NUMBER, np.float32)
    with Template(given, 64.0):
        assert not given.any()


def test_leaving_and_forgetting_close_it():
    with marked() as template:
        assert not template.closed
    assert template.closed
    forgotten = marked()
    values = forgotten._numbers.values
    del forgotten
    gc.collect()
    assert not values.any()


@pytest.mark.parametrize(
    "attempt",
    [
        pickle.dumps,
        copy.copy,
        copy.deepcopy,
        list,
        bytes,
        np.asarray,
        lambda t: t.__getstate__(),
        lambda t: t.__reduce__(),
    ],
    ids=["pickle", "copy", "deepcopy", "list", "bytes", "array", "state", "reduce"],
)
def test_it_is_neither_copied_nor_written(attempt):
    with marked() as template, pytest.raises(MienError, match="neither copied nor written"):
        attempt(template)


def test_json_and_attributes_do_not_have_it():
    with marked() as template:
        with pytest.raises(TypeError):
            json.dumps(template)
        with pytest.raises(TypeError):
            vars(template)


def test_texts_and_logs_show_no_number(caplog):
    with marked() as template:
        logging.getLogger("matching").warning("seen %s %r", template, [template])
        shown = f"{template} {template!r} {[template]} {caplog.text}"
    assert "<Template>" in shown
    assert not re.search(r"0\.7|64", shown)
    assert repr(template) == "<Template, closed>"


def test_a_closed_one_says_so():
    template, other = marked(), marked()
    template.close()
    template.close()
    for act in (template.distance, template.absorb, other.distance):
        with pytest.raises(MienError, match="closed"):
            act(other if act.__self__ is template else template)
    other.close()


def test_pictures_of_a_track_are_merged_and_the_absorbed_one_is_closed():
    rng = np.random.default_rng(1)
    pictures, others = rng.normal(size=(4, LENGTH)), rng.normal(size=(2, LENGTH))
    expected = np.sqrt(((pictures[:, None] - others) ** 2).sum(axis=2).mean())
    first, second, third, fourth = (
        Template(picture.astype(np.float32), height)
        for picture, height in zip(pictures, (50.0, 60.0, 70.0, 80.0), strict=True)
    )
    one, two = (Template(picture.astype(np.float32), 64.0) for picture in others)
    second.absorb(third)
    second.absorb(fourth)
    first.absorb(second)
    one.absorb(two)
    assert all(template.closed for template in (second, third, fourth, two))
    assert (first.pictures, first.height_px) == (4, 65.0)
    assert first.distance(one) == one.distance(first) == pytest.approx(expected, rel=1e-4)
    first.close()
    one.close()


def test_it_cannot_absorb_itself():
    with marked() as template, pytest.raises(MienError, match="itself"):
        template.absorb(template)


def test_distance_is_euclidean():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, LENGTH)).astype(np.float32)
    expected = np.linalg.norm(a - b)
    with Template(a, 64.0) as one, Template(b, 64.0) as two:
        assert one.distance(two) == pytest.approx(expected, rel=1e-5)
        assert one.distance(one) < 2e-3


HOLDER = """
import os, resource, signal
from mien.vision.matching import no_core_dumps
hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
with no_core_dumps():
    os.kill(os.getpid(), signal.SIGABRT)
"""


def test_a_crash_leaves_no_core_dump(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", HOLDER], cwd=tmp_path)
    _, status = os.waitpid(process.pid, 0)
    process.returncode = status
    assert os.WTERMSIG(status) == signal.SIGABRT
    assert not os.WCOREDUMP(status)
    assert not list(tmp_path.iterdir())


OUTSIDE = """
import numpy as np
from mien.errors import MienError
from mien.vision.matching import Template, no_core_dumps
values = np.ones(128, np.float32)
try:
    Template(values, 64.0)
except MienError as error:
    print(error, values.any())
"""


def test_no_template_is_made_while_core_dumps_are_on():
    done = subprocess.run([sys.executable, "-c", OUTSIDE], capture_output=True, text=True, check=True)
    assert "no_core_dumps() False" in done.stdout.replace(".\n", "").replace(". ", " ")


def test_core_dumps_are_as_before_afterwards():
    before = resource.getrlimit(resource.RLIMIT_CORE)
    with no_core_dumps():
        assert core_dumps_are_off()
        with no_core_dumps():
            assert core_dumps_are_off()
        assert core_dumps_are_off()
    assert resource.getrlimit(resource.RLIMIT_CORE) == before


def test_neither_dumps_nor_swap_nor_children_get_it():
    template = marked()
    address = template._numbers.values.ctypes.data
    text = Path("/proc/self/smaps").read_text(encoding="utf-8")
    maps = re.findall(r"^([0-9a-f]+)-([0-9a-f]+) .*?^VmFlags: (.*?)$", text, re.MULTILINE | re.DOTALL)
    (flags,) = (flags.split() for start, end, flags in maps if int(start, 16) <= address < int(end, 16))
    assert {"dd", "dc", "lo"} <= set(flags)  # no core dump, no copy for children, locked into memory
    template.close()
