"""A named site is read only while a notice for it is recorded."""

from datetime import date, timedelta

import pytest

from mien.errors import NoticeError
from mien.privacy import Notice, check_notice

UP = date(2026, 5, 1)
DAY = timedelta(days=1)


def notice(site="Riga", camera=None, shown_on=UP, withdrawn_on=None, text_version="v2"):
    return Notice(site, camera, shown_on, text_version, "A. Ozola", withdrawn_on)


def test_a_notice_allows_from_its_first_day_until_it_is_withdrawn():
    hung = notice(withdrawn_on=UP + 10 * DAY)
    assert check_notice([hung], "Riga", on=UP) is hung
    assert check_notice([hung], "Riga", on=UP + 9 * DAY) is hung
    for day in (UP - DAY, UP + 10 * DAY):
        with pytest.raises(NoticeError, match=str(day)):
            check_notice([hung], "Riga", on=day)


def test_a_notice_for_the_site_covers_each_camera_and_one_for_a_camera_only_that():
    whole, one = notice(), notice(camera="door")
    assert check_notice([whole], "Riga", "till 3", on=UP) is whole
    assert check_notice([one], "Riga", "door", on=UP) is one
    with pytest.raises(NoticeError, match="camera 'till 3' of site 'Riga'"):
        check_notice([one], "Riga", "till 3", on=UP)
    with pytest.raises(NoticeError, match="site 'Riga'"):
        check_notice([one], "Riga", on=UP)


def test_another_sites_notice_does_not_count():
    with pytest.raises(NoticeError, match="site 'Tartu'"):
        check_notice([notice()], "Tartu", on=UP)


def test_the_latest_of_several_is_named():
    newer = notice(shown_on=UP + 3 * DAY, text_version="v3")
    assert check_notice([newer, notice()], "Riga", on=UP + 5 * DAY) is newer


def test_the_refusal_is_one_line_that_names_the_way_out():
    with pytest.raises(NoticeError) as refusal:
        check_notice([], "Old Town", "back door", on=UP)
    assert "mien notice add --site 'Old Town' --camera 'back door' --text-version V --by NAME" in str(
        refusal.value
    )
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"site": " "}, "--site"),
        ({"text_version": ""}, "--text-version"),
        ({"put_up_by": "\t"}, "--by"),
        ({"camera": " "}, "camera"),
        ({"withdrawn_on": UP - DAY}, "before it hung"),
    ],
)
def test_a_notice_that_says_nothing_is_refused(fields, named):
    good = {"site": "Riga", "camera": None, "shown_on": UP, "text_version": "v2", "put_up_by": "A. Ozola"}
    with pytest.raises(NoticeError, match=named):
        Notice(**good | fields)
