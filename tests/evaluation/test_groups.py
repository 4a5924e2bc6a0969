"""Differences between groups are found where they are, kept quiet where they are not, and never name few people."""

from __future__ import annotations

import numpy as np
import pytest

from evaluation.conftest import readings_of, rows_of, set_of, world
from mien.errors import SettingError
from mien.evaluation.bootstrap import Resampler
from mien.evaluation.groups import Grouping, check_columns, compare
from mien.evaluation.results import Wishes


def grouping(right: np.ndarray, group: np.ndarray, persons: np.ndarray | None = None) -> Grouping:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 4, len(right))
    rows = rows_of(truth, np.where(right, truth, (truth + 1) % 4))
    cluster = np.arange(len(right)) if persons is None else persons
    return compare("age", group, rows, np.ones(len(right), bool), Resampler(cluster, 200))


def test_a_group_that_is_read_worse_is_warned_of() -> None:
    rng = np.random.default_rng(1)
    old = np.arange(600) % 2 == 0
    found = grouping(rng.random(600) < np.where(old, 0.6, 0.9), np.where(old, "60+", "20-39"))
    (accuracy,) = [d for d in found.differences if d.key == "accuracy"]
    assert (accuracy.group, accuracy.other) == ("20-39", "60+")
    assert accuracy.estimate.excludes_zero
    assert accuracy.estimate.value == pytest.approx(0.3, abs=0.09)
    (shared,) = [d for d in found.differences if d.key == "shared_recall"]
    assert shared.estimate.excludes_zero
    assert any("differ: accuracy of '20-39' against '60+'" in warning for warning in found.warnings)


def test_groups_that_are_read_alike_are_seldom_warned_of() -> None:
    rng = np.random.default_rng(2)
    false = total = 0
    for _ in range(15):
        found = grouping(rng.random(300) < 0.8, rng.choice(["a", "b", "c"], 300))
        false += sum(d.estimate.excludes_zero for d in found.differences)
        total += len(found.differences)
    assert total >= 15 * 9
    assert false / total < 0.1


def test_a_group_of_nine_persons_is_counted_not_shown_whatever_its_pictures() -> None:
    persons = np.r_[np.arange(200), np.repeat(np.arange(200, 209), 10)]
    group = np.r_[np.where(np.arange(200) < 100, "a", "b"), np.full(90, "secret")]
    found = grouping(np.ones(290, bool), group, persons)
    assert [g.name for g in found.groups] == ["a", "b"]
    assert found.hidden == 1
    assert "secret" not in repr(found)
    assert any("1 group of 'age' with fewer than 10 persons" in warning for warning in found.warnings)
    assert {d.other for d in found.differences} == {"all others"}


def test_one_group_alone_cannot_be_compared() -> None:
    found = grouping(np.ones(50, bool), np.r_[np.full(45, "a"), np.full(5, "b")])
    assert found.differences == ()
    assert any("nothing can be compared" in warning for warning in found.warnings)


def test_pictures_without_a_group_are_counted() -> None:
    found = grouping(np.ones(60, bool), np.repeat(["a", "b", ""], 20))
    assert found.without == 20


def test_persons_names_and_missing_columns_are_no_groups() -> None:
    made = world(60)
    faces = set_of(made.votes, person=np.arange(60).astype(str), columns={"file": np.arange(60).astype(str)})
    with pytest.raises(SettingError, match="no column 'person' to group by; it has file"):
        check_columns(faces, "person")
    with pytest.raises(SettingError, match=r"'file' of .* has 60 values"):
        check_columns(faces, "file")
    assert check_columns(faces, None) == ()


def test_a_group_column_of_a_set_is_compared_over_its_persons(judged) -> None:
    made = world(300)
    light = np.where(np.arange(300) < 150, "day", "night")
    faces = set_of(made.votes, person=(np.arange(300) // 2).astype(str), columns={"light": light})
    found = judged(faces, readings_of(made.p, made.variance), Wishes(groups=("light",), resamples=200))
    (by_light,) = found.groups
    assert [(g.name, g.persons, g.pictures) for g in by_light.groups] == [
        ("day", 75, 150),
        ("night", 75, 150),
    ]
    assert found.drawn_as == "person"
    assert {d.key for d in by_light.differences} >= {"accuracy", "valence_shift", "valence_miss", "leaning"}
