"""What is written into a customer system for people to read: tasks and notes, in one language."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from mien.crm import NoteRecord
from mien.journey import Outcome
from mien.marking import N_
from mien.runtime.delivery.report_words import Words
from mien.runtime.delivery.wording import clock_time, task_page, task_words
from mien.spoken.reasons import told

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from mien.action import Task
    from mien.crm import Customer, VisitRecord
    from mien.spoken import Language

NO_VISIT: Final = N_("The visit that this is about could not be written here yet.")
"""What a task says that could not be joined to its visit."""

NO_CONTACT: Final = N_(
    "The customer agreed to be named, and no contact here has the reference %(reference)s. Once one has it, the visit "
    "can be sent again."
)
"""What a task says whose customer the system does not know."""

_VISIT: Final = N_("Visit")
_SHOWED: Final = {
    Outcome.IMPROVED: N_("What the face showed improved; EPS %(eps)s (95 %% interval %(low)s to %(high)s)."),
    Outcome.WORSENED: N_("What the face showed worsened; EPS %(eps)s (95 %% interval %(low)s to %(high)s)."),
    Outcome.UNCHANGED: N_(
        "What the face showed stayed as it was; EPS %(eps)s (95 %% interval %(low)s to %(high)s)."
    ),
    Outcome.UNCLEAR: N_(
        "Whether what the face showed changed is unclear; EPS %(eps)s (95 %% interval %(low)s to %(high)s)."
    ),
}
_CANNOT_TELL: Final = N_("It cannot be told how what the face showed changed: %(why)s.")
_CANNOT: Final = N_("It cannot be told how what the face showed changed.")


class Writer:
    """Writes tasks and notes.

    Args:
        spoken: The language.
        zone: The clock of the site.
        pages_url: The address of the pages, without a slash at its end; `None` for no link.
    """

    def __init__(self, spoken: Language, zone: ZoneInfo, pages_url: str | None) -> None:
        self._spoken, self._zone, self._pages = spoken, zone, pages_url

    def task(self, task: Task) -> Words:
        """What is to be done and why, with the page that shows the curve."""
        words = task_words(task, self._spoken)
        link = () if self._pages is None else (task_page(self._pages, task),)
        return Words(words.title, "\n\n".join([words.text, *link]))

    def said(self, sentence: str, **values: object) -> str:
        """A sentence in the language."""
        return self._spoken.text(sentence, **values)

    def note_of(self, key: str, visit: VisitRecord, customer: Customer) -> NoteRecord:
        """A visit for the timeline of its customer."""
        when = "" if visit.started_at is None else clock_time(visit.started_at, self._zone, self._spoken)
        where = ", ".join(one for one in (when, visit.site, visit.touchpoint) if one)
        text = f"{where}\n{self._showed(visit)}"
        return NoteRecord(key, visit.sequence, self._spoken.text(_VISIT), text, customer=customer)

    def _showed(self, visit: VisitRecord) -> str:
        if visit.eps is None or visit.eps_low is None or visit.eps_high is None:
            if visit.reason is None:
                return self.said(_CANNOT)
            return self.said(_CANNOT_TELL, why=told(visit.reason, self._spoken))
        ends = {"eps": visit.eps, "low": visit.eps_low, "high": visit.eps_high}
        signed = {name: self._spoken.signed(one) for name, one in ends.items()}
        return self.said(_SHOWED[Outcome(visit.outcome)], **signed)
