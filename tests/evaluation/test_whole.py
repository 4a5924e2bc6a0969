"""An evaluation as a whole: everything is there, nothing is dropped in silence."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema
import numpy as np
import pytest

import mien.evaluation
from evaluation.conftest import readings_of, set_of, world
from mien.errors import InputError
from mien.evaluation.document import build_document
from mien.evaluation.results import Wishes
from mien.evaluation.schema import json_schema
from mien.evaluation.types import Lost

NOW = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
SCHEMA = Path(mien.evaluation.__file__).with_name("evaluation.schema.json")


def test_every_picture_is_read_or_counted_with_its_reason(judged) -> None:
    made = world(200)
    lost = {0: Lost.NO_FACE, 1: Lost.NO_FACE, 2: Lost.UNREADABLE, 3: Lost.MISSING, 4: Lost.NOT_READ}
    found = judged(set_of(made.votes), readings_of(made.p, made.variance, lost))
    assert found.total.pictures + sum(c for r, c in found.lost.items() if r is not Lost.NO_MAJORITY) == 200
    assert found.lost[Lost.NO_FACE] == 2
    compared = found.total.figures["accuracy"].n
    assert compared + found.lost[Lost.NO_MAJORITY] == found.total.pictures
    assert int(found.confusion.sum()) == compared


def test_faces_that_were_not_found_count_as_wrong_end_to_end_but_broken_files_do_not(judged) -> None:
    labels = np.arange(100) % 2
    p = np.eye(8)[labels] * 0.93 + 0.01
    lost = dict.fromkeys(range(20), Lost.NO_FACE) | {99: Lost.UNREADABLE}
    found = judged(set_of(labels=labels), readings_of(p, np.ones(100), lost))
    assert found.total.figures["accuracy"].value == 1.0
    assert found.end_to_end.value == pytest.approx(79 / 99)
    assert found.end_to_end.n == 99


def test_a_set_of_labels_has_no_valence_and_no_human_row(judged) -> None:
    labels = np.arange(120) % 3
    p = np.eye(8)[labels] * 0.5 + 0.0625
    found = judged(set_of(labels=labels), readings_of(p, np.ones(120)))
    assert found.people is None
    assert found.total.figures["valence_concordance"].value is None
    assert found.total.figures["calibration_error"].value is not None
    assert [row.name for row in found.classes] == ["neutral", "happiness", "surprise"]
    assert found.among_all is not None


def test_only_expressions_of_the_set_are_answered_and_the_other_figure_is_given(judged) -> None:
    labels = np.arange(100) % 2
    p = np.full((100, 8), 0.02)
    p[np.arange(100), labels] = 0.4
    p[:50, 7] = 0.46  # contempt, which the set does not have, is likeliest in half of them
    found = judged(set_of(labels=labels), readings_of(p, np.ones(100)))
    assert found.total.figures["accuracy"].value == 1.0
    assert found.among_all is not None
    assert found.among_all["accuracy"].value == 0.5


def test_bins_hold_every_face_once_and_small_ones_hold_their_tongue(judged) -> None:
    made = world(400)
    found = judged(set_of(made.votes), readings_of(made.p, made.variance))
    for table in found.bins:
        assert sum(view.pictures for view in table.views) == 400, table.key
        for view in table.views:
            assert bool(view.figures) == (view.persons >= 10)
    assert {table.key for table in found.bins} == {
        "size", "turn", "lowering", "sharpness", "light", "visibility", "predicted_error"
    }  # fmt: skip


def test_too_few_faces_for_any_figure_is_one_sentence(judged) -> None:
    made = world(30)
    lost = dict.fromkeys(range(25), Lost.NO_FACE)
    with pytest.raises(InputError, match=r"5 of 30 pictures .* could be read, 25 x no face found"):
        judged(set_of(made.votes), readings_of(made.p, made.variance, lost))


def test_the_same_seed_gives_the_same_intervals_and_another_nearly_the_same(judged) -> None:
    made = world(300)
    one, same, other = (
        judged(
            set_of(made.votes), readings_of(made.p, made.variance), Wishes(seed=s, resamples=400)
        ).total.figures
        for s in (1, 1, 2)
    )
    assert one == same
    assert one != other
    assert one["accuracy"].low == pytest.approx(other["accuracy"].low, abs=0.02)


def test_the_document_fulfils_its_published_schema(judged) -> None:
    published = json.loads(SCHEMA.read_text(encoding="utf-8"))
    assert published == json_schema(), "run: python -m mien.evaluation.schema > evaluation.schema.json"
    made = world(300)
    light = np.where(np.arange(300) < 150, "day", "night")
    usage, copies = np.ones(300, int), np.arange(300)
    faces = set_of(made.votes, usage=usage, copies=copies, columns={"light": light})
    labels = np.arange(60) % 2
    for found in (
        judged(
            faces,
            readings_of(made.p, made.variance, {0: Lost.NO_FACE}),
            Wishes(groups=("light",), resamples=200),
        ),
        judged(set_of(labels=labels), readings_of(np.eye(8)[labels] * 0.92 + 0.01, np.ones(60))),
    ):
        text = build_document(found, made_at=NOW, mien_version="0.1.0").to_json()
        assert "NaN" not in text
        document = json.loads(text)
        jsonschema.Draft202012Validator(published).validate(document)
        assert document["total"]["figures"]["accuracy"]["value"] == pytest.approx(
            found.total.figures["accuracy"].value, abs=1e-5
        )
        assert sum(map(sum, document["confusion"])) == found.total.figures["accuracy"].n
