"""The rule that a reference to a person is stored only with that person's consent.

A loyalty or CRM *reference* on a receipt names a visit. It is taken in only where a consent for that purpose was in
force when the receipt was printed and has not been withdrawn since; otherwise not at all, in no form. This module
holds the rule; `mien.store.consents` keeps the consents.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from mien.errors import InputError

if TYPE_CHECKING:
    from datetime import datetime

LONGEST: Final = timedelta(days=3650)
"""Nobody consents for longer than this, about ten years."""
USUAL: Final = timedelta(days=730)
"""For how long a consent holds where no end is given: two years, then ask again."""
LONGEST_REFERENCE: Final = 80
"""Characters."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")


class Purpose(StrEnum):
    """What a reference may be used for."""

    VISITS = "visits"


@dataclass(frozen=True, slots=True)
class Consent:
    """A person's consent to the use of a reference. It is not printed with its reference.

    Attributes:
        reference: The loyalty or CRM reference, as it stands on receipts.
        purpose: What for: `visits` names visits by it.
        given_at: Since when it holds, with zone.
        how: How it was given: a signed form, a box ticked in the app ...
        recorded_by: Who recorded it and answers for that.
        expires_at: From when on it no longer holds; at most ten years later.
        withdrawn_at: When it was withdrawn; `None` while it stands.

    Raises:
        InputError: A text is blank or too long, or the times are not in order.
    """

    reference: str = field(repr=False)
    purpose: Purpose
    given_at: datetime
    how: str
    recorded_by: str
    expires_at: datetime
    withdrawn_at: datetime | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "reference", check_reference(self.reference))
        for value, what in (
            (self.how, "how it was given (--how TEXT)"),
            (self.recorded_by, "who recorded it (--by NAME)"),
        ):
            if not value.strip():
                raise InputError(f"A consent is recorded with {what}, and that is blank.")
        if not self.given_at < self.expires_at <= self.given_at + LONGEST:
            raise InputError(
                f"A consent given on {self.given_at:%Y-%m-%d} cannot end on {self.expires_at:%Y-%m-%d}: give "
                f"a later day, at most {LONGEST.days} days after."
            )
        if self.withdrawn_at is not None and self.withdrawn_at < self.given_at:
            raise InputError(
                f"A consent given on {self.given_at:%Y-%m-%d %H:%M} cannot be withdrawn before, on "
                f"{self.withdrawn_at:%Y-%m-%d %H:%M}."
            )

    def allows(self, moment: datetime) -> bool:
        """Whether a reference on a receipt of that moment may be taken in.

        One that was withdrawn allows nothing any more, not even what was printed while it stood.
        """
        return self.withdrawn_at is None and self.given_at <= moment < self.expires_at


def check_reference(reference: str) -> str:
    """A reference without blanks around it.

    Raises:
        InputError: It is blank, too long, or holds what cannot be printed; the message does not repeat it.
    """
    found = reference.strip()
    if not found:
        raise InputError("The reference is blank; give it as it stands on receipts.")
    if len(found) > LONGEST_REFERENCE:
        raise InputError(f"The reference has {len(found)} characters; at most {LONGEST_REFERENCE} are kept.")
    if _CONTROL.search(found):
        raise InputError(
            "The reference holds a character that cannot be printed; give it as it stands on receipts."
        )
    return found
