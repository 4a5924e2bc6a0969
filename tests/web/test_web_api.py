"""The API: whatever is sent, the answer is what its description says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from jsonschema import Draft202012Validator, validate
from schemathesis.specs.openapi.checks import positive_data_acceptance
from starlette.testclient import TestClient

from mien.journey.now import PersonNow
from mien.privacy.roles import Right
from mien.store import RecordingKey, Source, Store
from mien.store.live import Now
from mien.web.api.description import operations
from mien.web.app import create_app
from mien.web.settings import WebSettings
from store.store_making import READER, interaction
from support.new_store import ready_made
from support.sites import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from httpx2 import Response

pytestmark = pytest.mark.once

SITE = (
    HEAD
    + """\
[touchpoints.tills]
role = "checkout"

[cameras.till]
touchpoint = "tills"
url = "rtsp://192.0.2.1/cam"

[service_points."till 1"]
camera = "till"
till = "1"
"""
)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FastAPI]:
    folder: Path = tmp_path_factory.mktemp("api")
    (folder / "lyon.toml").write_text(SITE)
    with Store.open(ready_made(folder / "s.sqlite")) as store:
        app = create_app(WebSettings(site_files=(folder / "lyon.toml",), names=("testserver",)), store)
        app.state.tried = store.keys.make("tests", set(Right) - {Right.USERS}, by="tests").token
        yield app
        app.state.joiner.close()


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    return TestClient(
        app, base_url="http://localhost", headers={"Authorization": f"Bearer {app.state.tried}"}
    )


def test_every_answer_is_as_described(app: FastAPI) -> None:
    described = schemathesis.openapi.from_asgi("/api/v1/openapi.json", app)
    shown = {"Authorization": f"Bearer {app.state.tried}"}
    asked = 0
    for operation in (one.ok() for one in described.get_all_operations()):
        if operation.path.endswith("/stream"):
            continue  # it has no end; its own test is below

        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
        @given(case=operation.as_strategy())
        def ask(case: schemathesis.Case) -> None:
            # What a description cannot say (days in their order, tills that there are) is refused as it should be.
            case.call_and_validate(excluded_checks=[positive_data_acceptance], headers=shown)

        ask()
        asked += 1
    assert asked >= 6


def sale(**changes: object) -> dict[str, object]:
    printed = datetime.now(UTC) - timedelta(hours=1)
    return {"till": "1", "number": "7", "printed_at": printed.isoformat(), **changes}


def test_a_receipt_sent_twice_is_there_once(client: TestClient, app: FastAPI) -> None:
    sent = {"site": "Lyon 2", "sales": [sale(number="twice")]}
    first, second = (client.post("/api/v1/sales", json=sent).json() for _ in range(2))
    assert (first["new"], second["new"], second["known"]) == (1, 0, 1)
    store: Store = app.state.store
    assert [one.number for one in store.receipts.entries("Lyon 2") if one.number == "twice"] == ["twice"]


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"till": "9"}, "no service point"),
        ({"printed_at": (datetime.now(UTC) + timedelta(hours=1)).isoformat()}, "still to come"),
        ({"printed_at": "2026-05-04T10:31:07"}, "timezone"),
        ({"number": "a\u0000b"}, "pattern"),
    ],
)
def test_a_wrong_receipt_is_refused_in_one_sentence(
    client: TestClient, changes: dict[str, object], what: str
) -> None:
    answer = client.post("/api/v1/sales", json={"site": "Lyon 2", "sales": [sale(**changes)]})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert what in answer.json()["detail"]


def test_nothing_of_a_batch_with_a_wrong_receipt_is_stored(client: TestClient, app: FastAPI) -> None:
    batch = {"site": "Lyon 2", "sales": [sale(number="with a wrong one"), sale(till="9")]}
    assert client.post("/api/v1/sales", json=batch).status_code == 422
    store: Store = app.state.store
    assert "with a wrong one" not in {one.number for one in store.receipts.entries("Lyon 2")}


def test_the_moment_is_told_and_another_site_is_not_there(client: TestClient, app: FastAPI) -> None:
    store: Store = app.state.store
    person = PersonNow(track_id=1, since_s=0.0)
    store.live.say("Lyon 2", {"till": Now(touchpoint="tills", people=(person,))})
    [moment] = client.get("/api/v1/moment").json()
    [touchpoint] = moment["touchpoints"]
    assert (touchpoint["name"], touchpoint["role"], len(touchpoint["people"])) == ("tills", "checkout", 1)
    answer = client.get("/api/v1/moment?site=Nowhere")
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_interactions_come_page_by_page_and_a_look_at_one_is_noted(client: TestClient, app: FastAPI) -> None:
    store: Store = app.state.store
    begun = Source("till.mp4", datetime.now(UTC) - timedelta(hours=2), 60.0, "till")
    key = RecordingKey("of these tests", "Lyon 2", "tills")
    with store.recordings.begin(key, "d", reader=READER, source=begun) as run:
        run.commit([interaction(n, site="Lyon 2", touchpoint="tills") for n in range(1, 6)], {}, 20.0, {})
        run.finish({})
    asked = "/api/v1/interactions?site=Lyon 2&touchpoint=tills&limit=2"
    page, seen = client.get(asked).json(), []
    while True:
        seen += [one["interaction"]["id"] for one in page["interactions"]]
        if page["next"] is None:
            break
        page = client.get(f"{asked}&before={page['next']}").json()
    assert seen == [interaction(n).id for n in range(5, 0, -1)]
    one = client.get(f"/api/v1/interactions/{seen[0]}").json()
    assert len(one["interaction"]["curve"]["t_s"]) == 32
    assert any(seen[0] in look.subject for look in store.looks.entries())


def test_comparisons_are_told_with_their_reasons(client: TestClient) -> None:
    today = datetime.now(UTC).date().isoformat()
    found = client.get(f"/api/v1/compare?by=touchpoint&first={today}&last={today}").json()
    assert all(row["found"]["mean"] is None and row["found"]["reason"] for row in found["found"]["rows"])
    wrong = client.get(f"/api/v1/compare?first={today}&last=2020-01-01")
    assert (wrong.status_code, "exchange" in wrong.json()["detail"]) == (422, True)


def test_every_operation_shows_an_answer_and_every_problem_that_are_as_described(app: FastAPI) -> None:
    described = app.openapi()
    for name, operation in operations(described):
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                assert "json" not in kind or "example" in content, (name, status)
                if "example" in content:
                    validate(content["example"], {**described, **content["schema"]}, Draft202012Validator)


def test_a_parameter_that_is_not_there_is_named(client: TestClient) -> None:
    answer = client.get("/api/v1/sites", params={"bogus": 1})
    assert answer.status_code == 422
    assert answer.json()["detail"] == "There is no parameter 'bogus' here; this address takes none."
    assert (
        "no parameter 'sites' here; site may be given" in client.get("/api/v1/names?sites=a").json()["detail"]
    )


def test_monitors_may_ask_for_headers_alone(client: TestClient) -> None:
    asked, whole = client.head("/api/v1/sites"), client.get("/api/v1/sites")
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked.headers["content-length"] == whole.headers["content-length"]


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        (b'{"site": ' + b"[" * 100_000, 400, "no JSON that can be read"),
        (b" " * 14_000_000, 413, "longer than anything that is taken here"),
    ],
)
def test_what_cannot_be_read_is_a_problem_with_a_way_out(
    client: TestClient, sent: bytes, status: int, told: str
) -> None:
    answer = client.post("/api/v1/sales", content=sent, headers={"Content-Type": "application/json"})
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["detail"]


def test_a_host_that_is_not_served_is_a_problem_too(client: TestClient) -> None:
    answer = client.get("/api/v1/sites", headers={"Host": "elsewhere.example"})
    assert (answer.status_code, answer.headers["content-type"]) == (400, "application/problem+json")
    assert "not served by this name" in answer.json()["detail"]
    assert "Content-Security-Policy" in answer.headers


def test_a_till_by_two_names_is_one_and_a_wrong_service_point_is_named(client: TestClient) -> None:
    printed_at = (datetime.now(UTC) - timedelta(hours=1)).isoformat()

    def send(**sale: str) -> Response:
        one = {"number": "17", "printed_at": printed_at, **sale}
        return client.post("/api/v1/sales", json={"site": "Lyon 2", "sales": [one]})

    assert [send(till=till).json()["new"] for till in ("1", "till 1", "1")] == [1, 0, 0]
    assert "its tills are 1 (till 1)" in send(till="9").json()["detail"]
    assert (
        "the service point 'desk', which Lyon 2 does not have"
        in send(till="1", service_point="desk").json()["detail"]
    )
