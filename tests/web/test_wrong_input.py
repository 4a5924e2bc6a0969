"""What is wrong with a field is told in the reader's language, whatever pydantic finds."""

from typing import get_args

import pytest
from pydantic_core.core_schema import ErrorType

from mien.web.inputs import told
from mien.web.texts import LANGUAGES, language


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_error_of_pydantic_is_told(code):
    spoken = language(code)
    limits = {"max_length": 3, "min_length": 2, "ge": 1, "le": 9, "expected": "'a' or 'b'"}
    for kind in get_args(ErrorType):
        said = told({"type": kind, "ctx": limits})
        shown = spoken.said(said)
        assert shown is not None
        assert "%(" not in shown
        assert code == "en" or shown != str(said)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        ({"type": "missing"}, "ceci manque"),
        ({"type": "string_too_long", "ctx": {"max_length": 200}}, "plus de 200 caractères"),
        ({"type": "int_parsing"}, "ce n’est pas un nombre entier"),
        ({"type": "less_than_equal", "ctx": {"le": 7}}, "c’est plus de 7"),
        ({"type": "date_from_datetime_parsing", "ctx": {}}, "ce n’est pas un jour"),
        ({"type": "datetime_parsing", "ctx": {}}, "ce n’est pas une heure"),
        ({"type": "string_pattern_mismatch", "ctx": {"pattern": "x"}}, "ceci ne peut pas être utilisé"),
    ],
)
def test_the_limit_is_named(error, said):
    assert (language("fr").said(told(error)) or "").startswith(said)
