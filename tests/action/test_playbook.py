"""Which advice staff get: what managers wrote before what Mien says, the more particular before the less."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from mien.action import Situation
from mien.action.playbook import (
    LANGUAGES,
    Change,
    Entry,
    Playbook,
    advice,
    built_in,
    changes,
    in_force,
    subjects,
)


def book(*entries: Entry, protocol: str | None = None) -> Playbook:
    return Playbook("North", protocol, 1, datetime(2026, 5, 4, tzinfo=UTC), "jo", entries)


TIRED = Situation.ARRIVAL_TIRED.value
EVERYWHERE = Entry(TIRED, None, "en", "A chair.")
AT_TILL = Entry(TIRED, "till", "en", "A stool.")
FRENCH = Entry(TIRED, None, "fr", "Une chaise.")
MOOD = Entry("mood:anger", None, "en", "Let them finish.")


def test_there_is_built_in_advice_for_all_in_all_languages() -> None:
    assert set(built_in()) == set(subjects())
    assert all(built_in()[about][language].strip() for about in subjects() for language in LANGUAGES)


@pytest.mark.parametrize(
    ("entries", "touchpoint", "mood", "language", "said"),
    [
        (
            (),
            "till",
            None,
            "fr",
            ("Proposez d’abord un siège et une boisson\u202f; faites court.", "fr", False),
        ),
        ((EVERYWHERE,), "till", None, "en", ("A chair.", "en", True)),
        ((EVERYWHERE, AT_TILL), "till", None, "en", ("A stool.", "en", True)),
        ((EVERYWHERE, AT_TILL), "door", None, "en", ("A chair.", "en", True)),
        ((EVERYWHERE, FRENCH), "door", None, "fr", ("Une chaise.", "fr", True)),
        ((EVERYWHERE,), "door", None, "uk", ("A chair.", "en", True)),
        ((EVERYWHERE, MOOD), "door", "anger", "en", ("Let them finish.", "en", True)),
    ],
)
def test_the_more_particular_advice_comes_first(
    entries: tuple[Entry, ...],
    touchpoint: str,
    mood: str | None,
    language: str,
    said: tuple[str, str, bool],
) -> None:
    found = advice(
        book(*entries), Situation.ARRIVAL_TIRED, language=language, touchpoint=touchpoint, mood=mood
    )
    assert found is not None
    assert (found.text, found.language, found.own) == said


def test_a_mood_alone_is_advised_by_the_chart_and_delight_is_two_things() -> None:
    of_mood = advice(None, None, language="en", mood="delight")
    of_shift = advice(None, Situation.DELIGHT, language="en")
    assert of_mood is not None
    assert of_shift is not None
    assert of_mood.text != of_shift.text
    assert advice(None, None, language="en") is None


def test_the_playbook_of_the_protocol_in_force_holds_else_the_one_of_none() -> None:
    greeting, plain = book(protocol="greeting"), book()
    assert in_force({None: plain, "greeting": greeting}, "greeting") is greeting
    assert in_force({None: plain, "greeting": greeting}, "as before") is plain
    assert in_force({"greeting": greeting}, None) is None


def test_changes_tell_what_came_went_and_differs() -> None:
    later = Entry(TIRED, None, "en", "The blue chair.")
    assert changes([EVERYWHERE, FRENCH], [later, MOOD]) == (
        Change(TIRED, None, "en", "A chair.", "The blue chair."),
        Change(TIRED, None, "fr", "Une chaise.", None),
        Change("mood:anger", None, "en", None, "Let them finish."),
    )
