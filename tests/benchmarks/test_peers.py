"""What could go wrong quietly when Mien is compared with others: labels mixed up, faces not found, tests looked at."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pytest
from benchmarks.peers import sets
from benchmarks.peers.answers import Answers, Asked
from benchmarks.peers.runner import Piped, in_order, places
from benchmarks.peers.search import Found, Tried, search
from benchmarks.peers.table import Reading, compare
from benchmarks.peers.ways import RUNNERS, Peer, Way, peers
from rich.progress import Progress

from mien.errors import InputError
from mien.expressions import EXPRESSIONS

if TYPE_CHECKING:
    from collections.abc import Mapping

# what the packages name, in the order of their sources
FER = ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
FACE_API = ["neutral", "happy", "sad", "angry", "fearful", "disgusted", "surprised"]
ECHO = """
import json, sys
print(json.dumps({"labels": ["sad", "happy", "neutral"]}), flush=True)
while line := sys.stdin.buffer.readline():
    head = json.loads(line)
    pixels = sys.stdin.buffer.read(head["height"] * head["width"])
    if pixels[0] == 13:
        sys.exit(1)
    p = None if pixels[0] == 0 else [pixels[0] / 255, head["height"], head["width"]]
    print(json.dumps({"p": p, "ms": 1.5}), flush=True)
