"""`mien serve`: the first start, what it refuses, and its end."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx2
import pytest

from support.command import runner
from support.waiting import free_port, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from support.command import Ran


@pytest.fixture
def mien(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Ran]:
    monkeypatch.chdir(tmp_path)
    return runner(capsys, monkeypatch, 200)


@pytest.mark.once
def test_the_first_start_names_the_pages_and_the_way_in_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "mien", "serve", "--port", "0", "--store", str(tmp_path / "s.sqlite")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(3)]
        pages, link = (re.search(r"http://\S+", line) for line in said[:2])
        assert pages is not None
        assert link is not None
        with httpx2.Client(trust_env=False, headers={"Accept": "text/html"}) as client:
            assert until(lambda: client.get(f"{pages[0]}healthz").text == "ok\n", "the pages answer")
            assert client.get(pages[0]).headers["location"] == "/sign-in"
            assert "first administrator" in client.get(link[0]).text
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert "Traceback" not in errors


def test_a_network_is_not_served_in_the_open(mien: Callable[..., Ran]) -> None:
    ran = mien("serve", "--host", "0.0.0.0", "--store", "s.sqlite")
    assert ran.code == 2
    assert "mien tls" in ran.complaint


def test_a_port_that_no_machine_has_is_refused(mien: Callable[..., Ran]) -> None:
    ran = mien("serve", "--port", str(70000 + free_port() % 10), "--store", "s.sqlite")
    assert ran.code == 2
    assert "port" in ran.complaint.lower()
