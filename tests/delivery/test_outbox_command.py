"""`mien outbox` as its users type it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from mien.crm import Again, Done, Parked
from mien.runtime.delivery import Courier
from mien.runtime.delivery.mqtt import MqttSender
from mien.site import template
from support.command import Ran, runner

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mien.crm import Result
    from mien.store import OutboxEntry, Store

REASON = "The broker %(where)s refuses the event (Not authorized)."


@pytest.fixture
def mien(path: Path, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIEN_STORE", str(path))
    return runner(capsys, monkeypatch, 200)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    made = tmp_path / "shop.toml"
    table = '\n[delivery.mqtt]\nhost = "broker.example"\n\n[crm.csv]\nfolder = "crm"\n'
    made.write_text(template("Lyon 2", "Europe/Paris") + table, encoding="utf-8")
    return made


class Choosy(MqttSender):
    """A broker that refuses the first event and is busy with the second."""

    def send(self, entry: OutboxEntry) -> Result:
        if entry.number == 1:
            return Parked(REASON, {"where": "mqtt://broker.example:1883"})
        return Again("busy", {}, 600.0) if entry.number == 2 else Done()


@pytest.fixture
def parked(store: Store, happen, settings) -> None:
    happen(3)
    courier = Courier(store, "Lyon 2", Choosy(settings()))
    courier.step()
    courier.step()


def test_what_waits_and_what_is_parked_is_shown_with_its_reason(mien, shop, parked) -> None:
    shown = mien("outbox", "show", shop)
    assert (shown.code, shown.err) == (0, "")
    assert "mqtt://broker.example:1883" in shown.out
    assert "1  mqtt  mien.interaction.scored  events" in shown.out
    assert (
        "1 attempt, parked: The broker mqtt://broker.example:1883 refuses the event (Not authorized)."
        in shown.out
    )
    assert "1 attempt, next at 20" in shown.out
    document = json.loads(mien("outbox", "show", shop, "--json").out)
    mqtt, crm = document["channels"]
    assert (mqtt["channel"], mqtt["waiting"], mqtt["parked"]) == ("mqtt", 2, 1)
    assert (crm["channel"], crm["waiting"], crm["parked"], crm["next_at"]) == ("crm.csv", 3, 0, None)
    assert [(one["number"], one["state"]) for one in document["entries"]] == [(1, "parked"), (2, "waiting")]


def test_retrying_and_discarding_do_what_they_say(mien, shop, parked, store: Store) -> None:
    one = mien("outbox", "retry", shop, "mqtt", "--number", 1)
    assert "1 event of 'Lyon 2' will be tried at once" in one.out
    assert store.dispatches.listed("Lyon 2", parked=True) == []
    asked = mien("outbox", "discard", shop, "--number", 2, "--yes")
    assert "1 event of 'Lyon 2' will not be sent." in asked.out
    assert [one.id for one in store.dispatches.listed("Lyon 2")] == [1, 3]
    assert "Nothing of 'Lyon 2' is parked." in mien("outbox", "discard", shop).out


def test_discarding_asks_first(mien, shop, parked, store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    monkeypatch.setattr("typer.confirm", lambda text: asked.append(text) or False)
    refused = mien("outbox", "discard", shop, "mqtt")
    assert asked == ["Never send 1 event of 'Lyon 2' (mqtt)?"]
    assert "Nothing is discarded." in refused.out
    assert len(store.dispatches.listed("Lyon 2", parked=True)) == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("retry", "--number", "99"), "that is still to be sent has the number 99; 'mien outbox show' tells"),
        (("discard", "crm.csv", "--number", "1"), "has the number 1 by crm.csv; 'mien outbox show'"),
        (("show", "pigeon"), "names no channel 'pigeon', and nothing is left of one; choose one of mqtt, crm.csv"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_one_clear_line(mien, shop, parked, arguments, words) -> None:
    command, *rest = arguments
    channel = [one for one in rest if one in {"crm.csv", "pigeon"}]
    failed = mien("outbox", command, shop, *channel, *(one for one in rest if one not in channel))
    assert failed.code == 2
    assert words in failed.complaint


def test_what_is_left_of_a_channel_that_the_file_no_longer_names_can_be_discarded(
    mien, shop, parked, store: Store
) -> None:
    shop.write_text(template("Lyon 2", "Europe/Paris"), encoding="utf-8")
    assert "no longer in the site file" in mien("outbox", "show", shop).out
    assert "1 event of" in mien("outbox", "discard", shop, "mqtt", "--yes").out
    assert len(store.dispatches.listed("Lyon 2")) == 2
