"""`mien evaluate` as its users run it, on real pictures."""

from __future__ import annotations

import json
import os
import pty
import re
import signal
import subprocess
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest

from evaluation.conftest import SAMPLES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from support.command import Ran


GROUP = SAMPLES / "multi_face.jpg"


def test_a_folder_is_evaluated_and_what_was_left_out_is_shown(
    mien: Callable[..., Ran], class_folder: Path
) -> None:
    ran = mien("evaluate", class_folder, "--json", "out.json", "--report", "out.html", "--resamples", 200)
    assert ran.code == 0, ran.err
    assert ran.err == ""
    for words in (
        "Of 24 faces the reader named what the set says in 66.7 %", "no face found", "Neutral/wall.png",
        "file cannot be read as a picture", "Neutral/broken.jpg", "no copies found", "1 files in it are no pictures",
    ):  # fmt: skip
        assert words in ran.out, words
    found = json.loads(mien("evaluate", class_folder, "--json", "-", "--resamples", 200).out)
    assert found["set"]["left_out"] == {"file cannot be read as a picture": 1, "no face found": 1}
    assert found["total"]["figures"]["accuracy"]["value"] == pytest.approx(16 / 24, abs=1e-4)
    assert [row["name"] for row in found["classes"]] == ["neutral", "happiness"]


def test_votes_of_an_array_give_valence_and_the_human_row(
    mien: Callable[..., Ran], crops: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    grey = np.stack(
        [cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) for crop in crops] + [np.full((96, 96), 99, np.uint8)]
    )
    votes = np.tile([1, 9, 0, 0, 0, 0, 0, 0, 0, 0], (25, 1))
    votes[18:] = [7, 3, 0, 0, 0, 0, 0, 0, 0, 0]
    usage, copies = np.r_[np.zeros(3), np.ones(22)], np.r_[np.arange(3), np.arange(2), np.arange(10, 30)]
    np.savez(tmp_path / "set.npz", images=grey, ferplus=votes, usage=usage, dup_group=copies)
    ran = mien("evaluate", "set.npz", "--json", "-", "--resamples", 200)
    found = json.loads(ran.out)
    assert found["set"]["split"] == "validation"
    # by the list of what the reader learned from, which goes before what the set says of its own training split
    assert found["contamination"]["verdict"] == "no copies found"
    assert found["contamination"]["copies"] == 0
    assert found["contamination"]["without"] is None
    assert found["people"]["pictures"] > 0
    assert found["total"]["figures"]["valence_miss"]["value"] is not None
    assert found["as_came"]["pictures"] == 22
    assert found["drawn_as"] == "copies"


def test_a_table_with_boxes_reads_the_face_in_the_box(mien: Callable[..., Ran], tmp_path: Path) -> None:
    from mien import read_faces  # noqa: PLC0415  (loads the networks)

    faces = read_faces(GROUP)
    lines = ["path,label,x1,y1,x2,y2,person,side"]
    for i in range(4):
        for number, face in enumerate(faces):
            box = ",".join(f"{v:.0f}" for v in face.box + np.array([-i, -i, i, i]))
            name, side = "neutral" if number == 2 else "happy", "left" if number < 2 else "right"
            lines.append(f"{GROUP},{name},{box},{4 * number + i},{side}")
    lines.append(f"{tmp_path / 'gone.jpg'},happy,0,0,9,9,99,left")
    lines.append(f"{GROUP},happy,0,0,12,12,98,left")
    (tmp_path / "set.csv").write_text("\n".join(lines), encoding="utf-8")
    ran = mien("evaluate", "set.csv", "--groups", "side", "--json", "-", "--resamples", 200)
    assert ran.code == 0, ran.err
    found = json.loads(ran.out)
    assert found["set"]["left_out"] == {"file is missing": 1, "no face found": 1}
    assert found["total"]["pictures"] == 4 * len(faces)
    assert found["total"]["figures"]["accuracy"]["value"] > 0.9
    assert found["groups"][0]["column"] == "side"
    assert found["set"]["several_faces"] == 0


def test_a_picture_of_several_faces_says_that_the_largest_was_taken(
    mien: Callable[..., Ran], tmp_path: Path
) -> None:
    lines = ["path,label", *[f"{GROUP},{name}" for name in ("happy", "neutral") * 6]]
    (tmp_path / "set.csv").write_text("\n".join(lines), encoding="utf-8")
    ran = mien("evaluate", "set.csv", "--resamples", 200)
    assert ran.code == 0, ran.err
    assert "12 pictures show several faces" in ran.out


