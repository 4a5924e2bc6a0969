"""`mien analyze`, on real recordings: what a user gets and what stays in the store."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import av
import jsonschema
import pytest

from mien.report.document import json_schema
from mien.store import RecordingKey, Source, Store
from mien.video import fingerprint
from support.clips import cut, write_clip, write_sound
from support.command import SAMPLES, read_picture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.command import Ran


def shown(run: Ran) -> dict[str, object]:
    """The JSON document on standard output, valid by its published schema."""
    document = json.loads(run.out)
    jsonschema.validate(document, json_schema())
    return document


def only(run: Ran) -> dict[str, object]:
    """The only interaction of the only video."""
    (video,) = shown(run)["videos"]
    (interaction,) = video["interactions"]
    return interaction


def test_crying_to_smiling_is_improved_and_told_in_every_form(mien, tmp_path):
    ran = mien("analyze", SAMPLES / "crying_to_smiling.mp4", "--json", "result.json", "--report", "r.html")
    assert ran.code == 0
    document = json.loads((tmp_path / "result.json").read_text(encoding="utf-8"))
    jsonschema.validate(document, json_schema())
    (interaction,) = document["videos"][0]["interactions"]
    assert interaction["outcome"] == "improved"
    assert interaction["eps_low"] > 0
    assert interaction["initial_valence"] < 0 < interaction["final_valence"]
    assert f"{interaction['eps']:+.0f}" in ran.out
    assert "r.html" in ran.out
    length_s = float(re.search(r"([0-9.]+) s, \d+ pictures", ran.out)[1])
    usable_s = float(re.search(r"([0-9.]+) s usable", ran.out)[1])
    assert usable_s <= length_s == pytest.approx(document["videos"][0]["duration_s"], abs=0.06)
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert f"{interaction['eps']:+.0f}" in page


@pytest.mark.once
def test_the_same_clip_reversed_is_worsened_with_the_opposite_sign(mien, tmp_path):
    forward = only(mien("analyze", SAMPLES / "crying_to_smiling.mp4", "--json", "-"))
    with av.open(str(SAMPLES / "crying_to_smiling.mp4")) as container:
        frames = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
        rate = float(container.streams.video[0].average_rate)
    height, width = frames[0].shape[:2]
    backward = write_clip(
        tmp_path / "reversed.mp4",
        [i / rate for i in range(len(frames))],
        size=(width, height),
        draw=lambda number: frames[-1 - number],
    )
    found = only(mien("analyze", backward, "--json", "-"))
    assert found["outcome"] == "worsened"
    assert found["eps_high"] < 0
    # A hand is before the mouth for a part of the tears: which seconds of that end are compared depends on direction.
    assert found["eps"] == pytest.approx(-forward["eps"], abs=30)
    assert found["eps_low"] <= -forward["eps_low"]
    assert -forward["eps_high"] <= found["eps_high"]


def test_a_still_face_has_an_interval_that_holds_zero(mien, tmp_path, face_picture):
    image = read_picture(face_picture)
    still = write_clip(
        tmp_path / "still.mp4", [i / 10 for i in range(80)], size=(260, 260), draw=lambda _: image
    )
    found = only(mien("analyze", still, "--json", "-"))
    assert found["eps_low"] < 0 < found["eps_high"]
    assert found["outcome"] in ("unchanged", "unclear")


def test_no_face_is_an_answer(mien):
    ran = mien("analyze", SAMPLES / "no_face.mp4", "--json", "-")
    (video,) = shown(ran)["videos"]
    assert ran.code == 0
    assert video["interactions"] == []
    assert "no face" in video["reason"]


def test_a_single_picture_is_an_answer(mien, tmp_path, face_picture):
    image = read_picture(face_picture)
    one = write_clip(tmp_path / "one.mp4", [0.0], size=(260, 260), draw=lambda _: image)
    ran = mien("analyze", one, "--json", "-")
    (video,) = shown(ran)["videos"]
    assert ran.code == 0
    assert video["interactions"] == []
    assert "single picture" in video["reason"]
    assert video["frames"] == 1


def test_a_truncated_video_is_scored_to_the_cut_with_a_warning(mien, tmp_path):
    whole = tmp_path / "whole.mkv"
    with av.open(str(SAMPLES / "crying_to_smiling.mp4")) as source:
        frames = [f.to_ndarray(format="bgr24") for i, f in enumerate(source.decode(video=0)) if i < 200]
    height, width = frames[0].shape[:2]
    write_clip(whole, [i / 25 for i in range(200)], size=(width, height), draw=lambda n: frames[n])
    ran = mien("analyze", cut(whole, 0.6), "--json", "-")
    (video,) = shown(ran)["videos"]
    assert ran.code == 0
    assert 2.0 < video["duration_s"] < 7.0
    assert video["interactions"]
    assert "scored to" in ran.err


def test_of_several_videos_the_good_ones_are_done(mien, tmp_path, store):
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"this is not a video" * 100)
    ran = mien("analyze", bad, SAMPLES / "neutral_to_smiling.mp4", SAMPLES / "no_face.mp4", "--json", "-")
    assert ran.code == 2
    assert [
        video["video"].endswith(name)
        for video, name in zip(shown(ran)["videos"], ("neutral_to_smiling.mp4", "no_face.mp4"), strict=True)
    ] == [True, True]
    assert "bad.mp4" in ran.complaint


def test_of_several_videos_a_busy_one_is_passed_over_and_named(mien, tmp_path, store):
    busy, others = SAMPLES / "neutral_to_smiling.mp4", (SAMPLES / "no_face.mp4", tmp_path / "other.mkv")
    write_clip(others[1], [i / 10 for i in range(20)])
    with Store.open(store) as opened:
        run = opened.recordings.begin(
            RecordingKey(fingerprint(busy)), "s", reader="r", source=Source(busy.name)
        )
        with run:
            ran = mien("analyze", others[0], busy, others[1], "--json", "x.json", "--report", "r.html")
    assert ran.code == 2
    assert "'neutral_to_smiling.mp4' is being analysed by process" in ran.complaint
    document = json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))
    assert [video["video"] for video in document["videos"]] == [str(path) for path in others]
    assert (tmp_path / "r.html").exists()
    assert "no face was found" in ran.out
    with Store.open(store) as opened:
        complete = {known.source.name for known in opened.recordings.list_recordings() if known.complete}
    assert complete == {path.name for path in others}


def test_a_broken_store_stops_everything_with_one_line(mien, store):
    store.write_bytes(b"this is no database" * 100)
    ran = mien("analyze", SAMPLES / "no_face.mp4", SAMPLES / "neutral_to_smiling.mp4")
    assert ran.code == 2
    assert "is not a database" in ran.complaint
    assert ran.out == ""


@pytest.mark.parametrize("to_file", [True, False])
def test_where_nothing_could_be_read_the_document_says_so(mien, tmp_path, to_file):
    (tmp_path / "bad.mp4").write_bytes(b"this is not a video" * 100)
    ran = mien("analyze", "bad.mp4", "--json", "x.json" if to_file else "-", "--scale", "strongest")
    assert ran.code == 2
    assert "bad.mp4" in ran.complaint
    document = json.loads((tmp_path / "x.json").read_text(encoding="utf-8")) if to_file else shown(ran)
    jsonschema.validate(document, json_schema())
    assert (document["videos"], document["scale"]) == ([], "strongest")
    assert ran.out == "" or not to_file
    assert not list(tmp_path.glob("*.html"))


@pytest.fixture
def bad_input(tmp_path: Path) -> Callable[[str], Path]:
    def make(kind: str) -> Path:
        path = tmp_path / f"{kind}.mp4"
        match kind:
            case "empty":
                path.touch()
            case "garbage":
                path.write_bytes(bytes(range(256)) * 64)
            case "folder":
                path.mkdir()
            case "sound":
                path = write_sound(tmp_path / "sound.m4a")
            case "missing":
                pass
        return path

    return make


@pytest.mark.parametrize("kind", ["empty", "garbage", "folder", "sound", "missing"])
def test_bad_input_is_one_clear_line_and_leaves_the_store_whole(mien, store, bad_input, kind):
    mien("analyze", SAMPLES / "neutral_to_smiling.mp4")
    with Store.open(store) as opened:
        before = opened.recordings.interactions()
    path = bad_input(kind)
    ran = mien("analyze", path)
    assert ran.code == 2
    assert path.name in ran.complaint
    with Store.open(store) as opened:
        assert [found.id for found in opened.recordings.interactions()] == [found.id for found in before]
        assert len(opened.recordings.list_recordings()) == 1


def test_a_rerun_never_doubles(mien, store):
    first = only(mien("analyze", SAMPLES / "neutral_to_smiling.mp4", "--json", "-"))
    again = only(mien("analyze", SAMPLES / "neutral_to_smiling.mp4", "--json", "-"))
    other = only(mien("analyze", SAMPLES / "neutral_to_smiling.mp4", "--rate", "5", "--json", "-"))
    assert again == first
    assert other["readings"] < first["readings"]
    with Store.open(store) as opened:
        (kept,) = opened.recordings.interactions()
        assert kept.readings == other["readings"]
        assert len(opened.recordings.list_recordings()) == 1


def test_a_named_site_needs_a_notice(mien):
    clip = SAMPLES / "neutral_to_smiling.mp4"
    refused = mien("analyze", clip, "--site", "Lyon 2")
    assert refused.code == 2
    assert "mien notice add --site 'Lyon 2'" in refused.complaint
    assert mien("notice", "add", "--site", "Lyon 2", "--text-version", "3", "--by", "A. Martin").code == 0
    ran = mien("analyze", clip, "--site", "Lyon 2", "--touchpoint", "checkout", "--json", "-")
    assert ran.code == 0
    assert only(ran)["touchpoint"] == "checkout"
    assert mien("notice", "withdraw", "1").code == 0
    assert mien("analyze", clip, "--site", "Lyon 2").code == 2


def test_every_interaction_carries_its_context(mien, store):
    ran = mien(
        "analyze", SAMPLES / "neutral_to_smiling.mp4", "--touchpoint", "desk", "--role", "counter",
        "--type", "paying a tax", "--service-point", "desk 4", "--shift", "morning", "--protocol", "B",
    )  # fmt: skip
    assert ran.code == 0
    with Store.open(store) as opened:
        (found,) = opened.recordings.interactions()
    context = found.context
    assert (context.site, context.touchpoint, context.type) == (None, "desk", "paying a tax")
    assert (context.service_point, context.shift, context.protocol) == ("desk 4", "morning", "B")


def test_an_excluded_zone_is_not_read(mien):
    ran = mien("analyze", SAMPLES / "crying_to_smiling.mp4", "--exclude", "0,0 1,0 1,1 0,1", "--json", "-")
    (video,) = shown(ran)["videos"]
    assert ran.code == 0
    assert video["readings"] == 0
    assert video["interactions"] == []


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--rate", "0"], "rate"),
        (["--rate", "nan"], "rate"),
        (["--scale", "joy"], "balance, circumplex, strongest"),
        (["--detector", "haar"], "yunet"),
        (["--role", "till"], "checkout"),
        (["--exclude", "0,0 1,1"], "three corners"),
        (["--exclude", "0,0 2,0 2,2"], "leaves the picture"),
        (["--recorded-at", "yesterday"], "2026-05-04T09:30+02:00"),
        (["--overlay", "o.avi"], ".mp4"),
        (["--json", "nowhere/x.json"], "nowhere"),
        (["--report", "."], "folder"),
        (["--show-faces"], "--overlay"),
        (["--overlay", "o.mp4", "--show-faces"], "--purpose"),
        (["--overlay", "o.mp4", "--show-faces", "--purpose", "demo", "--until", "2001-01-01"], "end date"),
        (["--until", "2030-01-01"], "--show-faces"),
        (["--store", "nowhere/at/all/store.sqlite"], "nowhere"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_a_wrong_option_is_one_clear_line(mien, arguments, named):
    ran = mien("analyze", SAMPLES / "neutral_to_smiling.mp4", *arguments)
    assert ran.code == 2
    assert named in ran.complaint


def test_the_video_itself_is_never_overwritten(mien, tmp_path):
    clip = tmp_path / "mine.mp4"
    clip.write_bytes((SAMPLES / "neutral_to_smiling.mp4").read_bytes())
    ran = mien("analyze", clip, "--overlay", clip)
    assert ran.code == 2
    assert clip.stat().st_size == (SAMPLES / "neutral_to_smiling.mp4").stat().st_size
