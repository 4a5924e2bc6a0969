"""Playbooks: what staff are advised to do, read and written as on the page."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from mien.action.playbook import LANGUAGES, MOST_CHARACTERS, MOST_ENTRIES, Entry
from mien.errors import InputError
from mien.privacy.roles import Right
from mien.runtime.playbook import save_playbook
from mien.web.access import Visitor, needs
from mien.web.api.common import Answer, SiteName, Text, Written, site_names
from mien.web.known import site_file, store_of
from mien.web.problems import Unprocessable

if TYPE_CHECKING:
    from mien.action.playbook import Playbook

router = APIRouter(tags=["playbooks"])


class EntryIn(BaseModel):
    """One piece of advice."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    about: str = Field(
        description="A situation, or a mood of the eyes chart as `mood:KEY`.",
        max_length=60,
        examples=["arrival tired", "mood:anger"],
    )
    touchpoint: Written | None = Field(None, description="Where it holds; null for everywhere.")
    language: str = Field(
        description=f"One of {', '.join(LANGUAGES)}.", pattern=f"^({'|'.join(LANGUAGES)})$", examples=["en"]
    )
    text: str = Field(description="The advice, one line.", min_length=1, max_length=MOST_CHARACTERS)


class PlaybookOut(Answer):
    """A version of a playbook."""

    site: str
    protocol: str | None = Field(description="The way of serving that it belongs to; null for any.")
    version: int
    made_at: AwareDatetime
    made_by: str
    entries: list[EntryIn]


class PlaybookIn(BaseModel):
    """A new version of a playbook, whole."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "site": "Lyon 2",
                    "protocol": None,
                    "opened": 3,
                    "entries": [
                        {
                            "about": "arrival tired",
                            "touchpoint": None,
                            "language": "en",
                            "text": "Offer the blue chair and a glass of water.",
                        }
                    ],
                }
            ]
        },
    )

    site: Written
    protocol: Written | None = Field(None, description="The way of serving that it belongs to; null for any.")
    opened: int = Field(
        description="The version that was changed; 0 where there was none.", ge=0, le=2**31 - 1
    )
    entries: list[EntryIn] = Field(max_length=MOST_ENTRIES)


@router.get("/playbooks")
def playbooks(
    request: Request, visitor: Annotated[Visitor, Depends(needs(Right.LIVE))], site: SiteName
) -> list[PlaybookOut]:
    """The newest version of each playbook of a site: one for each protocol, and one that belongs to none."""
    site_names(request, visitor, Right.LIVE, site)
    newest = store_of(request).playbooks.newest(site)
    return [_out(newest[key]) for key in sorted(newest, key=lambda one: one or "")]


@router.get("/playbooks/versions")
def versions(
    request: Request,
    visitor: Annotated[Visitor, Depends(needs(Right.LIVE))],
    site: SiteName,
    protocol: Text = None,
    limit: Annotated[int, Query(description="At most so many.", ge=1, le=50)] = 20,
) -> list[PlaybookOut]:
    """Versions of one playbook, the newest first."""
    site_names(request, visitor, Right.LIVE, site)
    return [_out(one) for one in store_of(request).playbooks.versions(site, protocol, limit=limit)]


@router.post("/playbooks", status_code=HTTPStatus.CREATED)
def save(
    request: Request, visitor: Annotated[Visitor, Depends(needs(Right.ADVICE))], sent: PlaybookIn
) -> PlaybookOut:
    """Save a new version, whole; what is the same as the newest makes none. Earlier versions stay."""
    site_names(request, visitor, Right.ADVICE, sent.site)
    try:
        made = save_playbook(
            store_of(request),
            sent.site,
            sent.protocol,
            [Entry(one.about, one.touchpoint, one.language, one.text.strip()) for one in sent.entries],
            by=visitor.name,
            opened=sent.opened,
            site=site_file(request, sent.site),
        )
    except InputError as error:
        raise Unprocessable(error.text, **error.values) from error
    return _out(made)


def _out(one: Playbook) -> PlaybookOut:
    return PlaybookOut(
        site=one.site,
        protocol=one.protocol,
        version=one.version,
        made_at=one.made_at,
        made_by=one.made_by,
        entries=[
            EntryIn(about=each.about, touchpoint=each.touchpoint, language=each.language, text=each.text)
            for each in one.entries
        ],
    )