def test_opening_a_test_split_is_reminded_of(
    mien: Callable[..., Ran], crops: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    label = np.array(["happy", "sad"] * 12)
    np.savez(tmp_path / "set.npz", images=np.stack(crops)[..., ::-1], label=label, usage=np.full(24, 2))
    refused = mien("evaluate", "set.npz")
    assert refused.code == 2
    assert refused.complaint.endswith("has no validation split; choose --split test or all.")
    ran = mien("evaluate", "set.npz", "--split", "test", "--limit", 20, "--resamples", 200)
    assert ran.code == 0
    assert "opened once for each released model" in ran.err
    assert "log" in ran.err
    assert "a random sample of 20 (seed 0) of 24 pictures" in ran.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nowhere"], "There is no set at 'nowhere'"),
        (["{set}", "--reader", "psychic"], "There is no expression reader 'psychic'; choose one of mien"),
        (["{set}", "--split", "test"], "not divided into splits"),
        (["{set}", "--groups", "age"], "no column 'age'"),
        (["{set}", "--classes", "happy,grumpy"], "--classes got 'grumpy'"),
        (["{set}", "--numbers", "kaggle"], "no order of class numbers 'kaggle'"),
        (["{set}", "--scale", "mood"], "no valence scale 'mood'"),
        (["{set}", "--report", "nowhere/out.html"], "cannot be written"),
        (["{set}", "--report", "out", "--json", "out"], "given twice"),
        (["{set}", "--seen", "nothing.npz"], "holds no fingerprints"),
        (["{set}", "--limit", "3"], "greater than or equal to 20"),
    ],
)
def test_bad_input_is_one_sentence_and_code_2(
    mien: Callable[..., Ran], class_folder: Path, arguments: list[str], words: str
) -> None:
    ran = mien("evaluate", *(a.replace("{set}", str(class_folder)) for a in arguments))
    assert ran.code == 2
    assert words in ran.complaint
    assert ran.out == ""


@pytest.mark.parametrize("option", ["--report", "--json"])
@pytest.mark.parametrize("target", ["set.csv", "sub/../set.csv", "link", "hard", "faces/0.png"])
def test_nothing_of_the_set_is_ever_overwritten(
    mien: Callable[..., Ran], crops: list[NDArray[np.uint8]], tmp_path: Path, option: str, target: str
) -> None:
    (tmp_path / "faces").mkdir()
    (tmp_path / "sub").mkdir()
    for i, crop in enumerate(crops[:2]):
        cv2.imwrite(str(tmp_path / "faces" / f"{i}.png"), crop)
    rows = "path,label\nfaces/0.png,happy\nfaces/1.png,sad\n"
    (tmp_path / "set.csv").write_text(rows, encoding="utf-8")
    (tmp_path / "link").symlink_to("set.csv")
    os.link(tmp_path / "set.csv", tmp_path / "hard")
    before = (tmp_path / "faces" / "0.png").read_bytes()
    ran = mien("evaluate", "set.csv", option, target)
    assert ran.code == 2
    assert f"'{target}' is given as {option} and is the set too" in ran.complaint
    assert (tmp_path / "set.csv").read_text(encoding="utf-8") == rows
    assert (tmp_path / "faces" / "0.png").read_bytes() == before


def test_a_bar_shows_the_time_left_and_ctrl_c_ends_with_code_130_and_writes_nothing(
    crops: list[NDArray[np.uint8]], tmp_path: Path
) -> None:
    many = np.stack([crop[..., ::-1] for crop in crops] * 200)
    np.savez(tmp_path / "set.npz", images=many, label=np.array(["happy", "sad"] * 2400))
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [sys.executable, "-m", "mien", "evaluate", "set.npz", "--json", "out.json"],
        cwd=tmp_path, stdout=subprocess.PIPE, stderr=theirs, text=True,
        env={**os.environ, "COLUMNS": "120", "TERM": "xterm"},
    ) as process:  # fmt: skip
        os.close(theirs)
        shown = ""
        while not re.search(r"[1-9]\d*/4800.*left.*\d:\d\d", shown):
            piece = os.read(ours, 4096).decode(errors="replace")
            assert piece, shown
            shown += piece
        process.send_signal(signal.SIGINT)
        with suppress(OSError):  # a terminal that the other side has closed
            while piece := os.read(ours, 4096).decode(errors="replace"):
                shown += piece
        out = process.stdout.read() if process.stdout else ""
    os.close(ours)
    assert process.returncode == 130, shown
    assert re.search(r"Stopped after \d+ of 4,800 pictures; nothing was written", shown)
    assert "Traceback" not in shown
    assert out == ""
    assert not (tmp_path / "out.json").exists()
