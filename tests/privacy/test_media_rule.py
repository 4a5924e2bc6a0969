"""Pictures that show faces are made for a purpose and a limited time, or not at all."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mien.errors import PermissionRequired
from mien.privacy import MediaGrant, check_grant

TODAY = date(2026, 3, 10)


def utc_today() -> date:
    return datetime.now(UTC).date()


def test_a_purpose_and_an_end_date_give_leave():
    grant = MediaGrant("  show the pilot team how a reading looks ", utc_today() + timedelta(days=30))
    assert grant.purpose == "show the pilot team how a reading looks"


@pytest.mark.parametrize("purpose", ["", "   ", "\n\t"])
def test_a_blank_purpose_gives_none(purpose):
    with pytest.raises(PermissionRequired, match="--purpose"):
        MediaGrant(purpose, utc_today() + timedelta(days=30))


def test_a_document_is_no_purpose():
    with pytest.raises(PermissionRequired, match="501 characters, at most 500"):
        check_grant("x" * 501, TODAY + timedelta(days=1), today=TODAY)
    check_grant("x" * 500, TODAY + timedelta(days=1), today=TODAY)


@pytest.mark.parametrize("days", [-400, -1, 0, 400])
def test_an_end_date_that_is_over_or_years_away_gives_none(days):
    with pytest.raises(PermissionRequired, match="--until"):
        MediaGrant("training", utc_today() + timedelta(days=days))


@pytest.mark.parametrize(
    ("today", "until", "allowed"),
    [
        (TODAY, TODAY, False),
        (TODAY, date(2026, 3, 11), True),
        (TODAY, date(2027, 3, 10), True),
        (TODAY, date(2027, 3, 11), False),
        (date(2028, 2, 29), date(2029, 2, 28), True),
        (date(2028, 2, 29), date(2029, 3, 1), False),
    ],
)
def test_the_end_is_after_today_and_within_a_year(today, until, allowed):
    if allowed:
        check_grant("training", until, today=today)
    else:
        with pytest.raises(PermissionRequired, match=str(until)):
            check_grant("training", until, today=today)
