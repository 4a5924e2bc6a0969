"""What was labelled for the benchmark of cues does not contradict itself."""

from __future__ import annotations

from itertools import pairwise

from benchmarks.cues.labels import read_labels


def test_no_face_has_two_labels_and_none_serves_tuning_and_report() -> None:
    told = read_labels()
    lids = [*told.lids.open, *told.lids.half, *told.lids.shut, *told.lids.unknown]
    assert len(lids) == len(set(lids)) == 300
    tune, report = told.tired.tune, told.tired.report
    assert len({*tune.rows, *report.rows}) == len(tune.rows) + len(report.rows) == 400
    for part in (tune, report, told.tired.again):
        assert {*part.little, *part.clearly} <= {*part.rows}
        assert not {*part.little} & {*part.clearly}


def test_blinks_are_in_order_and_short() -> None:
    for clip in read_labels().clips:
        assert all(0.0 < end_s - start_s <= 0.5 for start_s, end_s in clip.blinks)
        assert all(before[1] <= after[0] for before, after in pairwise(clip.blinks))
