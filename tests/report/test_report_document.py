"""The JSON document and its published schema."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from importlib.resources import files

import jsonschema
import pytest

from mien.expressions import EXPRESSIONS
from mien.report.document import build_document, json_schema

VIDEO_KEYS = ("video", "duration_s", "frames", "readings", "left_out", "interactions")
INTERACTION_KEYS = (
    "id", "touchpoint", "start_s", "end_s", "readings", "usable_s", "initial_valence", "final_valence", "eps",
    "eps_low", "eps_high", "outcome", "happiness_index", "hi_low", "hi_high", "reason", "expressions",
    "moments", "curve",
)  # fmt: skip


@pytest.fixture(scope="module")
def schema():
    return json.loads(files("mien.report").joinpath("analysis.schema.json").read_text(encoding="utf-8"))


def no_constant(name):
    raise AssertionError(f"{name} is no JSON")


def as_read(report):
    return json.loads(build_document(report).to_json(), parse_constant=no_constant)


def test_the_published_schema_is_the_one_documents_are_made_by(schema):
    """`python -m mien.report.document > src/mien/report/analysis.schema.json` brings it up to date."""
    assert schema == json_schema()
    jsonschema.Draft202012Validator.check_schema(schema)


def test_every_kind_of_report_fulfils_the_schema(schema, reports):
    validator = jsonschema.Draft202012Validator(schema)
    for name, report in reports.items():
        assert not list(validator.iter_errors(as_read(report))), name


def test_the_schema_refuses_what_is_no_document(schema, reports):
    validator = jsonschema.Draft202012Validator(schema)
    document = as_read(reports["one"])
    found = document["videos"][0]["interactions"][0]
    for key, wrong in (("eps", "95"), ("outcome", "happy"), ("readings", -1), ("curve", None), ("extra", 1)):
        changed = {**document, "videos": [{**document["videos"][0], "interactions": [{**found, key: wrong}]}]}
        assert list(validator.iter_errors(changed)), key


def test_it_has_the_keys_that_were_promised(reports):
    document = as_read(reports["one"])
    assert document["schema"] == 1
    video = document["videos"][0]
    assert tuple(video)[: len(VIDEO_KEYS)] == VIDEO_KEYS
    found = video["interactions"][0]
    assert tuple(found)[: len(INTERACTION_KEYS)] == INTERACTION_KEYS
    assert tuple(found["expressions"]) == EXPRESSIONS
    assert sum(found["expressions"].values()) == pytest.approx(1, abs=1e-3)
    assert set(found["moments"][0]) == {"t_s", "kind", "change", "probability"}
    assert set(found["curve"]) == {"t_s", "valence", "low", "high"}


def test_the_numbers_are_those_of_the_score(reports):
    scored = reports["one"].videos[0].interactions[0]
    found = as_read(reports["one"])["videos"][0]["interactions"][0]
    assert (found["eps"], found["eps_low"], found["eps_high"]) == (95.2, 71.4, 110.3)
    assert found["happiness_index"] == 47.6
    assert found["outcome"] == "improved"
    assert found["touchpoint"] == "checkout"
    assert found["moments"][0]["kind"] == "fall"
    for value, was in zip(found["curve"]["valence"], scored.curve.valence, strict=True):
        assert (value is None) == math.isnan(was)
        assert value is None or value == pytest.approx(was, abs=1e-4)
    assert None in found["curve"]["valence"]


def test_it_says_how_many_readings_were_made_from_the_eyes_alone(reports):
    covered, bare = (as_read(reports[name])["videos"][0]["interactions"][0] for name in ("covered", "one"))
    assert (covered["by_eyes"], covered["usable_readings"], bare["by_eyes"]) == (212, 350, 0)
    assert (covered["eps"], covered["reason"]) == (None, "visibility changed")


def test_a_missing_number_is_null_with_a_reason(reports):
    found = as_read(reports["left_out"])["videos"][0]["interactions"][0]
    for key in (
        "eps",
        "eps_low",
        "eps_high",
        "happiness_index",
        "hi_low",
        "hi_high",
        "initial_valence",
        "expressions",
    ):
        assert found[key] is None, key
    assert found["reason"] == "no reading of this face was usable"
    assert found["curve"] == {"t_s": [], "valence": [], "low": [], "high": []}
    video = as_read(reports["no_face"])["videos"][0]
    assert video["interactions"] == []
    assert video["reason"] == "no face was found in any picture"


def test_a_number_that_is_none_never_becomes_nan(reports, schema):
    report = reports["one"]
    found = report.videos[0].interactions[0]
    broken = replace(found, score=replace(found.score, eps=math.nan, eps_low=math.inf))
    document = as_read(replace(report, videos=(replace(report.videos[0], interactions=(broken,)),)))
    assert document["videos"][0]["interactions"][0]["eps"] is None
