"""The store: one object that holds everything Mien remembers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from mien.errors import MissingStoreError
from mien.store.accounts import Accounts
from mien.store.address import resolve, store_files
from mien.store.alerts import Alerts
from mien.store.attempts import Attempts
from mien.store.consents import Consents
from mien.store.customers import Customers
from mien.store.database import Database, utc_now
from mien.store.dispatches import Dispatches
from mien.store.due import Due
from mien.store.engine import connect
from mien.store.erasure import Erasures
from mien.store.fates import Fates
from mien.store.flow import Flow
from mien.store.keys import Keys
from mien.store.links import Links
from mien.store.listing import Listing
from mien.store.live import Live
from mien.store.looks import Looks
from mien.store.media import Media
from mien.store.migrate import prepare
from mien.store.notices import Notices
from mien.store.outbox import Outbox
from mien.store.pairs import Pairs
from mien.store.playbooks import Playbooks
from mien.store.receipts import Receipts
from mien.store.recordings import Recordings
from mien.store.retention import Retention
from mien.store.rolled import Rollups
from mien.store.segments import Segments
from mien.store.sessions import Sessions
from mien.store.singles import Singles
from mien.store.sites import Sites
from mien.store.states import States
from mien.store.streams import Streams
from mien.store.tasks import Tasks
from mien.store.visit_listing import VisitListing
from mien.store.visits import Visits

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from types import TracebackType


class Store:
    """An open store. Made by `Store.open`, closed by its `with` block or `close`.

    It may be used by several threads, not by a process forked from this one.

    Attributes:
        address: What to call it in messages: the file's path, or the URL without its password.
        recordings: Recordings, their analyses and the interactions found in them.
        listing: Single interactions to look through.
        states: States of the interactions, for comparisons.
        streams: What was read when, and what went wrong.
        notices: The notices that hang, or hung.
        media: Files in which faces can be seen.
        sites: Sites and cameras.
        outbox: Events about what is stored, and how far they are delivered.
        dispatches: What is still to be sent to whom.
        consents: Consents to the use of references.
        customers: Customers who agreed to be known.
        receipts: Receipts and their interactions.
        visits: Which interactions are one customer's, door to door.
        visit_listing: Single visits to look through.
        pairs: How pairs of cameras differ.
        flow: What was counted at cameras.
        segments: Counts and sums by apparent age and gender.
        rollups: Counts and sums by day, for comparisons.
        singles: The same as plain rows, for tables.
        live: What the cameras see now, and how they are.
        retention: How long what is stored is kept.
        due: What of a site goes next.
        erasures: Removal of what is joined to a reference.
        accounts: Users and their roles at sites.
        links: One-time links by which users come in.
        sessions: Who is signed in.
        keys: API keys of programs.
        attempts: Attempts to sign in that were wrong.
        looks: Who looked at what.
        alerts: What staff were told.
        tasks: What people have to do.
        fates: What became of tasks in other systems.
        playbooks: What staff are advised to do.
    """

    def __init__(self, database: Database) -> None:
        self.address = database.name
        self.recordings = Recordings(database)
        self.listing = Listing(database)
        self.states = States(database)
        self.streams = Streams(database)
        self.notices = Notices(database)
        self.media = Media(database)
        self.sites = Sites(database)
        self.outbox = Outbox(database)
        self.dispatches = Dispatches(database)
        self.consents = Consents(database)
        self.customers = Customers(database)
        self.receipts = Receipts(database)
        self.visits = Visits(database)
        self.visit_listing = VisitListing(database)
        self.pairs = Pairs(database)
        self.flow = Flow(database)
        self.segments = Segments(database)
        self.rollups = Rollups(database)
        self.singles = Singles(database)
        self.live = Live(database)
        self.retention = Retention(database)
        self.due = Due(database)
        self.erasures = Erasures(database)
        self.accounts = Accounts(database)
        self.links = Links(database)
        self.sessions = Sessions(database)
        self.keys = Keys(database)
        self.attempts = Attempts(database)
        self.looks = Looks(database)
        self.alerts = Alerts(database)
        self.tasks = Tasks(database)
        self.fates = Fates(database)
        self.playbooks = Playbooks(database)
        self._database = database

    @classmethod
    def open(
        cls,
        address: str | Path | None = None,
        *,
        create: bool = True,
        timeout_s: float = 10.0,
        clock: Callable[[], datetime] = utc_now,
    ) -> Self:
        """Open a store, made or brought up to date first if need be.

        Args:
            address: A file's path, `sqlite:///PATH` or `postgresql://USER@HOST/NAME`; `None` for the environment
                variable `MIEN_STORE`, else `mien.sqlite` in the user's data folder.
            create: Whether a store that is not there is made.
            timeout_s: How long to wait for another writer, seconds.
            clock: The time of day, UTC; for leases and dates of entry.

        Returns:
            The open store.

        Raises:
            MissingStoreError: There is none yet and `create` is false.
            StoreError: It cannot be opened, is not a store, or was written by a newer Mien. What is there
                is left as it is.
        """
        engine = connect(resolve(address, create=create), timeout_s)
        try:
            prepare(engine, create=create, timeout_s=timeout_s)
        except BaseException:
            engine.dispose()
            raise
        return cls(Database(engine, clock))

    @staticmethod
    def files(address: str | Path | None = None) -> tuple[Path, ...]:
        """The files that a store at this address lives in, made or not; none where it is on a server.

        Args:
            address: As for `open`. Nothing is made.

        Raises:
            StoreError: The address is none.
        """
        try:
            return store_files(resolve(address, create=False))
        except MissingStoreError:
            return ()

    def close(self) -> None:
        """Close its connections."""
        self._database.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
