"""`mien expire`, `mien export` and `mien erase`: the end of what is kept, by its date or because a person asks."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.consent import Reference
from mien.cli.console import say, warn
from mien.cli.options import StoreOption
from mien.cli.targets import check_targets
from mien.errors import SettingError
from mien.privacy import check_reference
from mien.report.document import interaction_part
from mien.report.saving import save_text
from mien.report.visit_parts import visit_part
from mien.runtime.entering import enter_site
from mien.runtime.retention import expire
from mien.site import load_site
from mien.store import Store

if TYPE_CHECKING:
    from collections.abc import Mapping


def expire_command(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[FILE.toml]...", help="Site files whose days of retention hold from now on."),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only tell what is due; change nothing.")
    ] = False,
    store: StoreOption = None,
) -> None:
    """Remove what is stored and whose time is over: curves, interactions, receipts, consents, files with faces."""
    sites = [load_site(file) for file in files or ()]
    if sites and dry_run:
        raise SettingError(
            "--dry-run changes nothing, and site files change for how long things are kept; leave one out."
        )
    with Store.open(store, create=False) as opened:
        for site in sites:
            enter_site(opened, site)
        done = expire(opened, datetime.now(UTC), dry_run=dry_run)
    if not done.removed:
        say("Nothing is due.")
    else:
        say(f"{'Due' if dry_run else 'Removed'}: {_listed(done.removed)}.")


def export_command(
    reference: Reference,
    json_file: Annotated[
        Path | None,
        typer.Option("--json", metavar="FILE", help="Where to write it. [default: standard output]"),
    ] = None,
    store: StoreOption = None,
) -> None:
    """Write all that is stored about the person of a reference as JSON."""
    if json_file is not None:
        check_targets({"--json": json_file}, {"the store": Store.files(store)})
    with Store.open(store, create=False) as opened:
        told = json.dumps(
            _everything(opened, check_reference(reference)), indent=2, ensure_ascii=False, default=str
        )
    if json_file is None:
        say(told)
    else:
        save_text(told + "\n", json_file, what="export", option="--json")
        say(f"{json_file} is written.")


def erase_command(
    reference: Reference,
    yes: Annotated[bool, typer.Option("--yes", help="Do it without asking.")] = False,
    store: StoreOption = None,
) -> None:
    """Remove all that is joined to a reference, for good: consents, receipts, interactions with scores and curves."""
    with Store.open(store, create=False) as opened:
        due = opened.erasures.look(reference)
        if due and not yes:
            say(f"This removes for good: {_listed(due)}. To look at it first: mien export REF")
            if not typer.confirm("Remove it?"):
                say("Nothing was removed.")
                return
        done = opened.erasures.erase(reference)
    if done.number is None:
        say("Nothing is stored under this reference.")
    else:
        say(f"Removed: {_listed(done.removed)}.")
        say(
            f"Proof {done.number} of {done.erased_at:%Y-%m-%d %H:%M %Z}: these numbers, nothing of the reference."
        )
    if done.files_cleaned:
        say("The files of the store were rewritten, so that nothing of it is left in them.")
    else:
        warn("The store is on a server, whose own files and logs may keep traces: run VACUUM FULL there.")
    warn(
        "Copies elsewhere (backups, the file of receipts, the CRM, the shell's history) are not reached from here."
    )


def _everything(store: Store, reference: str) -> dict[str, Any]:
    receipts = store.receipts.of(reference)
    named = [one.interaction for one in receipts if one.interaction is not None]
    visits = store.visits.of(named)
    # Who is named at the till is the same person at the door.
    theirs = dict.fromkeys([*named, *(member.interaction for visit in visits for member in visit.members)])
    found = [interaction for uid in theirs if (interaction := store.recordings.get(uid)) is not None]
    return {
        "reference": reference,
        "consents": [
            {**asdict(one.consent), "number": one.id, "recorded_at": one.recorded_at}
            for one in store.consents.entries(reference)
        ],
        "receipts": [asdict(one) for one in receipts],
        "interactions": [interaction_part(one).model_dump(mode="json") for one in found],
        "visits": [visit_part(visit).model_dump(mode="json") for visit in visits],
    }


def _listed(counts: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {what}" for what, count in counts.items())
