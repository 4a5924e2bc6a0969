"""What an event says: all that is promised, nothing of a picture, and as the published schema has it."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from cloudevents.core.formats.json import JSONFormat
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from store_making import interaction

from mien.journey.types import Context, Score
from mien.store.events import scored, source_of, withdrawn
from mien.store.events.schema import KINDS, json_schema

BEGAN = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def published():
    return json.loads(files("mien.store.events").joinpath("events.schema.json").read_text(encoding="utf-8"))


def validate(event, published):
    name = event["dataschema"].removeprefix(f"{published['$id']}#/$defs/")
    assert name in {kind.__name__ for kind in KINDS}
    Draft202012Validator({"$ref": f"#/$defs/{name}", "$defs": published["$defs"]}).validate(event["data"])


def test_the_published_schema_is_up_to_date(published):
    assert published == json_schema(), "run: python -m mien.store.events.schema > events.schema.json"
    Draft202012Validator.check_schema(published)


@pytest.mark.parametrize("number", range(4))
def test_events_fulfil_the_schema_and_another_reader_takes_them(number, published):
    found = interaction(number)
    for event in (
        scored(found, BEGAN, replaces="e1"), scored(found, None), withdrawn(found, BEGAN, replaces="e1")
    ):  # fmt: skip
        told = json.loads(event.numbered(7).to_json())
        validate(told, published)
        with pytest.raises(ValidationError):
            validate(told | {"data": told["data"] | {"curve": []}}, published)
        read = JSONFormat().read(None, event.numbered(7).to_json())
        assert (read.get_id(), read.get_type(), read.get_subject()) == (event.id, event.type, found.id)
        assert read.get_data() == event.data
        assert read.get_extension("sequence") == "0000000000000000007"


def test_a_number_that_is_not_shown_is_null_with_its_reason():
    made = interaction(3)
    hidden = {
        field.name: None for field in fields(Score) if field.name.startswith(("eps", "initial", "final"))
    }
    score = replace(
        made.score, **hidden | {"eps_mean": 61.25, "eps_sd": 33.5}, reason="the interval is too wide"
    )
    event = scored(replace(made, score=score), BEGAN)
    assert event.data["eps"] is event.data["eps_low"] is event.data["initial_valence"] is None
    assert (event.data["reason"], event.data["happiness_index"]) == ("the interval is too wide", 51.0)
    assert "61.25" not in event.to_json()
    assert "33.5" not in event.to_json()


def test_an_event_tells_what_it_must_and_no_more():
    found = interaction(3)
    data = scored(found, BEGAN).data
    assert (data["eps"], data["eps_low"], data["eps_high"], data["usable_readings"]) == (12.5, 2.0, 23.0, 80)
    assert [(moment["kind"], moment["t_s"]) for moment in data["moments"]] == [("fall", 5.0), ("rise", 8.5)]
    assert data["left_out"] == {"turned away": 8}
    assert data["context"]["service_point"] == "till 2"
    assert (data["started_at"], data["ended_at"]) == ("2026-05-04T09:00:00Z", "2026-05-04T09:00:08Z")
    assert {
        "curve",
        "seconds",
        "expressions",
        "track_id",
        "eps_mean",
        "eps_sd",
        "hi_mean",
        "hi_sd",
    }.isdisjoint(data)


def test_what_differs_by_less_than_is_told_is_alike():
    found = interaction(3)
    nearly = replace(found, score=replace(found.score, eps=12.5 + 1e-9), end_s=found.end_s + 1e-9)
    assert scored(found, None).data == scored(nearly, None).data


@pytest.mark.parametrize(
    ("context", "source"),
    [
        (Context("Riga"), "/sites/Riga"),
        (Context("Zürich 1/2", "a?b#c%"), "/sites/Z%C3%BCrich%201%2F2/touchpoints/a%3Fb%23c%25"),
    ],
)
def test_the_source_is_a_valid_reference_whatever_the_names(context, source):
    assert source_of(context.site, context.touchpoint) == source
    assert scored(replace(interaction(1), context=context), None).source == source
