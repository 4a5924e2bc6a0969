"""Every text of the pages in every language, with its placeholders."""

from __future__ import annotations

import re
import tomllib
from datetime import date

import pytest
from babel.messages.checkers import num_plurals, python_format
from tools.texts import (
    LANGUAGES,
    SOURCE,
    apostrophes,
    brought_up_to_date,
    catalogue_of,
    gathered,
    missing,
    shown_modules,
    unmarked,
    written,
)

from mien.spoken import language
from mien.web.rendering import environment


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_text_is_left_untranslated(code: str) -> None:
    catalogue = brought_up_to_date(code, gathered())
    assert missing(catalogue) == []
    assert written(catalogue) == written(catalogue_of(code)), "run tools/texts.py"


def test_no_sentence_of_the_pages_is_left_unmarked() -> None:
    assert unmarked(gathered(), shown_modules()) == []


@pytest.mark.parametrize("code", LANGUAGES)
def test_long_texts_are_not_left_in_english_and_keep_what_is_filled_in(code: str) -> None:
    catalogue = catalogue_of(code)
    for message in catalogue:
        if not message.id:
            continue
        num_plurals(catalogue, message)
        python_format(catalogue, message)
        source = message.id if isinstance(message.id, str) else message.id[0]
        said = message.string if isinstance(message.string, str) else message.string[0]
        if len(re.findall(r"[A-Za-z]{2,}", re.sub(r"%\(\w+\)\w", "", source))) > 3:
            assert said != source, source


@pytest.mark.parametrize(
    "file", ["action/advice.toml", "report/moods/texts.toml", "journey/moods/chart.toml"]
)
def test_texts_beside_the_catalogues_have_the_apostrophes_of_their_language(file: str) -> None:
    def check(part: object, code: str) -> None:
        if isinstance(part, dict):
            for key, value in part.items():
                check(value, key if key in LANGUAGES else code)
        elif isinstance(part, list):
            for one in part:
                check(one, code)
        elif isinstance(part, str):
            assert part == apostrophes(code, part)

    check(tomllib.loads((SOURCE / file).read_text(encoding="utf-8")), "")


def test_numbers_and_days_within_sentences_are_written_as_the_language_does() -> None:
    page = '{{ ngettext("%(num)s interaction", "%(num)s interactions", 1797) }} {{ "0:00.5" | elapsed }} {{ at | day }}'
    at = date(2026, 11, 23)
    assert environment("fr").from_string(page).render(at=at) == "1\u202f797 interactions 0:00,5 23 nov. 2026"
    assert environment("en").from_string(page).render(at=at) == "1,797 interactions 0:00.5 23 Nov 2026"


def test_an_abbreviation_at_the_end_of_a_sentence_brings_no_second_full_stop() -> None:
    page = '{{ _("At most %(n)s.", n="2026 г.") }}'
    assert environment("en").from_string(page).render() == "At most 2026 г."


@pytest.mark.parametrize(("count", "russian"), [(1, "день"), (3, "дня"), (5, "дней")])
def test_counts_take_the_form_that_the_language_asks_for(count: int, russian: str) -> None:
    catalogue = language("ru").catalogue
    assert russian in catalogue.ngettext("%(num)s day", "%(num)s days", count)
