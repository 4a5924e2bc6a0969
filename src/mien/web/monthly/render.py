"""A month's report as a template draws it, and as a file that needs nothing else."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup

from mien import __version__
from mien.insight import Grouping, Measure
from mien.marking import N_
from mien.runtime.monthly import StoreMonth, chain_month, month_flow, store_month
from mien.spoken.reasons import told
from mien.web.compared import MEASURES, THIRDS, capital, chart_of, verdicts_of
from mien.web.monthly import charts, wording
from mien.web.rendering import environment
from mien.web.static_files import colours

if TYPE_CHECKING:
    from datetime import datetime

    from mien.privacy import KeepDays
    from mien.report.flow_stored import StoredFlow
    from mien.runtime.monthly import ChainMonth, Month
    from mien.site import Site
    from mien.spoken import Language
    from mien.store import Store

SECTION_NAMES: Final = {
    Grouping.TOUCHPOINT: N_("By touchpoint"),
    Grouping.SHIFT: N_("By shift"),
    Grouping.TYPE: N_("By type of interaction"),
    Grouping.SERVICE_POINT: N_("By service point"),
    Grouping.PROTOCOL: N_("By protocol: ways of serving"),
}
"""Headings of the parts of a store's report."""
TROUBLES: Final = {
    "lost": N_("no picture came"),
    "stalled": N_("the picture stood still"),
    "worker ended": N_("the program that read it had ended"),
    "black": N_("the picture was black"),
    "covered": N_("it was covered"),
    "frozen": N_("the picture was frozen"),
    "no recording": N_("no recording"),
    "not running": N_("nothing was running"),
}
"""Why a camera was not read, in words."""
_STYLES: Final = ("charts.css", "report.css", "report_file.css")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a report is asked of.

    Attributes:
        month: The month.
        names: The site, or the sites of the chain.
        chain: Whether it is of a chain.
        site: The site file of the one site, where it is known.
    """

    month: Month
    names: tuple[str, ...]
    chain: bool = False
    site: Site | None = None


@dataclass(frozen=True, slots=True)
class MonthReport:
    """A report in a language.

    Attributes:
        found: What it says.
        flow: People that were counted; `None` where no site file says where, and of a chain.
        spoken: The language.
        values: What the template names.
    """

    found: StoreMonth | ChainMonth
    flow: StoredFlow | None
    spoken: Language
    values: dict[str, Any]

    @property
    def title(self) -> str:
        """Its title, as a file and a window have it."""
        return str(self.values["title"])


def make_report(
    store: Store, asked: Asked, spoken: Language, *, with_flow: bool = True, now: datetime | None = None
) -> MonthReport:
    """The report of a month.

    Args:
        store: The open store.
        asked: Of what.
        spoken: The language.
        with_flow: Whether people that were counted are told, which takes longer than all else.
        now: The moment, with zone; that of the clock where left out.

    Raises:
        InputError: There is no such site.
        StoreError: The database says no.
    """
    if asked.chain:
        return draw(chain_month(store, asked.names, asked.month, now=now), None, spoken)
    found = store_month(store, asked.names[0], asked.month, site=asked.site, now=now)
    return draw(found, month_flow(store, asked.site, asked.month, now=now) if with_flow else None, spoken)


def draw(found: StoreMonth | ChainMonth, flow: StoredFlow | None, spoken: Language) -> MonthReport:
    """A report in a language.

    Args:
        found: What it says.
        flow: People that were counted; `None` where they are not told.
        spoken: The language.
    """
    frame = found.frame
    index = frame.headlines[Measure.INDEX]
    month = capital(spoken.month(frame.month.first))
    values: dict[str, Any] = {
        "found": found,
        "frame": frame,
        "flow": flow,
        "spoken": spoken,
        "month": month,
        "past": spoken.month(frame.month.before.first),
        "verdict": wording.verdict_of(frame, spoken),
        "measures": MEASURES,
        "thirds": THIRDS,
        "section_names": SECTION_NAMES,
        "simulated_names": sorted(frame.simulated),
        "made_on": frame.made_at.date(),
        "mien_version": __version__,
        "why": lambda reason: told(reason, spoken),
        "capital": capital,
        "by_label": lambda rows: {row.label: row for row in rows},
        "named": lambda reasons: ", ".join(spoken.text(TROUBLES.get(one, one)) for one in reasons),
        "kept": _kept(found, spoken),
        "draw": lambda comparison: chart_of(comparison, spoken),
    }
    if isinstance(found, StoreMonth):
        mean = index.now.mean
        past = None if index.before is None else index.before.before.mean
        values |= {
            "chain": False,
            "name": found.site,
            "sentences": wording.store_sentences(found, spoken),
            "curve": charts.curve_of(found.days, frame, (mean, past), spoken),
            "week": charts.week_of(found.week, mean, spoken),
            "box": (charts.WIDE, charts.HIGH),
        }
    else:
        values |= {
            "chain": True,
            "name": spoken.text("All sites"),
            "sentences": wording.chain_sentences(found, spoken),
            "rows": _chain_rows(found),
            "ranking": verdicts_of(found.index, spoken),
        }
    values["title"] = f"{values['name']} · {month}"
    return MonthReport(found, flow, spoken, values)


def article(report: MonthReport, **values: object) -> Markup:
    """The report as a part of a page.

    Args:
        report: The report.
        **values: What else the template names: `flow_address`, where people that were counted are told.
    """
    template = environment(report.spoken.code).get_template("_report.html.j2")
    return Markup(template.render(**report.values, heads=False, **values))


def flow_part(flow: StoredFlow | None, spoken: Language) -> Markup:
    """The people that were counted, as a part of a page."""
    template = environment(spoken.code).get_template("_report_flow.html.j2")
    return Markup(template.render(flow=flow))


def style_of_file() -> str:
    """The style sheet that a report has in itself where it is a file."""
    folder = files("mien.web").joinpath("static")
    return colours() + "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in _STYLES)


def document(report: MonthReport) -> str:
    """The report as one HTML file that loads nothing, neither from the network nor from beside it.

    Args:
        report: The report.
    """
    template = environment(report.spoken.code).get_template("report_file.html.j2")
    return template.render(**report.values, heads=True, style=style_of_file())


def file_name(report: MonthReport, suffix: str) -> str:
    """A name for the file of a report that every system takes.

    Args:
        report: The report.
        suffix: What kind of file: `html` or `pdf`.
    """
    frame = report.found.frame
    name = slug(report.found.site) if isinstance(report.found, StoreMonth) else "chain"
    return f"mien-report-{name}-{frame.month}-{report.spoken.code}.{suffix}"


def slug(name: str) -> str:
    """A name in letters and digits that every system takes.

    Example:
        >>> slug('Café "Nord" 😀/2'), slug("Київ")
        ('cafe-nord-2', 'site')
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:60] or "site"