"""


@pytest.mark.parametrize(("labels", "at"), [(FER, (4, 5, 6, 1, 3, 2, 0)), (FACE_API, (0, 1, 3, 4, 6, 5, 2))])
def test_every_label_of_a_peer_lands_on_its_expression(labels: list[str], at: tuple[int, ...]) -> None:
    found = places(labels, "peer")
    assert tuple(found) == at
    for k in range(7):
        p = in_order(np.eye(7)[k].tolist(), found)
        assert p.argmax() == at[k]
        assert p[EXPRESSIONS.index("contempt")] == 0.0


def test_the_order_that_the_runner_of_human_states_is_that_of_its_network() -> None:
    text = (RUNNERS / "human_answers.mjs").read_text()
    stated = re.search(r"const LABELS = \[(.*)\]", text)
    assert stated is not None
    assert re.findall(r"'(\w+)'", stated[1]) == FER


@pytest.mark.parametrize("labels", [["happy", "joy"], ["happy", "grumpy"], ["happy", "unknown"]])
def test_labels_that_are_no_expressions_or_twice_the_same_are_refused(labels: list[str]) -> None:
    with pytest.raises(InputError):
        places(labels, "peer")


def of(truth: list[int], p: list[int | None], folder: Path) -> tuple[sets.Pictures, Answers]:
    """Pictures and sure answers; `None` where no face is found."""
    given = np.stack([np.full(8, np.nan) if k is None else np.eye(8)[k] for k in p])
    labels = np.array(truth, np.int64)
    images = np.zeros((len(truth), 8, 8), np.uint8)
    pictures = sets.Pictures("made", images, labels, np.arange(len(truth)), "picture", folder)
    return pictures, Answers(given, np.ones(len(truth), np.bool_))


def reading(name: str, whole: Answers, given: Answers, *, falls_back: bool) -> Reading:
    one = Tried(Way({"detector": name}), 0.0, 0.0, 1.0)
    return Reading(name, Found(one, one, one, falls_back, (one,)), whole, given)


def test_a_face_not_found_is_wrong_end_to_end_left_out_of_what_all_found_and_never_right(
    tmp_path: Path,
) -> None:
    truth = [0, 0, 0, 0, 1, 1, 1, 1] * 3
    pictures, every = of(truth, list(truth), tmp_path)
    _, half = of(truth, [None if i % 2 else k for i, k in enumerate(truth)], tmp_path)
    _, wrong = of(truth, [1 - k for k in truth], tmp_path)
    found = compare(
        pictures,
        [
            reading("mien", every, every, falls_back=False),
            reading("peer", half, wrong, falls_back=False),
            reading("other", half, wrong, falls_back=True),
        ],
    )
    strongest, whole, both = found
    assert [row.figures["accuracy"].value for row in strongest.rows] == [1.0, 0.0, 0.5]
    assert [row.figures["accuracy"].value for row in whole.rows] == [1.0, 0.5, 0.5]
    assert [row.figures["balanced_accuracy"].value for row in whole.rows] == [1.0, 0.5, 0.5]
    assert [row.found for row in whole.rows] == [1.0, 0.5, 0.5]
    assert [row.n for row in both.rows] == [12, 12, 12]
    assert [row.figures["accuracy"].value for row in both.rows] == [1.0, 1.0, 1.0]
    apart = whole.rows[1].mien_minus["accuracy"]
    assert apart.value == 0.5
    assert apart.low is not None
    assert 0.0 < apart.low < 0.5


def test_contempt_counts_against_who_does_not_know_it_in_one_table_and_for_nobody_in_the_other(
    tmp_path: Path,
) -> None:
    truth = [0, 1, 7, 7] * 5
    pictures, mien = of(truth, list(truth), tmp_path)
    _, peer = of(truth, [0 if k == 7 else k for k in truth], tmp_path)
    eight, _, _, seven, _, _ = compare(
        pictures,
        [reading("mien", mien, mien, falls_back=False), reading("peer", peer, peer, falls_back=False)],
    )
    assert "contempt is wrong" in eight.pictures
    assert [row.figures["accuracy"].value for row in eight.rows] == [1.0, 0.5]
    assert [row.n for row in seven.rows] == [10, 10]
    assert [row.figures["accuracy"].value for row in seven.rows] == [1.0, 1.0]


def test_only_what_every_reader_was_asked_about_is_compared(tmp_path: Path) -> None:
    truth = [0, 1, 7, 1] * 5
    pictures, mien = of(truth, list(truth), tmp_path)
    asked = np.arange(20) < 12
    peer = Answers(np.where(asked[:, None], mien.p, np.nan), asked)
    readings = [reading("mien", mien, mien, falls_back=False), reading("peer", peer, peer, falls_back=False)]
    eight, _, _, seven, _, _ = compare(pictures, readings)
    assert [row.n for row in eight.rows] == [12, 12]
    assert [row.n for row in seven.rows] == [9, 9]
    assert [row.found for row in seven.rows] == [1.0, 1.0]


PEER = Peer("echo", "python", "1", "", (Way({"detector": "x"}),), (), (Way({"detector": "given"}),))


def echo(folder: Path) -> Piped:
    """A process of its own that answers by the first pixel."""
    script = folder / "echo.py"
    script.write_text(ECHO)
    return Piped("echo", [sys.executable, str(script)], folder / "echo.log")


def test_pictures_go_through_the_pipe_as_they_are_and_a_process_that_ends_is_told(tmp_path: Path) -> None:
    piped = echo(tmp_path)
    try:
        picture = np.full((5, 300), 51, np.uint8)
        picture[0, 1:3] = 10  # a newline among the pixels ends no line
        p, spent = piped.read(picture, {"detector": "x"})
        assert (p[3], p[1], p[0], spent) == (0.2, 5, 300, 1.5)
        assert np.isnan(piped.read(np.zeros((4, 4), np.uint8), {"detector": "x"})[0]).all()
        with pytest.raises(InputError, match="stopped answering"):
            piped.read(np.full((4, 4), 13, np.uint8), {"detector": "x"})
    finally:
        piped.close()


def test_a_process_that_does_not_end_is_ended(tmp_path: Path) -> None:
    script = tmp_path / "stays.py"
    script.write_text(ECHO + "import time\ntime.sleep(600)\n")
    piped = Piped("stays", [sys.executable, str(script)], tmp_path / "stays.log", patience=0.2)
    start = time.monotonic()
    piped.close()
    assert time.monotonic() - start < 60


def test_a_run_that_was_stopped_goes_on_and_asks_nothing_twice(tmp_path: Path) -> None:
    pictures, _ = of([0, 1] * 4, [0, 1] * 4, tmp_path)
    pictures.images[:] = 51
    pictures.images[5:] = 13  # here its process ends
    first = Asked(PEER, tmp_path, Progress(disable=True), lambda: echo(tmp_path))
    with pytest.raises(InputError):
        first.about(pictures, PEER.ways[0])
    first.close()
    pictures.images[:5] = 0  # would now be "no face", if they were asked about again
    again = Asked(PEER, tmp_path, Progress(disable=True), lambda: echo(tmp_path))
    kept = again.about(pictures, PEER.ways[0], np.arange(5))
    assert kept.found[:5].all()
    assert not kept.done[5:].any()


class Able:
    """A reader of pictures that hold the truth and, in tens, how hard they are."""

    skill: ClassVar = {"a": 5, "b": 10, "given": 9}

    def read(self, picture: np.ndarray, setting: Mapping[str, Any]) -> tuple[np.ndarray, float]:
        hard, truth = divmod(int(picture[0, 0]), 10)
        right = hard < self.skill[setting["detector"]] and picture.shape != (9, 9)
        return np.eye(8)[truth if right else 1 - truth], 1.0

    def close(self) -> None:
        return None


def test_the_search_takes_the_better_way_and_says_what_it_tried(tmp_path: Path) -> None:
    first, given = Way({"detector": "a"}), Way({"detector": "given"})
    peer = Peer("p", "python", "1", "", (first,), (({"detector": "b"},), ({"size": 9},)), (given,))
    pictures, _ = of([0, 1] * 10, [0] * 20, tmp_path)
    pictures.images[:] = (10 * (np.arange(20) // 2) + pictures.truth)[:, None, None]
    found = search(Asked(peer, tmp_path, Progress(disable=True), Able), pictures, pictures, 20)
    assert [t.ferplus for t in found.tried] == pytest.approx([0.5, 1.0, 0.0, 0.9])
    assert (found.whole.way.setting["detector"], found.whole.way.size) == ("b", 0)
    assert found.falls_back  # the better way, with the given face behind it where it finds none


def test_every_peer_starts_as_its_users_do_and_can_be_given_the_face() -> None:
    for peer in peers("1").values():
        assert not peer.ways[0].given
        assert (peer.ways[0].size, peer.ways[0].edge) == (0, 0.0)
        assert all(way.given for way in peer.given)
        assert peer.kind == "mien" or (RUNNERS / peer.script).exists()
