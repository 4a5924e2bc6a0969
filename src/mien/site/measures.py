"""What is done beyond reading: badges looked for, receipts linked, how long all is kept, and who answers for it."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from mien.marking import N_
from mien.privacy.keeping import LONGEST_DAYS, KeepDays
from mien.site.part import Part, SeenFromSiteFile, WrongValue
from mien.vision.badges.families import FAMILIES, Family

Days = Annotated[int, Field(ge=1, le=LONGEST_DAYS)]


class Badges(Part):
    """Markers on badges: by them staff are not read, and customers who do not wish to be read are not."""

    enabled: bool = Field(
        default=False, strict=True, description=N_("true where staff wear badges, or false")
    )
    family: Family = Field(
        default="apriltag-25h9", description=N_("'apriltag-25h9' (numbers 0 to 34) or 'aruco-4x4' (0 to 49)")
    )
    staff: tuple[Annotated[int, Field(strict=True, ge=0)], ...] = Field(
        default=(),
        description=N_("a list of the markers of staff; all that are not no_reading where left out"),
    )
    no_reading: tuple[Annotated[int, Field(strict=True, ge=0)], ...] = Field(
        default=(), description=N_("a list of the markers for customers who do not wish to be read")
    )

    @model_validator(mode="after")
    def _fit(self) -> Self:
        most = FAMILIES[self.family] - 1
        for key, numbers in (("staff", self.staff), ("no_reading", self.no_reading)):
            for number in numbers:
                if number > most:
                    raise WrongValue(
                        "%(key)s has the marker %(marker)s; %(family)s has 0 to %(most)s",
                        key=key,
                        marker=number,
                        family=self.family,
                        most=most,
                    )
                if numbers.count(number) > 1:
                    raise WrongValue(
                        "%(key)s has the marker %(marker)s twice; name each once", key=key, marker=number
                    )
        if both := set(self.staff) & set(self.no_reading):
            raise WrongValue(
                "marker %(marker)s is in staff and in no_reading; leave it in one of them", marker=min(both)
            )
        return self


class ReceiptColumns(Part):
    """What the columns of the receipts are called."""

    receipt: str = Field(
        default="receipt", min_length=1, description=N_("the column with the receipt's number")
    )
    time: str = Field(default="time", min_length=1, description=N_("the column with when it was printed"))
    till: str = Field(default="till", min_length=1, description=N_("the column with the till"))
    type: str | None = Field(default=None, min_length=1, description=N_("the column with what it was about"))
    reference: str | None = Field(
        default=None,
        min_length=1,
        description=N_("the column with a loyalty or CRM reference given with consent"),
    )


class Receipts(Part):
    """Receipts that are joined to the interaction at that till at that time."""

    file: SeenFromSiteFile = Field(description=N_("the CSV file of the till system, seen from the site file"))
    within_s: float = Field(
        default=120.0,
        ge=5.0,
        le=900.0,
        description=N_("seconds between receipt and interaction at most, 5 to 900"),
    )
    time_format: str | None = Field(
        default=None,
        description=N_(
            'how times are written, such as "%d/%m/%Y %H:%M:%S"; as 2026-05-04 09:30:00 where left out'
        ),
    )
    columns: ReceiptColumns = Field(
        default_factory=ReceiptColumns, description=N_("a table with what the columns are called")
    )

    @model_validator(mode="after")
    def _tells_the_moment(self) -> Self:
        if self.time_format is not None:
            moment = datetime(2026, 11, 23, 21, 47, tzinfo=UTC)
            try:
                told = datetime.strptime(moment.strftime(self.time_format), self.time_format)
            except ValueError:
                told = None
            if told is None or told.replace(tzinfo=None) != moment.replace(tzinfo=None):
                raise WrongValue(
                    "time_format is '%(form)s', which does not tell day, hour and minute; write one such as "
                    "%(example)s",
                    form=self.time_format,
                    example='"%d/%m/%Y %H:%M:%S"',
                )
        return self


_Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f]*[^\x00-\x20][^\x00-\x1f]*$")]


class Contact(Part):
    """Who answers for the reading, as the public page of the site tells customers."""

    controller: _Line = Field(description=N_("who answers for it by law, such as the firm with its address"))
    email: _Line | None = Field(default=None, description=N_("where people can object or ask, by e-mail"))
    phone: _Line | None = Field(default=None, description=N_("the same by telephone"))
    authority: _Line | None = Field(
        default=None, description=N_("the supervisory authority that people can complain to")
    )

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.email is None and self.phone is None:
            raise WrongValue(
                "gives neither email nor phone; people must be able to object, so give one at least"
            )
        if self.email is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+", self.email):
            raise WrongValue(
                "email is '%(email)s', which is no address; write one such as privacy@shop.example",
                email=self.email,
            )
        return self


class Retention(Part):
    """For how long what is stored is kept."""

    readings_days: Days = Field(
        default=30, description=N_("days for which curves and per-second records are kept, 1 to 3650")
    )
    interactions_days: Days = Field(
        default=400, description=N_("days for which scored interactions and visits are kept, 1 to 3650")
    )
    receipts_days: Days = Field(
        default=90, description=N_("days for which receipts and their references are kept, 1 to 3650")
    )

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        for key in ("readings_days", "receipts_days"):
            if getattr(self, key) > self.interactions_days:
                raise WrongValue(
                    "%(key)s is %(days)s, longer than interactions_days, %(most)s, to which they belong; give at most "
                    "as many",
                    key=key,
                    days=getattr(self, key),
                    most=self.interactions_days,
                )
        return self

    @property
    def days(self) -> KeepDays:
        """The days, as the store keeps to them."""
        return KeepDays(self.readings_days, self.interactions_days, self.receipts_days)
