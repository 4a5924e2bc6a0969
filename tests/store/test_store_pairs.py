"""What was measured of two cameras is found for their reader and scale, in both directions, the newest first."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from mien.errors import InputError, SettingError
from mien.journey.camera_pair import CameraPair
from mien.store import MeasuredPair

MADE = MeasuredPair(
    "Riga", "door", "till", "balance", "mien 1.3.0",
    CameraPair(offset=0.12, variance=0.01, offset_variance=0.002, testers=8), datetime(2026, 5, 1, tzinfo=UTC),
)  # fmt: skip
OF = {"scale": "balance", "reader": "mien 1.3.0"}


def test_a_pair_is_found_in_both_directions(store):
    store.pairs.record(MADE)
    assert store.pairs.find("Riga", "door", "till", **OF) == MADE
    back = store.pairs.find("Riga", "till", "door", **OF)
    assert (back.from_camera, back.to_camera, back.pair) == ("till", "door", replace(MADE.pair, offset=-0.12))
    assert store.pairs.entries("Riga") == [MADE]


def test_the_newest_counts_whichever_way_it_was_measured_and_whenever_it_was_entered(store):
    newer = replace(
        MADE, from_camera="till", to_camera="door", pair=replace(MADE.pair, offset=0.5),
        measured_at=MADE.measured_at + timedelta(days=1),
    )  # fmt: skip
    store.pairs.record(newer)
    store.pairs.record(MADE)
    assert store.pairs.find("Riga", "door", "till", **OF).pair.offset == -0.5
    assert store.pairs.entries() == [MADE, newer]


def test_it_holds_for_its_site_cameras_scale_and_reader_alone(store):
    store.pairs.record(MADE)
    assert store.pairs.find("Oslo", "door", "till", **OF) is None
    assert store.pairs.find("Riga", "door", "shelf", **OF) is None
    assert store.pairs.find("Riga", "door", "till", scale="strongest", reader="mien 1.3.0") is None
    assert store.pairs.find("Riga", "door", "till", scale="balance", reader="mien 1.4.0") is None


def test_what_cannot_be_a_pair_is_refused(store):
    with pytest.raises(SettingError, match="both are 'door'"):
        store.pairs.record(replace(MADE, to_camera="door"))
    for wrong in ({"offset": 3.0}, {"variance": -0.1}, {"offset_variance": float("nan")}, {"testers": 1}):
        with pytest.raises(InputError):
            replace(MADE.pair, **wrong)
