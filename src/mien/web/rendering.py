"""From a template to an answer: one environment for each language, and what every page knows."""

from __future__ import annotations

import gc
from dataclasses import dataclass
from functools import cache, partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from babel import dates, numbers
from jinja2 import BytecodeCache, pass_context
from markupsafe import Markup
from starlette.responses import HTMLResponse

from mien import __version__
from mien.errors import MienError
from mien.marking import N_
from mien.privacy.roles import Right
from mien.report.palette import light
from mien.spoken import LANGUAGES, Language, language, languages, one_stop, pattern
from mien.templating import templates_of
from mien.web.access import visitor_of
from mien.web.problems import WebError
from mien.web.texts import language_of

if TYPE_CHECKING:
    from datetime import date, datetime, tzinfo

    from fastapi import Request
    from jinja2 import Environment
    from jinja2.bccache import Bucket
    from jinja2.runtime import Context

    from mien.marking import Said
    from mien.web.access import Visitor
    from mien.web.problems import Problem


@dataclass(frozen=True, slots=True)
class Tab:
    """A page in the navigation.

    Attributes:
        path: Its address.
        name: Its name, English.
        about: What it is for, English.
        rights: Any of these lets one see it; none are needed where it is for anybody who is signed in.
    """

    path: str
    name: str
    about: str
    rights: tuple[Right, ...] = ()


TABS: Final = (
    Tab("/", N_("Today"), N_("What faces in view show now"), (Right.LIVE,)),
    Tab("/tablet", N_("Tablet"), N_("The same for the screen at one touchpoint"), (Right.LIVE,)),
    Tab(
        "/alerts",
        N_("Alerts"),
        N_("What staff were told, and what they said of it"),
        (Right.LIVE, Right.FIGURES),
    ),
    Tab("/visits", N_("Interactions"), N_("One customer at one touchpoint, one at a time"), (Right.VISITS,)),
    Tab(
        "/compare",
        N_("Compare"),
        N_("Sites, months, shifts and touchpoints beside each other"),
        (Right.FIGURES,),
    ),
    Tab("/reports", N_("Reports"), N_("A month of a site or of all sites, to print"), (Right.FIGURES,)),
    Tab("/flow", N_("Flow"), N_("How many came, how long they stayed, and by which ways"), (Right.FIGURES,)),
    Tab("/moods", N_("Moods"), N_("The chart of 32 moods, by the eyes alone, with advice")),
    Tab("/call", N_("Call"), N_("Read the other side of a video call"), (Right.CALL,)),
    Tab(
        "/privacy",
        N_("Privacy"),
        N_("Notices, how long what is kept, and who looked at what"),
        (Right.PRIVACY,),
    ),
    Tab("/settings", N_("Settings"), N_("Sites, their cameras and zones"), (Right.SETTINGS,)),
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
            said_of=partial(said_of, request),
            tabs=tabs,
            first_page=tabs[0].path if tabs else "/account",
            spoken=spoken,
            languages=languages(),
            partial=request.headers.get("hx-request") == "true",
            csrf=getattr(request.state, "csrf", ""),
            theme=theme_of(request),
            version=request.app.state.version,
            simulated=request.app.state.simulated(),
            filling=request.app.state.filling,
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
    return render(
        request,
        "problem.html.j2",
        problem=problem,
        said=said_of(request, error),
        places=error.places if isinstance(error, WebError) else (),
    )


def said_of(request: Request, one: MienError | Said) -> str:
    """What an error or a sentence says in the language of the request; where untranslated, marked as English."""
    said = one.said if isinstance(one, MienError) else one
    told = language_of(request).said(said)
    return Markup('<span lang="en">{}</span>').format(str(said)) if told is None else told


class _Compiled(BytecodeCache):
    """Templates as Python code, which is the same in all languages: each is compiled once."""

    def __init__(self) -> None:
        self._known: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self._known:
            bucket.bytecode_from_string(self._known[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._known[bucket.key] = bucket.bytecode_to_string()


_COMPILED: Final = _Compiled()


def make_ready() -> None:
    """Compile every template and read every catalogue, so that the first who asks for a page need not wait for it.

    What is loaded by then stays for as long as the process does. The collector of garbage leaves it out from now on:
    looking through all of it held up every third answer or so for a tenth of a second and more.
    """
    languages()
    made = environment(LANGUAGES[0])
    for name in made.list_templates(extensions=["j2"]):
        made.get_template(name)
    gc.collect()
    gc.freeze()


@cache
def environment(code: str) -> Environment:
    """The templates in one language, with dates and numbers as its speakers write them.

    Args:
        code: One of `mien.web.texts.LANGUAGES`.
    """
    spoken = language(code)
    made = templates_of("mien.web", bytecode_cache=_COMPILED, extensions=["jinja2.ext.i18n", "jinja2.ext.do"])
    made.install_gettext_translations(spoken.catalogue, newstyle=True)  # type: ignore[attr-defined]
    plain: Any = made.globals["gettext"]
    counted: Any = made.globals["ngettext"]

    @pass_context
    def said(context: Context, text: str, /, **values: Any) -> str:  # noqa: ANN401  (as Jinja has it)
        return one_stop(plain(context, text, **values))

    @pass_context
    def said_of_many(context: Context, one: str, many: str, n: int, /, **values: Any) -> str:  # noqa: ANN401
        return one_stop(counted(context, one, many, n, **{"num": spoken.number(n)} | values))

    made.globals |= {"gettext": said, "_": said, "ngettext": said_of_many}
    made.filters |= _filters(spoken)
    made.globals["tint"] = light
    return made


def _filters(spoken: Language) -> dict[str, Any]:
    """Numbers and times as people of a language read them."""
    locale = spoken.locale

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

    def elapsed(value: str) -> str:
        """A time of a chart, `0:00.5`, with the decimal sign of the language."""
        return value.replace(".", numbers.get_decimal_symbol(locale))

    def moment(value: datetime, zone: tzinfo | None = None) -> str:
        at = value.astimezone(zone) if zone is not None else value
        return dates.format_datetime(at, "medium", locale=locale)

    return {
        "number": spoken.number,
        "signed": spoken.signed,
        "percent": percent,
        "day": day,
        "days": days,
        "weekday": weekday,
        "month": spoken.month,
        "lasting": spoken.lasting,
        "clock": clock,
        "elapsed": elapsed,
        "moment": moment,
    }