def _kept(found: StoreMonth | ChainMonth, spoken: Language) -> list[str]:
    """For how long what is kept, in a sentence for each site, or in one where it is the same at all."""
    if isinstance(found, StoreMonth):
        return [] if found.keep is None else [_days_kept(found.keep, spoken)]
    same = len(set(found.keep.values())) == 1 and len(found.keep) == len(found.frame.sites)
    said = [(name, _days_kept(keep, spoken)) for name, keep in found.keep.items()]
    return [said[0][1]] if same else [f"{name}: {sentence}" for name, sentence in said]


def _days_kept(keep: KeepDays, spoken: Language) -> str:
    return spoken.text(
        "Kept for so many days: the course of an expression %(readings)s, scores without name %(interactions)s, "
        "receipts %(receipts)s.",
        readings=spoken.number(keep.readings),
        interactions=spoken.number(keep.interactions),
        receipts=spoken.number(keep.receipts),
    )


def _chain_rows(found: ChainMonth) -> list[dict[str, Any]]:
    """Each store with its means, changes and rank, in the order of the ranking."""
    eps = {row.label: row for row in found.eps.rows}
    trend = {row.label: row for row in found.trend.rows}
    eps_trend = {row.label: row for row in found.eps_trend.rows}
    return [
        {
            "name": row.label or "–",
            "index": row,
            "eps": eps.get(row.label),
            "trend": trend.get(row.label),
            "eps_trend": eps_trend.get(row.label),
        }
        for row in found.index.rows
    ]
