"""Class names are understood however they are written; numbers never without being told their order."""

from __future__ import annotations

import pytest

from mien.errors import InputError, SettingError
from mien.evaluation.names import NUMBERS, check_numbers, labels_of, match_name, wanted_classes
from mien.expressions import EXPRESSIONS


@pytest.mark.parametrize(
    ("text", "expression"),
    [
        ("happy", "happiness"), ("Happiness", "happiness"), ("JOY", "happiness"), ("3_happy", "happiness"),
        ("angry", "anger"), ("Anger", "anger"), ("0-angry", "anger"), ("sad", "sadness"), ("Disgusted", "disgust"),
        ("surprised", "surprise"), ("suprise", "surprise"), ("fearful", "fear"), ("afraid", "fear"),
        ("AF", "fear"), ("contemptuous", "contempt"), ("neutral face", "neutral"), ("NE", "neutral"),
    ],
)  # fmt: skip
def test_a_name_is_found_however_it_is_written(text: str, expression: str) -> None:
    assert match_name(text) == EXPRESSIONS.index(expression)


@pytest.mark.parametrize("text", ["unknown", "NF", "Not-A-Face", "uncertain", ""])
def test_a_name_of_no_expression_is_no_label(text: str) -> None:
    assert match_name(text) == -1


def test_an_unknown_name_is_one_sentence_that_says_what_is_known() -> None:
    with pytest.raises(
        InputError, match=r"^'grumpy' in faces is no expression that Mien knows.*neutral, happiness"
    ):
        labels_of(["happy", "grumpy"], None, "faces")
    with pytest.raises(InputError, match="did you mean happiness"):
        labels_of(["hapy"], None, "faces")


def test_numbers_need_a_stated_order_and_orders_differ() -> None:
    with pytest.raises(InputError, match=r"--numbers ferplus\|fer2013"):
        labels_of(["3", "0"], None, "set")
    read = {order: [EXPRESSIONS[k] for k in labels_of(["3", "1"], order, "set")] for order in NUMBERS}
    assert read == {
        "ferplus": ["sadness", "happiness"],
        "fer2013": ["happiness", "disgust"],
        "affectnet": ["surprise", "happiness"],
        "rafdb": ["disgust", "surprise"],
    }


def test_a_negative_number_is_no_label_and_one_beyond_the_order_is_refused() -> None:
    assert labels_of(["-1", "6.0"], "fer2013", "set").tolist() == [-1, 0]
    with pytest.raises(
        InputError, match="Class 7 in set is outside the order fer2013, which runs from 0 to 6"
    ):
        labels_of(["7"], "fer2013", "set")
    with pytest.raises(SettingError, match="ferplus, fer2013"):
        check_numbers("kaggle")


def test_classes_can_be_chosen_by_any_of_their_names() -> None:
    assert wanted_classes("happy,Neutral") == (0, 1)
    assert wanted_classes(None) == tuple(range(8))
    for text in ("happy,grumpy", "happy", "happy,joy"):
        with pytest.raises(SettingError, match="--classes got"):
            wanted_classes(text)
