"""Events reach a real broker in order, at least once, whatever happens to it."""

from __future__ import annotations

import gc
import json
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest
from cloudevents.core.formats.json import JSONFormat

from mien.errors import DeliveryError, SettingError
from mien.runtime.delivery import deliver
from mien.runtime.delivery.mqtt import MqttSender, topic_level
from support.broker import PASSWORD, USER
from support.waiting import DEADLINE_S, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mien.site import MqttDelivery
    from mien.store import Store
    from support.broker import Broker, Listener

SITE = "Lyon 2"


class Following:
    """A delivery that goes on in a thread until it is stopped."""

    def __init__(self, store: Store, sender: MqttSender) -> None:
        self.told: list[str] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(store, sender))
        self._thread.start()

    def _run(self, store: Store, sender: MqttSender) -> None:
        how = {
            "stop": self._stop.is_set,
            "told": lambda text, _: self.told.append(text),
            "first_wait_s": 0.05,
        }
        self.done = deliver(store, SITE, sender, **how)

    def end(self) -> None:
        self._stop.set()
        self._thread.join(DEADLINE_S)
        assert not self._thread.is_alive()


@pytest.fixture
def follow(store: Store, settings: Callable[..., MqttDelivery]):
    made: list[Following] = []

    def begin(**keys: object) -> Following:
        made.append(Following(store, MqttSender(settings(**keys), answer_s=1.0)))
        return made[-1]

    yield begin
    for one in made:
        one.end()


def ids(listener: Listener) -> list[str]:
    return [json.loads(payload)["id"] for _, payload, _ in listener.got]


def once(found: list[str]) -> list[str]:
    """The first of each, as somebody keeps them who knows what came before by its id."""
    return list(dict.fromkeys(found))


def test_each_event_is_published_whole_and_once(broker, listen, settings, store, happen) -> None:
    broker.start()
    listener = listen()
    sent = happen(3)
    happen(2, site="Oslo")
    more = happen(1, touchpoint="a+b/c#")
    sender = MqttSender(settings(topic_prefix="shops/fr"))
    assert deliver(store, SITE, sender, once=True).events == 4
    until(lambda: len(listener.got) == 4, "four messages")
    assert ids(listener) == sent + more
    assert [topic for topic, _, _ in listener.got[-2:]] == [
        "shops/fr/Lyon 2/tills/interaction",
        "shops/fr/Lyon 2/a%2Bb%2Fc%23/interaction",
    ]
    assert {kind for _, _, kind in listener.got} == {"application/cloudevents+json"}
    # Another's reader takes it for what it is.
    event = JSONFormat().read(None, listener.got[0][1])
    assert (event.get_id(), event.get_source()) == (sent[0], "/sites/Lyon%202/touchpoints/tills")
    assert event.get_specversion() == "1.0"
    assert deliver(store, SITE, sender, once=True).events == 0


def test_a_broker_that_is_killed_and_comes_back_misses_nothing(broker, listen, store, happen, follow) -> None:
    early = happen(60)
    following = follow()
    until(lambda: following.told, "it is said that nobody answers")
    assert "cannot be reached" in following.told[0]
    assert "Trying again in 0 s; events waiting: 60." in following.told[0]
    broker.start()
    first = listen()
    until(lambda: ids(first), "some events")
    broker.kill()
    seen = ids(first)
    late = happen(5)
    broker.start()
    second = listen()
    until(lambda: late[-1] in ids(second), "the last event")
    until(lambda: any("go out to" in said and "again" in said for said in following.told), "that is told")
    # What the dead broker had confirmed and not passed on is the broker's; nothing else may be missing.
    assert set(late) <= set(ids(second))
    known = [one for one in early + late if one in set(seen + ids(second))]
    assert once(seen + ids(second)) == known, "in order, but for what came twice"
    following.end()
    assert store.dispatches.waiting(SITE, "mqtt") == 0


def test_a_broker_that_freezes_is_waited_for(broker, listen, store, happen, follow) -> None:
    broker.start()
    listener = listen()
    following = follow()
    sent = happen(1)
    until(lambda: ids(listener) == sent, "the first event")
    broker.freeze()
    try:
        sent += happen(1)
        until(lambda: following.told, "it is noticed")
        assert store.dispatches.waiting(SITE, "mqtt") == 1
    finally:
        broker.thaw()
    until(lambda: store.dispatches.waiting(SITE, "mqtt") == 0, "the second event")
    until(lambda: once(ids(listener)) == sent, "the second event is heard")


