"""A template goes to another process from memory to memory, and is gone where it was."""

import socket
import subprocess
import sys
import time

import numpy as np
import pytest

from mien.errors import MienError
from mien.runtime.live.templates import KEPT_S, Arrivals, TemplateLine
from mien.vision.matching import Template
from mien.vision.matching.template import LENGTH


def into(line):
    return lambda parts: line.sendmsg(parts, [], socket.MSG_DONTWAIT)


def out_of(line):
    return lambda parts: line.recvmsg_into(parts)[0]


@pytest.fixture
def pair():
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with one, other:
        yield one, other


def test_what_arrives_is_what_was_sent_and_the_sender_has_nothing_left(pair, person):
    one, other = pair
    sent, twin = person(1), person(1)
    sent.absorb(person(1, shot=1))
    twin.absorb(person(1, shot=1))
    numbers = sent._numbers.values
    sent.move(into(one), "door 17")
    assert sent.closed
    assert not numbers.any()
    whose, arrived = Template.arrived(out_of(other))
    assert whose == "door 17"
    assert (arrived.pictures, arrived.height_px) == (2, 90.0)
    stranger = person(2)
    assert arrived.distance(stranger) == pytest.approx(twin.distance(stranger))
    one.close()
    assert Template.arrived(out_of(other)) is None


def test_a_template_that_cannot_be_sent_is_closed_all_the_same(pair, person):
    one, other = pair
    other.close()
    template = person(1)
    with pytest.raises(BrokenPipeError):
        template.move(into(one), "17")
    assert template.closed
    long_named = person(1)
    with pytest.raises(MienError, match="too long"):
        long_named.move(into(one), "x" * 600)
    assert long_named.closed


def test_what_is_no_template_is_refused(pair):
    one, other = pair
    one.send(b"hello")
    with pytest.raises(MienError, match="no template"):
        Template.arrived(out_of(other))


SENDER = """
import sys
import numpy as np
from mien.runtime.live.templates import TemplateLine
from mien.vision.matching import Template, no_core_dumps
with no_core_dumps():
    line = TemplateLine(sys.argv[1])
    for track in range(3):
        line.send(Template(np.full(128, 0.1 * (track + 1), np.float32), 80.0), "stream é", track)
    line.close()
    print(line.lost)
"""


def test_templates_of_another_process_wait_for_their_interactions(tmp_path):
    with Arrivals(str(tmp_path / "templates")) as arrivals:
        told = subprocess.run(
            [sys.executable, "-c", SENDER, str(tmp_path / "templates")],
            capture_output=True,
            text=True,
            check=True,
        )
        assert told.stdout == "0\n"
        arrivals.listen(5.0)
        second = arrivals.take("stream é", 1)
        assert second.height_px == 80.0
        assert second.distance(Template(np.full(LENGTH, 0.2, np.float32), 80.0)) < 1e-3
        assert arrivals.take("stream é", 1) is None
        assert arrivals.take("stream é", 9) is None
        left = arrivals._waiting["stream é", 2][0]
    assert left.closed


def test_without_a_matcher_templates_are_zeroed_and_with_one_again_they_arrive(tmp_path, person):
    address = str(tmp_path / "templates")
    line = TemplateLine(address)
    lost = person(1)
    line.send(lost, "s", 1)
    assert (lost.closed, line.lost) == (True, 1)
    with Arrivals(address) as arrivals:
        line.send(person(1), "s", 2)
        arrivals.listen(5.0)
        assert arrivals.take("s", 2) is not None
    line.send(person(1), "s", 3)  # the line is broken
    with Arrivals(address) as arrivals:
        line.send(person(1), "s", 4)
        arrivals.listen(5.0)
        assert arrivals.take("s", 4) is not None
    assert line.lost == 2
    line.close()


def test_who_only_passes_by_is_forgotten(tmp_path, person, monkeypatch):
    address = str(tmp_path / "templates")
    line = TemplateLine(address)
    with Arrivals(address) as arrivals:
        line.send(person(1), "s", 1)
        arrivals.listen(5.0)
        passed = arrivals._waiting["s", 1][0]
        later = time.monotonic() + KEPT_S + 1.0
        monkeypatch.setattr("mien.runtime.live.templates.monotonic", lambda: later)
        arrivals.listen(0.0)
        assert passed.closed
        assert arrivals.take("s", 1) is None
    line.close()
