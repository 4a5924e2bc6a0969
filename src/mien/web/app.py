"""The app: pages, API and live channel over one store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from starlette.middleware.body_limit import RequestBodyLimitMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.middleware.trustedhost import TrustedHostMiddleware

from mien import __version__
from mien.runtime.demo.sample import SampleReading
from mien.runtime.in_force import InForce
from mien.runtime.site_files import SiteFiles
from mien.web import signin, static_files
from mien.web.access import Identified
from mien.web.api.description import describe
from mien.web.api.sales import Joiner
from mien.web.headers import HeadAsGet, SafeHeaders
from mien.web.live import Watch
from mien.web.monthly.press import Press
from mien.web.pages.site_form import MOST_ENCODED
from mien.web.problems import PlainAsProblem, answers
from mien.web.rendering import render_problem
from mien.web.routes import ROUTES
from mien.web.signin.provider import ProviderClient

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import HTTPConnection

    from mien.runtime.live import Reading
    from mien.store import Store
    from mien.web.access import Visitor
    from mien.web.settings import WebSettings


@dataclass(slots=True)
class Filling:
    """How far a store of simulated days is filled, while pages show it already.

    Attributes:
        done: Days of stores that are there.
        of: How many there will be; as many where nothing is added.
    """

    done: int = 0
    of: int = 0


def create_app(
    settings: WebSettings,
    store: Store,
    *,
    identify: Callable[[HTTPConnection], Visitor | None] | None = None,
    reading: Reading | None = None,
    filling: Filling | None = None,
) -> FastAPI:
    """The app over a store.

    Args:
        settings: How it is served.
        store: The open store; whoever opened it closes it once the app has ended.
        identify: Who makes a request; `None` for who is signed in or shows a key.
        reading: Reads cameras in this process; `None` where none are read here.
        filling: How far the store is filled; `None` where it holds all that it will.

    Returns:
        The app.
    """
    app = FastAPI(
        title="Mien",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        routes=list(ROUTES),
    )
    app.state.settings = settings
    app.state.store = store
    # Whatever changes a site file does it there, and sets these anew.
    app.state.site_files = SiteFiles(
        settings.site_files, settings.sites, lambda sites: setattr(app.state, "sites", sites)
    )
    app.state.reading = reading
    app.state.in_force = InForce(store)
    app.state.watch = Watch(store)
    app.state.simulated = lambda: bool(store.sites.simulated())
    app.state.filling = filling or Filling()
    app.state.joiner = Joiner()
    app.state.sample = SampleReading()
    app.state.identify = identify or signin.Identify(settings, store)
    app.state.press = Press()
    app.state.provider = None if settings.provider is None else ProviderClient(settings.provider)
    describe(app)
    static_files.serve_static(app)
    answers(app, render_problem)
    app.state.paths = frozenset(context.path for context in iter_route_contexts(app.routes))
    app.state.version = static_files.version()
    app.add_middleware(Identified, identify=app.state.identify)
    app.add_middleware(GZipMiddleware, minimum_size=1024)
    app.add_middleware(HeadAsGet)
    app.add_middleware(RequestBodyLimitMiddleware, max_body_size=MOST_ENCODED + 1_000_000)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.allowed_hosts), www_redirect=False)
    app.add_middleware(PlainAsProblem)
    app.add_middleware(SafeHeaders, secure=settings.secure)
    return app
