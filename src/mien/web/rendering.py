"""From a template to an answer: one environment for each language, and what every page knows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from babel import dates, numbers
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from mien import __version__
from mien.marking import N_
from mien.privacy.roles import Right
from mien.report.palette import light
from mien.web.access import visitor_of
from mien.web.texts import Language, language, language_of, languages, pattern

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from fastapi import Request

    from mien.errors import MienError
    from mien.web.access import Visitor
    from mien.web.problems import Problem


@dataclass(frozen=True, slots=True)
class Tab:
    """A page in the navigation.

    Attributes:
        path: Its address.
        name: Its name, English.
        rights: Any of these lets one see it; none are needed where it is for anybody who is signed in.
    """

    path: str
    name: str
    rights: tuple[Right, ...] = ()


TABS: Final = (
    Tab("/", N_("Today"), (Right.LIVE,)),
    Tab("/tablet", N_("Tablet"), (Right.LIVE,)),
    Tab("/alerts", N_("Alerts"), (Right.LIVE, Right.FIGURES)),
    Tab("/visits", N_("Visits"), (Right.VISITS,)),
    Tab("/compare", N_("Compare"), (Right.FIGURES,)),
    Tab("/reports", N_("Reports"), (Right.FIGURES,)),
    Tab("/flow", N_("Flow"), (Right.FIGURES,)),
    Tab("/moods", N_("Moods")),
    Tab("/call", N_("Call"), (Right.CALL,)),
    Tab("/privacy", N_("Privacy"), (Right.PRIVACY,)),
    Tab("/settings", N_("Settings"), (Right.SETTINGS,)),
)


THEME_COOKIE: Final = "mien_theme"
"""Keeps the colours that somebody chose."""


def render(request: Request, template: str, *, status: int = HTTPStatus.OK, **values: object) -> HTMLResponse:
    """A page in the language of the request.

    Args:
        request: What is answered; `request.app.state.tabs` says which pages there are.
        template: Its file in `templates`.
        status: HTTP status.
        **values: What the template names.

    Returns:
        The answer.
    """
    spoken = language_of(request)
    visitor = visitor_of(request)
    tabs = tabs_of(request, visitor)
    text = (
        environment(spoken.code)
        .get_template(template)
        .render(
            request=request,
            visitor=visitor,
            said_of=partial(refusal, request),
            tabs=tabs,
            first_page=tabs[0].path if tabs else "/account",
            spoken=spoken,
            languages=languages(),
            partial=request.headers.get("hx-request") == "true",
            csrf=getattr(request.state, "csrf", ""),
            theme=theme_of(request),
            version=request.app.state.version,
            simulated=request.app.state.simulated(),
            mien_version=__version__,
            **values,
        )
    )
    return HTMLResponse(
        text, status, headers={"Content-Language": spoken.code, "Vary": "Cookie, Accept-Language"}
    )


def tabs_of(request: Request, visitor: Visitor | None) -> list[Tab]:
    """The pages that somebody may see, of those that there are."""
    known: frozenset[str] = request.app.state.paths
    return [
        tab
        for tab in TABS
        if tab.path in known
        and visitor is not None
        and (not tab.rights or any(visitor.anywhere(right) for right in tab.rights))
    ]


def first_page(request: Request, visitor: Visitor | None) -> str:
    """Where somebody goes who asked for no page: the first that they may see, for an analyst not that of today."""
    tabs = tabs_of(request, visitor)
    return tabs[0].path if tabs else "/account"


def theme_of(request: Request) -> str:
    """`light` or `dark` where somebody chose it, else empty."""
    chosen = request.cookies.get(THEME_COOKIE, "")
    return chosen if chosen in {"light", "dark"} else ""


def render_problem(request: Request, problem: Problem, error: MienError) -> HTMLResponse:
    """A problem as a page."""
    return render(request, "problem.html.j2", problem=problem, said=refusal(request, error))


def refusal(request: Request, error: MienError) -> str:
    """What an error says, in the language of the request; where nobody translated it, English that says so itself."""
    spoken = language_of(request)
    said = spoken.said(error)
    return Markup('<span lang="en">{}</span>').format(str(error)) if said is None else said


@cache
def environment(code: str) -> Environment:
    """The templates in one language, with dates and numbers as its speakers write them.

    Args:
        code: One of `mien.web.texts.LANGUAGES`.
    """
    spoken = language(code)
    made = Environment(
        loader=PackageLoader("mien.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    made.install_gettext_translations(spoken.catalogue, newstyle=True)  # type: ignore[attr-defined]
    made.filters |= _filters(spoken)
    made.globals["tint"] = light
    return made


def _filters(spoken: Language) -> dict[str, Any]:
    """Numbers and times as people of a language read them."""
    locale = spoken.locale

    def signed(value: float, digits: int = 0) -> str:
        """With its sign, a true minus; what rounds to nothing has none."""
        said = spoken.number(value, digits)
        rounded = round(value, digits)
        return said.lstrip("−") if rounded == 0 else f"+{said}" if rounded > 0 else said

    def percent(value: float, digits: int = 0) -> str:
        return numbers.format_percent(value, format=f"{pattern(digits)} %", locale=locale)

    def day(value: date, width: str = "medium") -> str:
        return dates.format_date(value, width, locale=locale)

    def days(span: tuple[date, date]) -> str:
        """The first day and the last, with no more words than it takes."""
        return dates.format_interval(*span, "yMMMMd", locale=locale)

    def weekday(value: date) -> str:
        return dates.format_skeleton("MMMEd", value, locale=locale)

    def clock(value: datetime, zone: tzinfo | None = None, *, seconds: bool = False) -> str:
        moment = value.astimezone(zone) if zone is not None else value
        return dates.format_time(moment, "HH:mm:ss" if seconds else "HH:mm", locale=locale)

    def moment(value: datetime, zone: tzinfo | None = None) -> str:
        at = value.astimezone(zone) if zone is not None else value
        return dates.format_datetime(at, "medium", locale=locale)

    return {
        "number": spoken.number,
        "signed": signed,
        "percent": percent,
        "day": day,
        "days": days,
        "weekday": weekday,
        "clock": clock,
        "moment": moment,
    }
