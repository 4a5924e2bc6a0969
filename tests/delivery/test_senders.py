"""What every sender must do. A new one gets a case here and passes all of this."""

from __future__ import annotations

import email
import logging
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from email import policy
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from starlette.responses import Response

from mien.action import Answer, RuleName, Signal, Situation, Unhappy
from mien.crm import Again, Done, Parked
from mien.runtime.delivery import SENDERS, Courier, open_sender
from mien.site import load_site
from mien.store import Store
from mien.store.events.report import DayReport, FigurePart, report_event
from support.clock import Clock
from support.new_store import ready_made
from support.people_told import HOOK_SECRET, MAIL_PASSWORD, mailing, taking
from support.sites import HEAD
from support.waiting import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from mien.runtime.delivery import Sender
    from mien.site import Site
    from mien.site.rules import Rule
    from mien.store import OutboxEntry
    from support.people_told import MailServer, Taker

pytestmark = pytest.mark.once

SITE = "Lyon 2"
AT = datetime(2026, 5, 4, 9, 8, tzinfo=UTC)
PAGES = "https://mien.example"


@pytest.fixture
def clock() -> Clock:
    return Clock(AT)


@pytest.fixture
def store(tmp_path: Path, clock: Clock) -> Iterator[Store]:
    with Store.open(ready_made(tmp_path / "s.sqlite"), clock=clock) as opened:
        yield opened


@pytest.fixture(scope="module")
def taker() -> Iterator[Taker]:
    with taking() as made:
        yield made


@pytest.fixture(scope="module")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mailing(tmp_path_factory.mktemp("tls")) as made:
        yield made


@pytest.fixture(autouse=True)
def emptied(taker: Taker, mail_server: MailServer) -> None:
    for kept in (
        taker.got,
        taker.answers,
        mail_server.box.mails,
        mail_server.box.replies,
        mail_server.box.unknown,
    ):
        kept.clear()
    taker.heard, mail_server.password = 0, MAIL_PASSWORD


@dataclass(frozen=True)
class Case:
    """A sender, its table, what the other side has, and how it refuses.

    Attributes:
        name: Its channel.
        table: Its table in a site file, with the port of the other side.
        got: What identifies the messages that the other side has.
        refuse: Lets the other side refuse the next one for good; `None` where it has no way to say so.
    """

    name: str
    table: Callable[[int], str]
    port: int
    got: Callable[[], list[str]]
    refuse: Callable[[], object] | None


ENVIRON = {"HOOK": HOOK_SECRET, "MAIL": MAIL_PASSWORD}


def mail_table(
    server: MailServer, port: int | None = None, to: str = '"ana@shop.example"', more: str = ""
) -> str:
    return (
        f'[delivery.email]\nhost = "127.0.0.1"\nport = {port or server.port}\nuser = "mien"\n'
        f'password = {{ env = "MAIL" }}\nca_file = "{server.ca_file}"\nsender = "mien@shop.example"\nto = [{to}]\n'
        f'raised = ["queue"]\n{more}'
    )


def mail_of(text: str) -> Any:
    return email.message_from_string(text, policy=policy.default)


CASES = ("webhook", "email", "apprise", "crm.csv")


@pytest.fixture(params=CASES)
def case(request: pytest.FixtureRequest, tmp_path: Path, taker: Taker, mail_server: MailServer) -> Case:
    return {
        "webhook": lambda: Case(
            "webhook",
            lambda port: f'[delivery.webhook]\nurl = "http://127.0.0.1:{port}/hook"\nsecret = {{ env = "HOOK" }}\n',
            taker.port, lambda: list(taker.got), lambda: taker.answers.append(Response("no", 422)),
        ),
        "email": lambda: Case(
            "email",
            lambda port: mail_table(mail_server, port),
            mail_server.port, lambda: [mail_of(text)["Message-ID"] for _, text in mail_server.box.mails],
            lambda: mail_server.box.replies.append("554 5.7.1 no such mail"),
        ),
        "apprise": lambda: Case(
            "apprise", lambda _: '[delivery.apprise]\nurls = [{ env = "CHAT" }]\nraised = ["queue"]\n',
            taker.port, lambda: list(taker.got), None,
        ),
        "crm.csv": lambda: Case(
            "crm.csv", lambda _: '[crm.csv]\nfolder = "out"\n', 0,
            lambda: (tmp_path / "out" / "tasks.csv").read_text().splitlines()[1:],
            lambda: ((tmp_path / "out").mkdir(), (tmp_path / "out" / "tasks.csv").write_text("another,file\r\n")),
        ),
    }[request.param]()  # fmt: skip


@pytest.fixture
def open_one(tmp_path: Path, store: Store) -> Iterator[Callable[..., Sender]]:
    made: list[Sender] = []

    def opened(name: str, table: str, port: int = 0) -> Sender:
        made.append(open_sender(name, site_with(tmp_path, table), store, environ(port)))
        return made[-1]

    yield opened
    for one in made:
        one.close()


