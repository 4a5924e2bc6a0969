"""The rules of a site: when staff are told of something, as a form over the site file."""

from __future__ import annotations

import tomllib
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, Final

from fastapi import APIRouter, Depends, Request
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from mien.action import RuleName
from mien.action.words import RULE_WORDS
from mien.errors import InputError
from mien.marking import N_
from mien.runtime.site_file import Refused
from mien.site.edit_rules import with_rules
from mien.site.rule_fields import fields_of, rule_names, shown, wanted
from mien.web.known import site_files_of
from mien.web.pages.settings import Setter, address, against, file_of
from mien.web.pages.settings_site import note_saved
from mien.web.problems import Unprocessable
from mien.web.rendering import render, said_of

if TYPE_CHECKING:
    from starlette.responses import HTMLResponse

    from mien.runtime.site_file import SiteFile
    from mien.site import Site

router = APIRouter(prefix="/settings/{site}/rules")

ABOUT: Final[dict[RuleName, str]] = {
    RuleName.ARRIVAL: N_("A card when a customer comes in: what the face shows, and what to do."),
    RuleName.CHECKOUT: N_(
        "Before the customer leaves the till: the face has fallen against its own first seconds, and stays so."
    ),
    RuleName.QUEUE: N_("Several faces that wait are unpleasant together, and stay so."),
    RuleName.LEFT_UNHAPPY: N_("A customer has left unhappier than they came: a task for the manager."),
    RuleName.DELIGHT: N_("Many customers of a shift have left happier than they came: praise for the team."),
    RuleName.HEALTH: N_("A camera or a part of Mien does not work."),
    RuleName.TENSION: N_(
        "Angry or frightened faces of several people, for store security. It names a touchpoint, never a person."
    ),
}
"""What each rule does."""

KEY_WORDS: Final[dict[str, str]] = {
    "touchpoints": N_("Where; nothing chosen: wherever it fits"),
    "cooldown_s": N_("Seconds in which what is alike is counted, not told anew"),
    "expires_s": N_("Seconds for which it is shown as open"),
    "escalate_s": N_("Seconds after which the manager is told, if nobody sees to it; empty: never"),
    "daily_cap": N_("How many a day at most"),
    "quiet": N_("Hours in which nobody is told, such as 12:00-13:00"),
    "show": N_("For whom"),
    "tired": N_("From which probability on a face is called tired-looking"),
    "probability": N_("How sure it must be"),
    "fall": N_("By how much valence must have fallen"),
    "sustained_s": N_("Seconds for which it must last"),
    "people": N_("How many people there must be"),
    "due_hours": N_("Hours until the task is due"),
    "at_hours": N_("How many hours ago a visit may have ended"),
    "customers": N_("How many customers it takes in a shift"),
    "after_s": N_("Seconds for which it must last"),
}
"""What each key is about."""

CHOICE_WORDS: Final[dict[str, str]] = {
    "all": N_("everybody"),
    "attention": N_("tired-looking and unpleasant faces alone"),
}
"""The words of keys that are chosen."""


async def _form(request: Request) -> FormData:
    return await request.form()


@router.get("")
def rules(request: Request, visitor: Setter, site: str, saved: str = "") -> HTMLResponse:
    """The page."""
    file, of = _site(request, visitor, site)
    return _page(request, file, of, saved=bool(saved))


@router.post("")
def save(request: Request, visitor: Setter, site: str, sent: Annotated[FormData, Depends(_form)]) -> Response:
    """Write the rules into the file, by the same checks as its text."""
    file, of = _site(request, visitor, site)
    asked = {name: [str(one) for one in sent.getlist(name)] for name in sent}
    try:
        text = with_rules(file.text or "", _wanted(file, of, asked))
        done = site_files_of(request).save(file, text, _first(asked, "digest"), visitor.name)
    except InputError as error:
        return _page(request, file, of, asked=asked, wrong=[said_of(request, error)])
    if isinstance(done, Refused):
        now, of = _site(request, visitor, site)
        wrong = against(request, done)
        return _page(request, now, of, asked=asked, wrong=wrong, changed=done.why == "changed")
    note_saved(request, visitor, done.file, "rules")
    return RedirectResponse(f"{request.url.path}?saved=yes", HTTPStatus.SEE_OTHER)


def _site(request: Request, visitor: Setter, key: str) -> tuple[SiteFile, Site]:
    file = file_of(request, visitor, key)
    if file.site is None:
        raise Unprocessable(
            "Something is wrong with the file of '%(name)s', so its rules cannot be changed here; mend its text first.",
            name=file.name,
        )
    return file, file.site


def _wanted(file: SiteFile, site: Site, asked: dict[str, list[str]]) -> dict[str, dict[str, Any]]:
    """What was sent, rule by rule, as far as it is another than what the file says."""
    there = tomllib.loads(file.text or "").get("rules", {})
    found = {}
    for rule in rule_names():
        if _locked(site, rule):
            continue
        sent = {field.key: asked.get(f"{rule}.{field.key}", []) for field in fields_of(rule)}
        changed = wanted(rule, sent, there.get(rule), on="yes" in asked.get(f"{rule}.on", []))
        # A table without keys is a rule that is on.
        if changed or (changed is not None and rule not in there):
            found[rule] = changed
    return found


def _locked(site: Site, rule: str) -> bool:
    """Whether a rule cannot be turned on here: that of tension, before it was measured for this site."""
    return rule == RuleName.TENSION and (site.rules.tension is None or site.rules.tension.passed is None)


def _first(asked: dict[str, list[str]], name: str) -> str:
    return next(iter(asked.get(name, [])), "")


def _page(
    request: Request,
    file: SiteFile,
    site: Site,
    *,
    asked: dict[str, list[str]] | None = None,
    wrong: list[str] | None = None,
    changed: bool = False,
    saved: bool = False,
) -> HTMLResponse:
    status = HTTPStatus.CONFLICT if changed else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(
        request,
        "settings_rules.html.j2",
        status=status if wrong else HTTPStatus.OK,
        file=file,
        here=address(file),
        rules=[
            (
                RuleName(rule),
                _is_on(site, rule) if asked is None else f"{rule}.on" in asked,
                _locked(site, rule),
                [(field, _value(site, rule, field.key, asked)) for field in fields_of(rule)],
            )
            for rule in rule_names()
        ],
        touchpoints=tuple(site.touchpoints),
        words=RULE_WORDS,
        about=ABOUT,
        keys=KEY_WORDS,
        choices=CHOICE_WORDS,
        wrong=wrong or [],
        changed=changed,
        saved=saved,
        edited=asked is not None,
    )


def _is_on(site: Site, rule: str) -> bool:
    return any(name == rule for name, _ in site.rules.on())


def _value(site: Site, rule: str, key: str, asked: dict[str, list[str]] | None) -> list[str]:
    """What a key is shown with: what was sent, else what the file says, else what holds where it says nothing."""
    if asked is not None:
        return asked.get(f"{rule}.{key}", [])
    of = getattr(site.rules, rule)
    if of is None:
        return [next(field.default for field in fields_of(rule) if field.key == key)]
    return list(of.touchpoints) if key == "touchpoints" else [shown(of, key)]
