"""Whoever asks to be left alone is left alone, by whatever process, until somebody retries."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from mien.crm import Again, Done
from mien.runtime.delivery import Courier
from mien.runtime.delivery.mqtt import MqttSender
from mien.site import template
from mien.store import Store
from support.clock import Clock
from support.command import Ran, runner
from support.crm_worlds import HOOK_SECRET
from support.dataverse import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from starlette.requests import Request

    from mien.crm import Result
    from mien.store import OutboxEntry

SITE = "Lyon 2"


@pytest.fixture
def mien(path: Path, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIEN_STORE", str(path))
    monkeypatch.setenv("HOOK_SECRET", HOOK_SECRET)
    return runner(capsys, monkeypatch, 200)


class Hook:
    """A receiver that has had enough until it is content."""

    def __init__(self) -> None:
        self.got, self.content = 0, False

    async def take(self, _: Request) -> Response:
        self.got += 1
        return Response(status_code=204 if self.content else 429, headers={"Retry-After": "1800"})


@pytest.fixture
def hook() -> Hook:
    return Hook()


@pytest.fixture
def shop(tmp_path: Path, hook: Hook) -> Iterator[Path]:
    with served(Starlette(routes=[Route("/", hook.take, methods=["POST"])])) as port:
        made = tmp_path / "shop.toml"
        table = (
            f'\n[delivery.webhook]\nurl = "http://127.0.0.1:{port}/"\nsecret = {{ env = "HOOK_SECRET" }}\n'
        )
        made.write_text(template(SITE, "Europe/Paris") + table, encoding="utf-8")
        yield made


def test_a_webhook_that_asks_for_a_pause_gets_it_from_every_process_until_somebody_retries(
    mien, shop: Path, hook: Hook, happen, store: Store
) -> None:
    happen(2)
    assert "cannot take it now (429" in mien("deliver", shop, "--once").complaint
    happen(1)
    for _ in range(2):
        again = mien("deliver", shop, "--once")
        assert again.code == 2
        assert " is left alone until 20" in again.complaint
        assert again.complaint.endswith("'mien outbox retry' tries it at once. Events waiting: 3.")
    assert hook.got == 1
    shown = mien("outbox", "show", shop)
    assert "webhook pauses until 20" in shown.out
    (told,) = json.loads(mien("outbox", "show", shop, "--json").out)["channels"]
    assert told["next_at"] == told["paused_until"]
    wait = datetime.fromisoformat(told["paused_until"]) - store.dispatches.now()
    assert timedelta(minutes=25) < wait <= timedelta(minutes=30)
    hook.content = True
    assert mien("outbox", "retry", shop, "webhook").code == 0
    assert "3 delivered to" in mien("deliver", shop, "--once").out
    assert hook.got == 4
    assert "pauses" not in mien("outbox", "show", shop).out


class Busy(MqttSender):
    """A broker that asks for ten minutes once."""

    asked = 0

    def send(self, entry: OutboxEntry) -> Result:  # noqa: ARG002
        self.asked += 1
        return Done() if self.asked > 1 else Again("busy", {}, 600.0)


def test_a_pause_ends_by_itself_and_a_retry_ends_it_for_one_who_is_at_work(
    path: Path, tmp_path: Path, settings, happen
) -> None:
    happen(2)
    clock = Clock()
    with Store.open(path, clock=clock) as store:
        first = Busy(settings())
        courier = Courier(store, SITE, first)
        for _ in range(4):
            courier.step()
        assert first.asked == 1
        store.dispatches.retry(SITE, "mqtt", 1)
        courier.step()
        courier.step()
        assert (first.asked, courier.waiting) == (3, 0)
    happen(2)
    with Store.open(path, clock=clock) as store:
        second = Busy(settings())
        Courier(store, SITE, second).step()
        Courier(store, SITE, second).step()
        clock.forward(599)
        courier = Courier(store, SITE, second)
        courier.step()
        assert second.asked == 1
        assert courier.paused_until is not None
        clock.forward(2)
        courier.step()
        courier.step()
        assert (second.asked, courier.waiting) == (3, 0)