def test_a_broker_that_refuses_the_password_gets_all_once_it_takes_it(
    broker: Broker, listen, store, happen, follow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    passwords = tmp_path / "passwords"
    broker.settings = ["allow_anonymous false", f"password_file {passwords}"]
    make = ["mosquitto_passwd", "-b", str(passwords), USER]
    passwords.touch()
    subprocess.run([*make, "another"], check=True)
    broker.start()
    monkeypatch.setenv("MIEN_MQTT", PASSWORD)
    sent = happen(2)
    following = follow(user=USER, password={"env": "MIEN_MQTT"})
    until(lambda: following.told, "the refusal is said")
    assert "refuses Mien (Not authorized); check user and password under [delivery.mqtt]" in following.told[0]
    assert not any(PASSWORD in said for said in following.told)
    broker.kill()
    subprocess.run([*make, PASSWORD], check=True)
    broker.start()
    listener = listen()
    until(lambda: store.dispatches.waiting(SITE, "mqtt") == 0, "all events")
    until(lambda: set(ids(listener)) <= set(sent), "nothing else")


def test_a_refused_event_is_parked_and_goes_out_once_it_may(
    broker: Broker, settings, store, happen, tmp_path: Path
) -> None:
    rights = tmp_path / "acl"
    rights.write_text("topic write mien/+/tills/#\n")
    broker.settings += [f"acl_file {rights}"]
    broker.start()
    sent = happen(1), happen(1, touchpoint="door"), happen(1)
    sender = MqttSender(settings())
    told: list[str] = []
    done = deliver(store, SITE, sender, once=True, told=lambda text, _: told.append(text))
    assert (done.events, done.parked, done.waiting) == (2, 1, 0)
    (parked,) = store.dispatches.listed(SITE, "mqtt", parked=True)
    assert [parked.entry.event.id] == sent[1]
    assert "refuses the event for the topic 'mien/Lyon 2/door/interaction' (Not" in (parked.reason or "")
    assert told == [f"{parked.reason} It is parked as number {parked.id}; see 'mien outbox show'."]
    rights.write_text("topic write mien/#\n")
    broker.kill()
    broker.start()
    assert deliver(store, SITE, sender, once=True).events == 0, "somebody must say so"
    assert store.dispatches.retry(SITE, "mqtt") == 1
    assert deliver(store, SITE, sender, once=True).events == 1
    assert store.dispatches.listed(SITE) == []


# paho leaves the socket of a handshake that failed to the garbage collector.
@pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning")
def test_with_tls_only_a_broker_whose_certificate_is_signed_by_the_named_authority_is_told(
    broker: Broker, listen, settings, store, happen, tmp_path: Path
) -> None:
    for name in ("right", "wrong"):
        command = (
            "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=127.0.0.1"
            f" -addext subjectAltName=IP:127.0.0.1 -keyout {name}.key -out {name}.pem"
        )
        subprocess.run(command.split(), cwd=tmp_path, check=True, capture_output=True)
    broker.settings += [f"certfile {tmp_path}/right.pem", f"keyfile {tmp_path}/right.key"]
    broker.start()
    happen(2)
    wrong = MqttSender(settings(tls=True, ca_file=str(tmp_path / "wrong.pem")))
    with pytest.raises(DeliveryError, match="certificate verify failed"):
        deliver(store, SITE, wrong, once=True)
    gc.collect()
    assert store.dispatches.waiting(SITE, "mqtt") == 2
    sender = MqttSender(settings(tls=True, ca_file=str(tmp_path / "right.pem")))
    assert sender.shown == f"mqtts://127.0.0.1:{broker.port}"
    assert deliver(store, SITE, sender, once=True).events == 2
    for file in ("none.pem", "right.key"):
        with pytest.raises(SettingError, match=r"delivery.mqtt.ca_file cannot be used: (No such|holds no)"):
            MqttSender(settings(tls=True, ca_file=str(tmp_path / file)))


@pytest.mark.parametrize(
    ("name", "level"),
    [
        (None, "-"), ("", "-"), ("-", "%2D"), ("tills", "tills"), ("Zürich 1.5_b", "Zürich 1.5_b"),
        ("50 %", "50 %25"), ("a/b+c#d", "a%2Fb%2Bc%23d"), ("$SYS", "%24SYS"), ("\0\n", "%00%0A"),
        ("x" * 999, "x" * 100),
    ],
)  # fmt: skip
def test_names_are_safe_in_topics(name: str | None, level: str) -> None:
    assert topic_level(name) == level
