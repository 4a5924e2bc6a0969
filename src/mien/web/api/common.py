"""What all parts of the API share: parameters, and whose sites are answered about."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Final

from fastapi import Query, Request
from pydantic import BaseModel, ConfigDict, Field

from mien.web import known
from mien.web.problems import NotFound, Unprocessable

if TYPE_CHECKING:
    from mien.privacy.roles import Right
    from mien.site import Site
    from mien.web.access import Visitor


PREFIX: Final = "/api/v1"


class Answer(BaseModel):
    """An answer, which holds what is documented and nothing else."""

    model_config = ConfigDict(frozen=True, extra="forbid")


SiteName = Annotated[
    str, Query(description="Name of a site.", min_length=1, max_length=200, examples=["Lyon 2"])
]
AnySite = Annotated[
    str | None,
    Query(description="Only of this site; else of all that you may see.", min_length=1, max_length=200),
]
Text = Annotated[str | None, Query(min_length=1, max_length=200)]
Day = Annotated[date, Query(description="A day on the clock of the site.", examples=["2026-05-04"])]
Written = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f-\x9f]+$")]
"""Text as people and tills write it, in what is sent: no control characters."""
Before = Annotated[int | None, Query(description="`next` of the page before.", ge=1, le=2**53)]
Limit = Annotated[int, Query(description="At most so many.", ge=1, le=1000)]


def only_known(request: Request) -> None:
    """Refuse parameters that an address does not have: a misspelt one would change nothing, and nobody would see it.

    Raises:
        Unprocessable: There is one.
    """
    path = PREFIX + request.scope["route"].path.removeprefix(PREFIX)
    operation = request.app.openapi()["paths"][path][request.method.lower()]
    known = [one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"]
    for name in request.query_params:
        if name not in known:
            raise Unprocessable(
                f"There is no parameter '{name[:100]}' here; {', '.join(known) or 'this address takes none'}"
                f"{' may be given' if known else ''}."
            )


def site_names(request: Request, visitor: Visitor, right: Right, site: str | None) -> tuple[str, ...]:
    """The sites that are answered about.

    Args:
        request: What is answered.
        visitor: Who asks.
        right: What they need there.
        site: The one they ask for; `None` for all.

    Raises:
        NotFound: There is no such site, or not for them.
    """
    open_to = visitor.sites(right, known.site_names(request))
    if site is None:
        return open_to
    if site not in open_to:
        raise NotFound(f"There is no site '{site}' that you may see; /api/v1/sites lists those there are.")
    return (site,)


def site_file(request: Request, visitor: Visitor, right: Right, name: str) -> Site:
    """The site file of a site.

    Raises:
        NotFound: None is served here, or the visitor may not see it.
    """
    found = known.site_file(request, name)
    if found is None or not visitor.may(right, name):
        raise NotFound(
            f"No site file of a site '{name}' that you may see is served here; start mien serve with it."
        )
    return found