def environ(port: int) -> dict[str, str]:
    return {**ENVIRON, "CHAT": f"json://mien:{MAIL_PASSWORD}@127.0.0.1:{port}/chat"}


def site_with(folder: Path, table: str) -> Site:
    path = folder / "lyon.toml"
    path.write_text(
        f'{HEAD}\n[touchpoints.till]\nrole = "checkout"\n[cameras.till]\ntouchpoint = "till"\nwebcam = 0\n'
        f"[rules.queue]\nescalate_s = 60\n\n{table}"
    )
    return load_site(path)


def task(store: Store, clock: Clock, number: int = 0) -> None:
    about = Unhappy(f"visit-{number}", "%(time)s, till: fell", {"time": "11:08"})
    due = clock() + timedelta(hours=24)
    store.tasks.open(SITE, date(2026, 5, 4), "till", about, due_at=due, folded=False)


def queue_alert(store: Store, rules: dict[str, Rule], number: int = 0) -> str:
    signal = Signal(
        RuleName.QUEUE, Situation.QUEUE_SOUR, "till", f"queue:till:{number}", AT - timedelta(seconds=20), AT,
        "The faces of %(people)s people in the queue show an unpleasant expression.", {"people": 3}, 0.97, 120,
        service_point="till 2",
    )  # fmt: skip
    (alert,) = store.alerts.take(SITE, [signal], rules, ZoneInfo("Europe/Paris")).new
    return alert.uid


def rules_of(folder: Path) -> dict[str, Rule]:
    site = site_with(folder, "")
    return {name: rule for name, rule in site.rules if rule is not None}


def work(courier: Courier) -> None:
    """Until there is nothing more to do at this moment."""
    while not courier.step():
        pass


def entries(store: Store) -> list[OutboxEntry]:
    return store.outbox.after(0, site=SITE)


def test_every_sender_is_in_the_suite() -> None:
    # The broker has tests of its own (test_mqtt.py), the connectors theirs (tests/crm/test_crm_sending.py).
    elsewhere = {"mqtt", "crm.dataverse", "crm.webhook"}
    assert set(SENDERS.names) == elsewhere | set(CASES)


def test_a_task_arrives_and_can_be_known_when_it_comes_again(case: Case, store, clock, open_one) -> None:
    task(store, clock)
    sender = open_one(case.name, case.table(case.port), case.port)
    (entry,) = entries(store)
    assert sender.wants(entry) is not None
    assert sender.name == case.name
    for _ in range(2):
        assert isinstance(sender.send(entry), Done)
    assert len(set(case.got())) == 1


def test_who_cannot_be_reached_is_tried_again_and_nothing_secret_is_said(
    case: Case, store, clock, open_one, tmp_path, caplog, capfd
) -> None:
    task(store, clock)
    port = free_port()
    if case.name == "crm.csv":
        (tmp_path / "out").write_text("no folder")
    with caplog.at_level(logging.DEBUG, logger="mien"):
        sender = open_one(case.name, case.table(port), port)
        result = sender.send(entries(store)[0])
    assert isinstance(result, Again)
    assert result.reason.endswith(".")
    said = [result.reason, sender.shown, repr(sender), caplog.text, *capfd.readouterr()]
    for secret in (HOOK_SECRET, MAIL_PASSWORD):
        assert not any(secret in one for one in said)


def test_what_is_refused_for_good_is_parked_and_the_next_goes(
    case: Case, store, clock, open_one, tmp_path
) -> None:
    task(store, clock), task(store, clock, 1)
    sender = open_one(case.name, case.table(case.port), case.port)
    if case.refuse is None:
        return
    case.refuse()
    courier = Courier(store, SITE, sender)
    work(courier)
    assert courier.parked >= 1
    if case.name == "crm.csv":
        (tmp_path / "out" / "tasks.csv").unlink()
    else:
        assert len(case.got()) == 1, "the next one"
    store.dispatches.retry(SITE, case.name)
    work(courier)
    assert len(set(case.got())) == 2
    assert store.dispatches.listed(SITE) == []


def test_a_mail_is_plain_short_and_leads_to_the_pages(store, clock, open_one, tmp_path, mail_server) -> None:
    rules = rules_of(tmp_path)
    both = '"ana@shop.example", "bo@shop.example"'
    table = mail_table(mail_server, to=both, more=f'pages_url = "{PAGES}/"\n')
    sender = open_one("email", table)
    uid = queue_alert(store, rules)
    courier = Courier(store, SITE, sender)
    work(courier)
    ((to, text),) = mail_server.box.mails
    mail = mail_of(text)
    assert to == ["ana@shop.example", "bo@shop.example"]
    assert (mail["Subject"], mail["From"]) == (
        "The queue turns sour, Lyon 2, till, till 2",
        "mien@shop.example",
    )
    assert mail.get_content().splitlines() == [
        "The faces of 3 people in the queue show an unpleasant expression.", "",
        "Where: Lyon 2, till, till 2", "Since: 4 May 2026, 11:07", "How sure: 97 %", "",
        "https://mien.example/alerts?site=Lyon+2", "", "-- ", "Mien, Lyon 2",
    ]  # fmt: skip
    # Nobody acknowledges it: told as such, once, whatever else becomes of it.
    clock.forward(90)
    store.alerts.escalate(SITE, rules)
    work(courier)
    store.alerts.answer(uid, Answer.RIGHT, "Bo")
    work(courier)
    subjects = [mail_of(text)["Subject"] for _, text in mail_server.box.mails]
    assert subjects[1:] == ["Not acknowledged: The queue turns sour, Lyon 2, till, till 2"]


