"""The public page of a site says what is the case there, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import cv2
import numpy as np
import pytest
import vl_convert
from starlette.testclient import TestClient

from mien.runtime.call.keeping import confirmed
from mien.store import Store
from mien.web.app import create_app
from mien.web.settings import WebSettings
from support.new_store import ready_made
from support.sites import HEAD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CAMERAS = """\
[touchpoints.tills]
role = "checkout"

[touchpoints.entrance]
role = "entrance"

[cameras.till]
touchpoint = "tills"
url = "rtsp://192.0.2.1/cam"

[cameras.door]
touchpoint = "entrance"
url = "rtsp://192.0.2.2/cam"
"""
CONTACT = """\
[contact]
controller = "Example Shops Ltd"
email = "privacy@shop.example"
"""


@pytest.fixture
def asked(tmp_path: Path) -> Callable[[str, str], str]:
    """The page of a site with more in its site file."""

    def ask(more: str, path: str = "/about/Lyon 2") -> str:
        file = tmp_path / "lyon.toml"
        file.write_text(HEAD + CAMERAS + more)
        with Store.open(ready_made(tmp_path / "s.sqlite")) as store:
            client = TestClient(
                create_app(WebSettings(site_files=(file,)), store), base_url="http://localhost"
            )
            return client.get(path, headers={"Accept": "text/html"}).text

    return ask


def test_it_tells_who_answers_since_when_and_for_how_long(asked: Callable[..., str]) -> None:
    page = asked(CONTACT + "[retention]\nreadings_days = 7\ninteractions_days = 90\nreceipts_days = 30\n")
    for said in (
        "Example Shops Ltd",
        "privacy@shop.example",
        "A. Martin",
        "4 May 2026",
        "7 days",
        "90 days",
    ):
        assert said in page
    assert "30 days" not in page  # receipts are not read there


def test_what_is_switched_off_is_not_told_and_what_is_on_is_told_with_its_basis(
    asked: Callable[..., str],
) -> None:
    on = (
        '[matching]\nenabled = true\nlegal_basis = "consent at the door"\n'
        'decided_on = 2026-05-04\ndecided_by = "DPO"\n'
    )
    assert "memory only" not in asked(CONTACT)
    assert "consent at the door" in asked(CONTACT + on)


def test_a_site_without_anybody_who_answers_says_so(asked: Callable[..., str]) -> None:
    assert "[contact]" in asked("")


def test_the_code_leads_to_the_page(asked: Callable[..., str]) -> None:
    drawn = vl_convert.svg_to_png(asked(CONTACT, "/about/Lyon 2/qr.svg"))
    picture = cv2.imdecode(np.frombuffer(drawn, np.uint8), cv2.IMREAD_COLOR)
    found, *_ = cv2.QRCodeDetector().detectAndDecode(picture)
    assert found == "http://localhost/about/Lyon%202"


def test_no_other_site_is_there(asked: Callable[..., str]) -> None:
    assert "There is no such site here." in asked(CONTACT, "/about/Riga")


def test_calls_are_told_of_where_there_are_any_and_are_no_camera(
    asked: Callable[..., str], tmp_path: Path
) -> None:
    said = "In video calls with us"
    assert said not in asked("")
    assert said in asked('[touchpoints.hotline]\nrole = "call"\n')
    with Store.open(ready_made(tmp_path / "s.sqlite")) as store:
        confirmed(store, "Lyon 2", "0" * 32, by="ann", language="fr", at=datetime.now(UTC))
    page = asked("")
    assert said in page
    assert "<dt>calls</dt>" not in page
    assert "confirmed" not in page
    assert page.count("<dt>tills</dt>") == 1
