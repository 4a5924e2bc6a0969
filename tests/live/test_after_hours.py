"""What a site's cameras see while it is closed is nobody's presence."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mien.runtime.live import Supervisor, plan_of
from mien.site import load_site
from mien.store import Store
from support.sites import HEAD

pytestmark = pytest.mark.once

DAY = datetime.now(UTC).date() - timedelta(days=10)
SAMPLES = Path(__file__).parents[2] / "samples"
CAMERA = """
[cameras.{name}]
touchpoint = "tills"
file = "{name}.mp4"
begins_at = {day}T{clock}Z
rate = 5
"""


def test_the_same_face_is_counted_while_the_site_is_open_and_not_while_it_is_closed(tmp_path: Path) -> None:
    file = tmp_path / "shop.toml"
    site = HEAD.replace("Europe/Paris", "UTC") + '[touchpoints.tills]\nrole = "checkout"\n'
    for name, clock in (("day", "12:00:00"), ("night", "21:00:00"), ("evening", "19:59:59")):
        site += CAMERA.format(name=name, clock=clock, day=DAY)
        shutil.copy(SAMPLES / "neutral_to_smiling.mp4", tmp_path / f"{name}.mp4")
    week = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    file.write_text(site + "[opening_hours]\n" + "".join(f'{day} = ["09:00-20:00"]\n' for day in week))
    plan = plan_of(load_site(file), file, store=str(tmp_path / "s.sqlite"), pace="replay", speed=None)
    Supervisor(plan).run(lambda: False, lambda _: None)
    with Store.open(plan.store, create=False) as store:
        told = {known.source.camera: known for known in store.recordings.list_recordings()}
        found = {camera: store.recordings.interactions(recording=known.id) for camera, known in told.items()}
    assert [len(found[camera]) for camera in ("day", "night", "evening")] == [1, 0, 1]
    (whole,), (cut,) = found["day"], found["evening"]
    assert cut.end_s < 1.0 < whole.end_s, "what is seen after closing time counts no more"
    counters = told["night"].counters
    assert counters["left_out"] == {"after hours": counters["readings"]}
    assert counters["readings"] >= 10
