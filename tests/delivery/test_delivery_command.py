"""`mien deliver` as its users and a supervisor run it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING

import pytest

from mien.site import template
from support.command import Ran, runner
from support.waiting import DEADLINE_S, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.broker import Broker, Listener


@pytest.fixture
def mien(path: Path, tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MIEN_STORE", str(path))
    return runner(capsys, monkeypatch, 200)


@pytest.fixture
def site_file(tmp_path: Path, broker: Broker) -> Path:
    made = tmp_path / "shop.toml"
    table = f'\n[delivery.mqtt]\nhost = "127.0.0.1"\nport = {broker.port}\n'
    made.write_text(template("Lyon 2", "Europe/Paris") + table, encoding="utf-8")
    return made


def test_once_says_what_it_did_and_what_it_could_not(mien, site_file, broker, listen, store, happen) -> None:
    sent = happen(3)
    failed = mien("deliver", site_file, "--once")
    assert failed.code == 2
    assert (
        f"The broker mqtt://127.0.0.1:{broker.port} cannot be reached: Connection refused."
        in failed.complaint
    )
    broker.start()
    listener = listen()
    done = mien("deliver", site_file, "--once")
    assert (done.code, done.err) == (0, "")
    assert f"3 delivered to mqtt://127.0.0.1:{broker.port}, 0 waiting." in done.out
    until(lambda: [json.loads(payload)["id"] for _, payload, _ in listener.got] == sent, "three messages")


def test_a_site_file_without_a_broker_or_a_missing_store_is_one_clear_line(mien, site_file, path) -> None:
    missing = mien("deliver", site_file, "--once")
    assert missing.code == 2
    assert "There is no store at" in missing.complaint
    site_file.write_text(template("Lyon 2", "Europe/Paris"), encoding="utf-8")
    nobody = mien("deliver", site_file)
    assert nobody.code == 2
    assert "names nobody to tell; add a table [delivery.mqtt] with a host" in nobody.complaint
    assert not path.exists()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_it_goes_on_until_it_is_told_to_end(site_file, broker, listen, store, happen, path, sign) -> None:
    broker.start()
    listener = listen()
    command = [sys.executable, "-m", "mien", "deliver", str(site_file), "--store", str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for expected in (2, 3):
        happen(expected - len(listener.got))
        until(partial(messages, listener, expected), "the events")
    until(lambda: store.dispatches.waiting("Lyon 2", "mqtt") == 0, "it is noted")
    process.send_signal(sign)
    out, err = process.communicate(timeout=DEADLINE_S)
    assert (process.returncode, err) == (130, "")
    assert f"3 delivered to mqtt://127.0.0.1:{broker.port}, 0 waiting." in out
    assert len(listener.got) == 3


def messages(listener: Listener, count: int) -> bool:
    return len(listener.got) >= count
