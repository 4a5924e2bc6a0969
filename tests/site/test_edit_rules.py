"""Rules are changed in the text of a site file, and every other character stays as it is."""

from __future__ import annotations

import tomllib

import pytest

from mien.errors import SettingError
from mien.site.edit_rules import with_rules
from mien.site.rule_fields import fields_of, rule_names, wanted

TEXT = """\
name = "A"
# above all rules
[rules.checkout]  # the till
probability = 0.97  # sure
fall = 0.2
# on Sundays too

[retention]
readings_days = 3
"""


def test_a_value_changes_its_line_alone_and_remarks_stay() -> None:
    after = with_rules(TEXT, {"checkout": {"probability": 0.99, "fall": 0.2}})
    assert after == TEXT.replace("0.97", "0.99")


def test_keys_come_and_go_and_a_new_rule_gets_a_table() -> None:
    after = with_rules(
        TEXT, {"checkout": {"fall": None, "enabled": False}, "queue": {"people": 4, "quiet": ["12:00-13:00"]}}
    )
    assert tomllib.loads(after)["rules"] == {
        "checkout": {"probability": 0.97, "enabled": False},
        "queue": {"people": 4, "quiet": ["12:00-13:00"]},
    }
    assert [line for line in TEXT.splitlines() if "#" in line] == [
        line for line in after.splitlines() if "#" in line
    ]
    assert tomllib.loads(after)["retention"] == {"readings_days": 3}


def test_a_key_at_the_end_of_the_file_stays_in_its_table_when_another_rule_comes() -> None:
    after = with_rules("[rules.queue]\n", {"queue": {"enabled": False, "people": 4}, "health": {}})
    assert after == "[rules.queue]\nenabled = false\npeople = 4\n\n[rules.health]\n"


def test_a_rule_that_is_new_and_on_is_a_table_without_keys() -> None:
    assert tomllib.loads(with_rules('name = "A"', {"health": {}})) == {"name": "A", "rules": {"health": {}}}


@pytest.mark.parametrize(
    "text", ["rules = { checkout = { fall = 0.3 } }\n", "[rules]\ncheckout = { fall = 0.3 }\n"]
)
def test_rules_in_one_line_are_left_to_the_text(text: str) -> None:
    with pytest.raises(SettingError, match="table of its own"):
        with_rules(text, {"checkout": {"fall": 0.4}})


def test_a_form_that_was_not_touched_changes_nothing() -> None:
    for rule in rule_names():
        sent = {field.key: [field.default] for field in fields_of(rule)}
        on = rule != "tension"
        assert wanted(rule, sent, None, on=on) in ({}, None)
    there = {"probability": 0.97, "quiet": ["12:00-13:00"]}
    sent = {field.key: [field.default] for field in fields_of("checkout")}
    sent |= {"probability": ["0.97"], "quiet": ["12:00-13:00"]}
    assert wanted("checkout", sent, there, on=True) == there


def test_a_rule_is_turned_off_and_on_and_what_is_no_number_is_left_to_the_check() -> None:
    assert wanted("queue", {}, {"people": 4}, on=False) == {"people": None, "enabled": False}
    assert wanted("queue", {"people": ["4"]}, {"people": 4, "enabled": False}, on=True) == {
        "people": 4,
        "enabled": True,
    }
    assert wanted("queue", {"people": ["many"]}, None, on=True) == {"people": "many"}
    assert wanted("queue", {"people": ["4"]}, None, on=False) is None
    assert wanted("queue", {}, {}, on=False) == {"enabled": False}
