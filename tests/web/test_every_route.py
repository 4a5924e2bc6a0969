"""Every route with every role: what a role does not carry is refused, and nothing is open by oversight."""

from datetime import date, datetime

import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocketDisconnect

from mien.privacy.roles import RIGHTS, Grant, Right, Role
from mien.store import Store
from mien.web.access import PUBLIC, signed_in
from mien.web.signin.forgery import token_for
from mien.web.words import RIGHT_WORDS
from support.new_store import ready_made
from support.web_people import Place

OPEN = {
    "GET /sign-in",
    "POST /sign-in",
    "GET /link/{token}",
    "POST /link/{token}",
    "GET /sign-in/provider",
    "GET /sign-in/provider/back",
    "POST /choices",
    "GET /about/{site}",
    "GET /about/{site}/qr.svg",
    "GET /colours.css",
    "GET /healthz",
    "GET /api/v1/openapi.json",
    "GET /static",
}
"""What anybody may ask for. Whoever adds to this list says why in the review."""

FILLED = {"token": "x" * 43, "site": "North", "number": "1"}
SAMPLES = {date: "2026-05-04", datetime: "2026-05-04T09:00:00Z", int: "1"}
"""For what a route asks for in the query and cannot do without."""


def calls(dependant):
    """Every function that a route depends on, however deep."""
    for inner in dependant.dependencies:
        yield inner.call
        yield from calls(inner)


def declared(route):
    """The rights that a route asks for, empty where it is enough to be signed in; `None` where it asks for nothing."""
    dependant = getattr(route, "dependant", None)
    if dependant is None:
        return None
    found = list(calls(dependant))
    rights = frozenset(call.right for call in found if hasattr(call, "right"))
    return rights if rights or signed_in in found else None


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    with Store.open(ready_made(tmp_path_factory.mktemp("walk") / "mien.sqlite")) as opened:
        made = Place(opened)
        # The channel of news ends at once instead of after ten minutes.
        made.app.state.watch.closing = True
        # What is asked for here is who may read the sample; it is not read.
        made.app.state.sample.close()
        yield made


@pytest.fixture(scope="module")
def routes(place):
    """Method, path, rights and route of every route of the app."""
    return [
        (method, context.path, declared(context.original_route), context.original_route)
        for context in iter_route_contexts(place.app.routes)
        for method in sorted(context.methods or {"GET"})
        if method != "HEAD" and not isinstance(context.original_route, WebSocketRoute)
    ]


def test_every_line_asks_who_calls(place):
    lines = [
        context.path
        for context in iter_route_contexts(place.app.routes)
        if isinstance(context.original_route, WebSocketRoute)
    ]
    assert lines == ["/call/line"]
    place.user("figures.only", Grant(Role.ANALYST))
    for browser in (place.browser(), place.browser_of("figures.only")):
        with pytest.raises(WebSocketDisconnect), browser.websocket_connect("/call/line"):
            pass


def ask(browser, method, path, *, accept="text/html", **query):
    """Ask for a route with the token of the session, if there is one, and with nothing in the body."""
    headers = {"Accept": accept}
    session = browser.cookies.get("mien-session")
    if session is not None:
        headers["X-CSRF-Token"] = token_for(session)
    return browser.request(method, path.format_map(Filled()), params=query, headers=headers)


class Filled(dict):
    """A value for each piece of a path."""

    def __missing__(self, name):
        return FILLED.get(name.partition(":")[0], "1")


def test_every_route_asks_for_a_right_or_is_on_the_list(routes):
    unguarded = {f"{method} {path}" for method, path, rights, _ in routes if rights is None}
    assert unguarded == OPEN
    assert all(len(rights) <= 1 for *_, rights, _ in routes if rights), "one right says who may"


def test_what_is_open_says_so_itself(routes):
    said = {f"{m} {p}" for m, p, _, route in routes if PUBLIC in (getattr(route, "tags", None) or ())}
    assert said == OPEN - {"GET /api/v1/openapi.json", "GET /static"}


def test_nobody_gets_in(place, routes):
    for method, path, rights, _ in routes:
        if rights is None:
            continue
        answer = ask(place.browser(), method, path, accept="application/json")
        assert answer.status_code == 401, (method, path)
        assert answer.headers["content-type"] == "application/problem+json"
        if not path.startswith("/api/"):
            page = ask(place.browser(), method, path)
            assert page.status_code == 303, (method, path)
            assert page.headers["location"].startswith("/sign-in")


@pytest.mark.parametrize("role", Role)
def test_a_role_gets_what_it_carries_and_nothing_else(place, routes, role):
    place.user(f"one.{role}", Grant(role))
    for method, path, rights, _ in routes:
        if rights is None:
            continue
        answer = ask(place.browser_of(f"one.{role}"), method, path, accept="application/json")
        if rights <= RIGHTS[role]:
            assert answer.status_code not in {401, 403}, (method, path, answer.text)
        else:
            assert answer.status_code == 403, (method, path)
            assert answer.headers["content-type"] == "application/problem+json"
            assert all(RIGHT_WORDS[right] in answer.json()["detail"] for right in rights)


def test_whoever_has_no_role_gets_nothing_that_needs_one(place, routes):
    place.user("nothing")
    for method, path, rights, _ in routes:
        if rights:
            assert ask(place.browser_of("nothing"), method, path).status_code == 403, (method, path)


def test_a_role_at_one_site_opens_no_other(place, routes):
    place.user("south", *(Grant(role, "South") for role in Role))
    of_a_site = [
        (method, path, route)
        for method, path, rights, route in routes
        if rights and ("{site" in path or "site" in {field.name for field in route.dependant.query_params})
    ]
    assert of_a_site
    for method, path, route in of_a_site:
        asked = route.dependant.query_params
        query = {
            one.name: SAMPLES.get(one.field_info.annotation, "x")
            for one in asked
            if one.field_info.is_required()
        }
        if "{site" not in path:
            query["site"] = "North"
        answer = ask(place.browser_of("south"), method, path, accept="application/json", **query)
        assert answer.status_code in {403, 404}, (method, path, answer.text)


def test_a_key_is_held_to_its_rights_and_its_site(place, routes):
    for right in Right:
        if right is Right.USERS:
            continue
        program = place.program({right}, None, name=f"only {right}")
        for method, path, rights, _ in routes:
            if rights:
                answer = program.request(method, path.format_map(Filled()), follow_redirects=False)
                assert (answer.status_code == 403) == (rights != {right}), (method, path, right)