def test_a_mail_about_a_task_leads_to_it_and_says_moments_as_its_language_does(
    store, clock, open_one, tmp_path, mail_server
) -> None:
    sender = open_one("email", mail_table(mail_server, more=f'pages_url = "{PAGES}"\nlanguage = "fr"\n'))
    nine = datetime(2026, 5, 4, 9, 5, tzinfo=ZoneInfo("Europe/Paris"))
    about = Unhappy("i1", "%(time)s, till: %(final)s", {"time": nine, "final": -0.42})
    due = clock() + timedelta(hours=24)
    opened = store.tasks.open(SITE, date(2026, 5, 4), "till", about, due_at=due, folded=True)
    work(Courier(store, SITE, sender))
    ((_, text),) = mail_server.box.mails
    lines = mail_of(text).get_content().splitlines()
    assert lines[0] == "09:05, till: −0,42"
    assert lines[3].endswith(" 5 mai 2026, 11:08")
    assert lines[5] == f"{PAGES}/tasks?site=Lyon+2&task={opened.uid}#task-{opened.uid}"


def test_the_report_of_a_day_is_a_mail_in_text_and_as_a_page(
    store, clock, open_one, tmp_path, mail_server
) -> None:
    sender = open_one("email", mail_table(mail_server, more=f'pages_url = "{PAGES}"\nreports = true\n'))
    figure = FigurePart(
        of="eps", interactions=30, counted=0, mean=None, low=None, high=None, reason="no usable reading"
    )
    report = DayReport(
        site=SITE, day=date(2026, 5, 3), simulated=False, figures=[figure], places=[], rules=[], tasks_opened=1,
        tasks_open=2, tasks_overdue=0, unread_hours={}, written_at=clock(),
    )  # fmt: skip
    store.outbox.tell(SITE, report_event(report, clock()))
    work(Courier(store, SITE, sender))
    ((_, text),) = mail_server.box.mails
    mail = mail_of(text)
    assert mail.get_content_type() == "multipart/alternative"
    plain, page = mail.iter_parts()
    assert "  EPS: cannot tell (no usable reading · 30 interactions)" in plain.get_content().splitlines()
    assert page.get_content_type() == "text/html"
    assert f'href="{PAGES}/tasks?site=Lyon+2"' in page.get_content()


def test_an_alert_that_is_over_is_for_nobody_and_a_task_is(
    store, clock, open_one, tmp_path, mail_server
) -> None:
    table = mail_table(mail_server)
    sender = open_one("email", table)
    queue_alert(store, rules_of(tmp_path))
    task(store, clock)
    clock.forward(3600)
    work(Courier(store, SITE, sender))
    assert [mail_of(text)["Subject"] for _, text in mail_server.box.mails] == [
        "Find out why, put it right: till, 4 May 2026"
    ]


@pytest.mark.parametrize(("reply", "kind"), [("451 4.7.1 greylisted", Again), ("554 5.7.1 refused", Parked)])
def test_what_a_mail_server_says_for_now_and_for_good(
    store, clock, open_one, mail_server, reply, kind
) -> None:
    task(store, clock)
    table = mail_table(mail_server, to='"ana@shop.example", "bo@shop.example"')
    sender = open_one("email", table)
    (entry,) = entries(store)
    mail_server.box.replies.append(reply)
    first = sender.send(entry)
    assert type(first) is kind
    assert reply[4:] in first.reason
    # One of two is unknown: the other has it, so it is not sent again by itself.
    mail_server.box.unknown["bo@shop.example"] = reply
    second = sender.send(entry)
    assert isinstance(second, Parked)
    assert "refuses bo@shop.example (" in second.reason
    assert [to for to, _ in mail_server.box.mails] == [["ana@shop.example"]]
    mail_server.password = "another"
    third = sender.send(entry)
    assert isinstance(third, Again)
    assert "refuses user or password (535" in third.reason
    assert MAIL_PASSWORD not in third.reason


def test_of_several_services_only_those_are_told_again_that_were_not(store, clock, tmp_path, taker) -> None:
    task(store, clock)
    site = site_with(tmp_path, '[delivery.apprise]\nurls = [{ env = "CHAT" }, { env = "GONE" }]\n')
    places = environ(taker.port) | {"GONE": f"json://127.0.0.1:{free_port()}"}
    sender = open_sender("apprise", site, store, places)
    (entry,) = entries(store)
    for _ in range(2):
        assert isinstance(sender.send(entry), Again)
    assert len(taker.got) == 1
    (message,) = taker.got.values()
    assert message["title"] == "Find out why, put it right: till, 4 May 2026"
