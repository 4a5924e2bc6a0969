"""`mien rules`: when staff are told of something: what is on, and what it would have told on a recorded day."""

from __future__ import annotations

import json as json_module
from datetime import timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table
from rich.text import Text

from mien.cli.console import out, progress_bar, say, warn
from mien.cli.json_out import STDOUT, json_target, save_json
from mien.cli.options import SiteFile, StoreOption, parse_date
from mien.cli.targets import check_targets
from mien.errors import SettingError
from mien.journal import silent
from mien.runtime.rehearsal import STAFFED_HOURS, by_day, by_replay, check_rules
from mien.site import load_site
from mien.store import Store

if TYPE_CHECKING:
    from mien.action import Signal
    from mien.runtime.rehearsal import Rehearsal
    from mien.site import Site

_ENOUGH_HOURS = 1.0  # of less nothing is said about a shift

app = typer.Typer(
    name="rules",
    help="When staff are told of something: what is on, and what it would have told on a recorded day.",
    no_args_is_help=True,
)


@app.command("show")
def show_command(file: SiteFile) -> None:
    """Show the rules that are on, with all their settings, as a site file has them."""
    site = load_site(file)
    check_rules(site)
    for name, rule in site.rules.on():
        out.print(Text(f"[rules.{name}]", style="bold"))
        for key, value in rule.model_dump(mode="json").items():
            # TOML has no word for nothing: what is not set does not stand in a file.
            set_ = f"{key} = {json_module.dumps(value, ensure_ascii=False)}"
            out.print(Text(f"# {key} is not set" if value is None else set_), soft_wrap=True)
        out.print()


@app.command("test")
def test_command(
    file: SiteFile,
    day: Annotated[
        str | None, typer.Option(metavar="DAY", help="Try them on what is stored of this day, 2026-05-04.")
    ] = None,
    replay: Annotated[
        bool, typer.Option("--replay", help="Try them on the recordings of the site file, read anew.")
    ] = False,
    json: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Write it as JSON; - for standard output.")
    ] = None,
    store: StoreOption = None,
) -> None:
    """Try the rules of a site file on a recorded day. Nothing is stored or sent, nobody is told."""
    if (day is None) is not replay:
        raise SettingError("Say on what the rules are to be tried: --day 2026-05-04, or --replay.")
    site = load_site(file)
    check_targets(json_target(json), {"the site file": [file], "the store": Store.files(store)})
    if day is not None:
        with Store.open(store, create=False) as opened:
            found = by_day(site, file, opened, parse_date(day, "--day"))
    else:
        with silent(), progress_bar(site.name) as progress:
            found = by_replay(site, file, progress)
    document = json_module.dumps(_document(site, found), ensure_ascii=False, indent=2)
    if json == STDOUT:
        say(document)
        return
    _print(site, found)
    save_json(document, json)


def _print(site: Site, found: Rehearsal) -> None:
    table = Table(box=None, padding=(0, 2, 0, 0))
    table.add_column("rule")
    for name in ("signals", "alerts", "counted together", "held", f"alerts per {STAFFED_HOURS:g} h"):
        table.add_column(name, justify="right")
    for name, tried in found.tried.items():
        held = ", ".join(f"{count} ({why.value})" for why, count in (tried.held or {}).items()) or "0"
        rate = found.per_shift(name)
        table.add_row(
            name,
            str(tried.signals),
            str(tried.alerts),
            str(tried.together),
            held,
            "" if rate is None or found.hours < _ENOUGH_HOURS else f"{rate:.1f}",
        )
    out.print(table)
    looked = timedelta(seconds=round(found.hours * 3600))
    say(f"{looked} (h:mm:ss) were looked at. Nothing was stored or sent.")
    for tried in found.tried.values():
        for signal in tried.told:
            out.print(Text(_line(site, signal)), soft_wrap=True)
    if found.untested:
        warn(f"Not tested, since they look at what has become of visits: {', '.join(found.untested)}.")
    for remark in found.remarks:
        warn(remark)


def _line(site: Site, signal: Signal) -> str:
    at = signal.at.astimezone(site.zone)
    sure = "" if signal.probability is None else f" (probability {signal.probability:.3f})"
    return f"{at:%Y-%m-%d %H:%M:%S}  {signal.rule.value}  {signal.touchpoint}  {signal.why}{sure}"


def _document(site: Site, found: Rehearsal) -> dict[str, Any]:
    return {
        "site": site.name,
        "hours": round(found.hours, 4),
        "rules": {
            name: {
                "signals": tried.signals,
                "alerts": tried.alerts,
                "counted_together": tried.together,
                "held": {why.value: count for why, count in (tried.held or {}).items()},
                "alerts_per_8_hours": found.per_shift(name),
                "told": [
                    {
                        "at": signal.at.isoformat(),
                        "since": signal.since.isoformat(),
                        "touchpoint": signal.touchpoint,
                        "service_point": signal.service_point,
                        "situation": signal.situation.value,
                        "why": signal.why,
                        "probability": signal.probability,
                    }
                    for signal in tried.told
                ],
            }
            for name, tried in found.tried.items()
        },
        "untested": list(found.untested),
        "remarks": list(found.remarks),
    }
