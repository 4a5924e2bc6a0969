"""`mien receipts`: what the till system tells, joined to what was seen at the till."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from mien.cli.console import complain, say, warn
from mien.cli.options import SiteFile, StoreOption
from mien.runtime.receipts import import_receipts
from mien.site import load_site
from mien.store import Store

if TYPE_CHECKING:
    from mien.runtime.receipts import ImportedReceipts, JoinedSite

app = typer.Typer(
    name="receipts",
    help="Receipts of the till system, joined to the interactions at that till at that time.",
    no_args_is_help=True,
)

_MOST_TOLD = 20


@app.command("import")
def import_command(file: SiteFile, store: StoreOption = None) -> int:
    """Read the file of receipts that a site file names, store what is new, and join it; twice changes nothing twice."""
    site = load_site(file)
    with Store.open(store) as opened:
        done = import_receipts(opened, site)
    for problem in done.problems[:_MOST_TOLD]:
        complain(problem)
    if len(done.problems) > _MOST_TOLD:
        complain(f"{len(done.problems) - _MOST_TOLD} more rows are wrong.")
    _tell_rows(done)
    _tell_joins(done.joins)
    return 2 if done.problems else 0


def _tell_rows(done: ImportedReceipts) -> None:
    added = done.added
    say(f"Receipts: {added.new} new, {added.known} known already, {len(done.problems)} problems.")
    for count, what in (
        (added.named, "with a reference that was stored under a consent"),
        (added.no_consent, "with a reference that was not stored, since no consent allows it"),
        (added.too_old, "left out, since they are older than receipts are kept"),
        (added.erased, "left out, since they were erased"),
    ):
        if count:
            say(f"  {count} {what}")
    if done.other_tills:
        names = ", ".join(f"'{name}'" for name in sorted(done.other_tills)[:5])
        more = ", ..." if len(done.other_tills) > 5 else ""
        warn(
            f"{done.other_tills.total()} rows are of tills that no service point of the site file has ({names}{more})."
        )


def _tell_joins(joins: JoinedSite) -> None:
    total = joins.joined + sum(joins.unjoined.values())
    if joins.lost:
        warn(
            f"{joins.lost} joins were taken back, since an analysis done anew finds their interactions no more."
        )
    if total == 0:
        return
    say(f"Joined: {joins.joined} of {total} ({joins.joined / total:.0%}), {joins.new} of them now.")
    for reason, count in sorted(joins.unjoined.items(), key=lambda one: -one[1]):
        say(f"  {count} not joined ({count / total:.0%}): {reason}")
    for (till, day), clock in joins.clocks.items():
        off = f"{clock.offset_s:+.0f} s, give or take {2 * clock.error_s:.0f} s"
        say(f"  clock of {till} on {day}: {off}, by {clock.receipts} receipts")
