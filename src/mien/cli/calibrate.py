"""`mien site calibrate`: how the cameras of a site differ, from testers who walked by them."""

from __future__ import annotations

import json
import shlex
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mien.cli.console import add_row, complain, out, say, table_of, warn
from mien.cli.options import SiteFile, StoreOption
from mien.errors import InputError, SettingError
from mien.runtime.calibration import TESTER, calibrate, record_pairs, recorded_pairs
from mien.site import load_site
from mien.store import Store

if TYPE_CHECKING:
    from mien.journey.calibration import Walked
    from mien.runtime.calibration import Calibration, ComparedCameras, RecordedPair
    from mien.site import Site

_MOST_TOLD = 20


def calibrate_command(
    file: SiteFile,
    walks: Annotated[
        Path | None,
        typer.Argument(
            metavar="[WALKS.csv]", help="Who stood before which camera when: tester,agreed_on,camera,from,to."
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only tell; record and remove nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON instead of tables.")] = False,
    listed: Annotated[bool, typer.Option("--list", help="Tell what is recorded; measure nothing.")] = False,
    forget: Annotated[
        bool,
        typer.Option(
            "--forget", help="Measure nothing; remove the interactions that WALKS.csv names: no customers'."
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Forget without asking.")] = False,
    store: StoreOption = None,
) -> int:
    """Measure how cameras differ, with testers who agreed to it and walked by both in both orders."""
    if listed and (walks is not None or forget or dry_run):
        raise SettingError("--list tells what is recorded and takes no WALKS.csv, --forget or --dry-run.")
    if not listed and walks is None:
        raise SettingError("WALKS.csv is missing; give the file of walks, or --list to see what is recorded.")
    if forget and as_json:
        raise SettingError("--forget prints no JSON; leave one out.")
    site = load_site(file)
    with Store.open(store, create=False) as opened:
        if walks is None:
            _tell_recorded(recorded_pairs(opened, site), site, as_json=as_json)
            return 0
        done = calibrate(opened, site, walks)
        _complain(done, walks)
        if forget:
            _forget(opened, done, dry_run=dry_run, yes=yes)
            return 2 if done.problems else 0
        measured = [] if dry_run else record_pairs(opened, site, done)
    if as_json:
        say(json.dumps(_document(done, site, recorded=bool(measured)), indent=2, ensure_ascii=False))
    else:
        _tell(done)
    if not any(one.walked for one in done.cameras):
        raise InputError(_nothing(done, walks))
    if not as_json:
        say(
            "Nothing was recorded." if dry_run else f"Recorded: {len(measured)} of {len(done.cameras)} pairs."
        )
        if not dry_run:
            command = shlex.join(["mien", "site", "calibrate", str(file), str(walks), "--forget"])
            say(
                f"{len(done.interactions)} interactions of testers count among those of customers until they are "
                f"removed: {command}"
            )
    return 2 if done.problems else 0


def _complain(done: Calibration, walks: Path) -> None:
    for problem in done.problems[:_MOST_TOLD]:
        complain(problem)
    if len(done.problems) > _MOST_TOLD:
        complain(f"{len(done.problems) - _MOST_TOLD} more rows are wrong.")
    for line, why in list(done.unused.items())[:_MOST_TOLD]:
        warn(f"{walks}:{line}: not used: {why}")
    if len(done.unused) > _MOST_TOLD:
        warn(f"{len(done.unused) - _MOST_TOLD} more rows were not used.")


def _forget(store: Store, done: Calibration, *, dry_run: bool, yes: bool) -> None:
    count = len(done.interactions)
    if not count:
        say("No interaction of a tester is stored.")
        return
    if dry_run:
        say(f"{count} interactions of testers would be removed.")
        return
    if not yes and not typer.confirm(f"Remove {count} interactions of testers, and their visits, for good?"):
        say("Nothing was removed.")
        return
    removed = store.erasures.forget(done.interactions, TESTER)
    say(f"Removed: {', '.join(f'{number} {what}' for what, number in removed.items())}.")


def _nothing(done: Calibration, walks: Path) -> str:
    if len(done.cameras) == 1 and done.cameras[0].reason is not None:
        return done.cameras[0].reason
    if done.cameras:
        return f"None of {len(done.cameras)} pairs of cameras can be measured; the table says why."
    if done.stands:
        return f"No tester of '{walks}' was seen before two cameras; let everybody walk from one to the other and back."
    return f"No row of '{walks}' found its interaction in the store; check times and cameras, and that mien run was on."


def _tell(done: Calibration) -> None:
    if not done.cameras:
        return
    table = table_of(
        "from",
        "to",
        "offset, valence",
        "sd, valence",
        "testers",
        "passages",
        "EPS of a visit",
        "mean of many",
    )
    for one in done.cameras:
        if one.walked is not None:
            add_row(table, one.first, one.second, *_cells(one.walked))
        else:
            add_row(table, one.first, one.second, "not measured")
    out.print(table)
    for one in done.cameras:
        if one.walked is not None and one.walked.one_order:
            said = f"{one.walked.one_order} testers walked in one order only and are not counted."
            say(f"{one.first}, {one.second}: {said}")
        elif one.reason is not None and len(done.cameras) > 1:
            say(f"{one.first}, {one.second}: {one.reason}")


def _cells(walked: Walked) -> tuple[str, ...]:
    pair = walked.pair
    return (
        f"{pair.offset:+.2f} ({walked.offset_low:+.2f} to {walked.offset_high:+.2f})",
        f"{pair.variance**0.5:.2f} ({walked.sd_low:.2f} to {walked.sd_high:.2f})",
        str(pair.testers),
        str(walked.passages),
        f"±{walked.visit_reach:.0f}",
        f"±{walked.mean_reach:.0f}",
    )


def _tell_recorded(pairs: list[RecordedPair], site: Site, *, as_json: bool) -> None:
    if as_json:
        told = [
            {
                "from_camera": one.measured.from_camera,
                "to_camera": one.measured.to_camera,
                "scale": one.measured.scale,
                "reader": one.measured.reader,
                **asdict(one.measured.pair),
                "measured_at": one.measured.measured_at.isoformat(),
                "outdated": one.outdated,
            }
            for one in pairs
        ]
        say(json.dumps({"site": site.name, "recorded": told}, indent=2, ensure_ascii=False))
        return
    if not pairs:
        say(f"No cameras of '{site.name}' are calibrated; docs/calibrating.md says how it is done.")
        return
    table = table_of(
        "from", "to", "offset, valence", "sd, valence", "testers", "measured", "reader", "counts?"
    )
    for one in pairs:
        pair = one.measured.pair
        add_row(
            table,
            one.measured.from_camera,
            one.measured.to_camera,
            f"{pair.offset:+.2f}",
            f"{pair.variance**0.5:.2f}",
            str(pair.testers),
            f"{one.measured.measured_at.astimezone(site.zone):%Y-%m-%d %H:%M}",
            f"{one.measured.reader} on {one.measured.scale}",
            "yes" if one.outdated is None else f"no: {one.outdated}",
        )
    out.print(table)


def _document(done: Calibration, site: Site, *, recorded: bool) -> dict[str, Any]:
    return {
        "site": site.name,
        "recorded": recorded,
        "pairs": [_pair(one) for one in done.cameras],
        "testers_interactions": list(done.interactions),
        "unused": [{"line": line, "reason": why} for line, why in done.unused.items()],
        "problems": [str(problem) for problem in done.problems],
    }


def _pair(one: ComparedCameras) -> dict[str, Any]:
    told: dict[str, Any] = {"from_camera": one.first, "to_camera": one.second, "reason": one.reason}
    if one.walked is None:
        return {**told, "measured": None}
    walked = asdict(one.walked)
    pair = walked.pop("pair")
    reach = {"visit_reach": one.walked.visit_reach, "mean_reach": one.walked.mean_reach}
    return {**told, "measured": {**pair, **walked, **reach}}
