"""What is off unless somebody who answers for it has recorded on what legal basis it is done."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from mien.marking import N_
from mien.site.part import Day, Part, WrongValue


class Decided(Part):
    """A table of the site file that switches something on, with the decision behind it."""

    enabled: bool = Field(default=False, strict=True, description=N_("true or false"))
    legal_basis: str | None = Field(
        default=None,
        pattern=r"\S",
        description=N_("on what legal basis, as your data-protection officer recorded it"),
    )
    decided_on: Day | None = Field(
        default=None, description=N_("the day of that decision, such as 2026-05-04")
    )
    decided_by: str | None = Field(
        default=None, pattern=r"\S", description=N_("who decided and answers for it")
    )

    @property
    def decision(self) -> str:
        """The decision in words, or that it is off."""
        if not self.enabled:
            return "off"
        return f"on: {self.legal_basis}, decided by {self.decided_by} on {self.decided_on}"

    @model_validator(mode="after")
    def _recorded(self) -> Self:
        missing = [key for key in ("legal_basis", "decided_on", "decided_by") if getattr(self, key) is None]
        if self.enabled and missing:
            raise WrongValue(
                "enabled is true without %(missing)s; record them, or leave %(table)s off with enabled = false",
                missing=", ".join(missing),
                table=type(self).__name__.lower(),
            )
        return self
