"""What a command writes never replaces what it reads, and cannot fail for want of a place after hours."""

from __future__ import annotations

import json
import os
import shutil
from typing import TYPE_CHECKING

import pytest

from mien.store import Store
from support.command import SAMPLES

if TYPE_CHECKING:
    from pathlib import Path

CLIP = SAMPLES / "no_face.mp4"


@pytest.fixture
def clip(tmp_path: Path) -> Path:
    """A recording that can be lost."""
    path = tmp_path / "a.mp4"
    shutil.copy(CLIP, path)
    (tmp_path / "sub").mkdir()
    (tmp_path / "link.mp4").symlink_to("a.mp4")
    (tmp_path / "linked.html").symlink_to(path)
    os.link(path, tmp_path / "hard.html")
    return path


@pytest.mark.parametrize("option", ["--report", "--json"])
@pytest.mark.parametrize("target", ["a.mp4", "sub/../a.mp4", "link.mp4", "linked.html", "hard.html"])
@pytest.mark.parametrize("video", ["a.mp4", "link.mp4"])
def test_the_recording_is_never_overwritten_by_whatever_name(mien, clip, store, option, target, video):
    ran = mien("analyze", video, option, target)
    assert ran.code == 2
    assert target in ran.complaint
    assert "the video" in ran.complaint
    assert clip.read_bytes() == CLIP.read_bytes()
    assert not store.exists(), "nothing is done before"


@pytest.mark.parametrize("companion", ["", "-wal", "-shm", "-journal"])
def test_the_store_is_never_overwritten(mien, clip, store, companion):
    assert mien("analyze", clip).code == 0
    ran = mien("analyze", clip, "--report", f"{store}{companion}")
    assert ran.code == 2
    assert "the store" in ran.complaint
    with Store.open(store) as opened:
        assert len(opened.recordings.list_recordings()) == 1


def test_a_store_that_is_not_made_yet_gets_no_page_in_its_place(mien, clip, store, tmp_path):
    (tmp_path / "way").symlink_to(tmp_path)
    ran = mien("analyze", clip, "--json", tmp_path / "way" / store.name)
    assert ran.code == 2
    assert "the store" in ran.complaint
    assert not store.exists()


@pytest.mark.parametrize(
    "options",
    [
        ["--json", "x.html", "--report", "x.html"],
        ["--json", "sub/../x.html", "--report", "x.html"],
        ["--json", "mien-a.html"],
        ["--overlay", "x.mp4", "--report", "./x.mp4"],
    ],
)
def test_two_outputs_do_not_share_a_file(mien, clip, tmp_path, options):
    before = sorted(tmp_path.iterdir())
    ran = mien("analyze", clip, *options)
    assert ran.code == 2
    assert "--report" in ran.complaint
    assert sorted(tmp_path.iterdir()) == before


def test_what_loses_nothing_takes_several_outputs(mien, clip):
    assert mien("analyze", clip, "--report", "/dev/null", "--json", "/dev/null").code == 0


@pytest.mark.parametrize("option", ["--report", "--json", "--overlay"])
def test_a_place_that_takes_no_file_is_refused_before_anything_is_read(mien, clip, store, option):
    ran = mien("analyze", clip, option, "/proc/x.mp4")
    assert ran.code == 2
    assert f"{option} cannot be written to '/proc/x.mp4'" in ran.complaint
    assert not store.exists()


def test_a_working_folder_that_takes_no_file_is_refused_before_anything_is_read(mien, store, monkeypatch):
    monkeypatch.chdir("/proc/self")
    ran = mien("analyze", CLIP)
    assert ran.code == 2
    assert "--report cannot be written to 'mien-no_face.html'" in ran.complaint
    assert not store.exists()


def test_a_pipe_takes_the_document(clip, start):
    process = start("analyze", clip, "--json", "/dev/stdout", "--report", "/dev/null")
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    assert json.JSONDecoder().raw_decode(out)[0]["videos"][0]["frames"] > 0


def test_a_link_that_leads_nowhere_yet_leads_to_the_page(mien, clip, tmp_path):
    (tmp_path / "page.html").symlink_to(tmp_path / "sub" / "real.html")
    assert mien("analyze", clip, "--report", "page.html").code == 0
    assert (tmp_path / "sub" / "real.html").read_text(encoding="utf-8").startswith("<!")


def test_trying_a_place_leaves_no_trace_and_keeps_what_is_there(mien, clip, tmp_path):
    kept = tmp_path / "kept.json"
    kept.write_text("of yesterday", encoding="utf-8")
    before = sorted(tmp_path.iterdir())
    ran = mien("analyze", clip, "--json", kept, "--report", "r.html", "--overlay", "/proc/x.mp4")
    assert ran.code == 2
    assert sorted(tmp_path.iterdir()) == before
    assert kept.read_text(encoding="utf-8") == "of yesterday"


def test_a_disk_that_is_full_in_the_end_costs_only_what_did_not_fit(mien, clip, tmp_path):
    ran = mien("analyze", clip, "--report", "/dev/full", "--json", "x.json")
    assert ran.code == 2
    assert "/dev/full" in ran.complaint
    assert json.loads((tmp_path / "x.json").read_text(encoding="utf-8"))["videos"][0]["frames"] > 0
    assert "x.json" in ran.out
    assert "no face was found" in ran.out
    ran = mien("analyze", clip, "--report", "r.html", "--json", "/dev/full")
    assert ran.code == 2
    assert "r.html" in ran.out
