"""Why a number is missing, in the language of the reader: scores say it in English, with their numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.marking import N_, recognised

if TYPE_CHECKING:
    from mien.spoken import Language

_REASONS: Final = (
    (
        r"(?P<had>[\d.]+) s usable, an EPS needs (?P<least>[\d.]+) s",
        N_("%(had)s s usable, an EPS needs %(least)s s"),
    ),
    (
        r"under 1 s usable in the first or last (?P<width>[\d.]+) s",
        N_("under 1 s usable in the first or last %(width)s s"),
    ),
    (r"no usable reading", N_("no usable reading")),
    (r"no two readings within 2 s of each other", N_("no two readings within 2 s of each other")),
    (r"visibility changed", N_("the face was covered at one end and not at the other")),
    (
        r"EPS known to (?P<width>[\d.]+) points only, shown under (?P<limit>[\d.]+)",
        N_("EPS known to %(width)s points only, shown under %(limit)s"),
    ),
    (
        r"a Happiness Index needs (?P<n>\d+) readings over (?P<least>[\d.]+) s",
        N_("a Happiness Index needs %(n)s readings over %(least)s s"),
    ),
    (
        r"Happiness Index known to (?P<width>[\d.]+) points only, shown under (?P<limit>[\d.]+)",
        N_("Happiness Index known to %(width)s points only, shown under %(limit)s"),
    ),
    (
        r"a state needs (?P<n>\d+) usable readings over (?P<least>[\d.]+) s",
        N_("a state needs %(n)s usable readings over %(least)s s"),
    ),
    (
        r"state known to (?P<width>[\d.]+) only, shown under (?P<limit>[\d.]+)",
        N_("state known to %(width)s only, shown under %(limit)s"),
    ),
    (r"seen at one touchpoint only", N_("seen at one touchpoint only")),
    (r"begins and ends at the same touchpoint", N_("begins and ends at the same touchpoint")),
    (r"no state at the first and the last touchpoint", N_("no state at the first and the last touchpoint")),
    (r"no state at the first touchpoint", N_("no state at the first touchpoint")),
    (r"no state at the last touchpoint", N_("no state at the last touchpoint")),
    (r"the two cameras are not calibrated", N_("the two cameras are not calibrated")),
    (r"read on several scales", N_("read on several scales")),
    (r"read by several readers", N_("read by several readers")),
    (r"read in several ways", N_("read in several ways")),
    (
        r"(?P<n>\d+) interactions? with a score, an average needs (?P<least>\d+)",
        N_("with a score: %(n)s, an average needs %(least)s"),
    ),
    (
        r"left out, else the average of under (?P<n>\d+) others could be worked out",
        N_("left out, else the average of under %(n)s others could be worked out"),
    ),
    (
        r"known to (?P<width>[\d.]+) points only, shown under (?P<limit>[\d.]+)",
        N_("known to %(width)s points only, shown under %(limit)s"),
    ),
    (r"now: (?P<why>.+)", N_("now: %(why)s")),
    (r"before: (?P<why>.+)", N_("before: %(why)s")),
    (r"nothing to compare with", N_("nothing to compare with")),
    (r"nothing to compare with in the month before", N_("nothing to compare with in the month before")),
)


def told(reason: str | None, spoken: Language) -> str:
    """A reason in a language; a part of it that is not known stays as it is.

    Args:
        reason: As a score says it, clauses apart by semicolons; `None` for none.
        spoken: The language.
    """
    return "; ".join(_clause(part, spoken) for part in (reason or "").split("; "))


def _clause(part: str, spoken: Language) -> str:
    found = recognised(part, _REASONS)
    if found is None:
        return part
    values = {name: _clause(str(value), spoken) for name, value in found.values.items()}
    return spoken.text(found.text, **values)
