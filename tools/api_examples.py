"""Ask every operation of the API once of a simulated store, and keep its answers, shortened, as examples of OpenAPI.

mien demo --no-serve --store demo.sqlite
python tools/api_examples.py demo.sqlite      # the site files lie beside it; it works on a copy
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from starlette.testclient import TestClient

from mien.privacy.roles import Grant, Role
from mien.runtime.demo.live import LiveShops
from mien.runtime.demo.story import Story
from mien.store import Store
from mien.web.access import Visitor
from mien.web.api.description import EXAMPLES, JSON, operations
from mien.web.app import create_app
from mien.web.settings import WebSettings

SITE: Final = "Simulated Lyon"
_EVERYBODY: Final = Visitor("documentation", "Documentation", tuple(Grant(role) for role in Role))
_MOST: Final = 2
"""Entries of a list that are kept."""
_SECONDS: Final = 20
"""For which simulated people come and go first."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("store", type=Path, help="the store of mien demo")
    asked = parser.parse_args()
    files = sorted(asked.store.parent.glob("simulated-*.toml"))
    with tempfile.TemporaryDirectory() as folder:
        copies = [Path(shutil.copy(path, folder)) for path in files]
        for path in (
            *asked.store.parent.glob("simulated-*.csv"),
            *asked.store.parent.glob(f"{asked.store.name}*"),
        ):
            shutil.copy(path, folder)
        with Store.open(str(Path(folder) / asked.store.name), create=False) as store:
            found = answers_of(store, copies)
    EXAMPLES.write_text(
        json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8"
    )
    print(
        f"{len(found)} answers in {EXAMPLES.name}, {EXAMPLES.stat().st_size / 1000:.0f} kB", file=sys.stderr
    )


def answers_of(store: Store, files: list[Path]) -> dict[str, Any]:
    """An answer of every operation that gives JSON, by method and path."""
    app = create_app(WebSettings(site_files=tuple(files)), store, identify=lambda _: _EVERYBODY)
    shops = LiveShops(store, Story(last_day=max(store.rollups.span((SITE,)) or ())))
    for second in range(_SECONDS):
        shops.step(float(second))
    client = TestClient(app, base_url="http://localhost")
    found = {}
    for name, operation in operations(app.openapi()):
        method, path = name.split()
        status, answer = next(iter(operation["responses"].items()))
        if JSON not in answer.get("content", {}):
            continue
        known = {one["name"] for one in operation.get("parameters", ())}
        where, query, body = _question(client, path, method, known)
        got = client.request(method, where, params=query, json=body)
        if got.status_code != int(status):
            raise SystemExit(f"{name} answered {got.status_code}: {got.text[:300]}")
        found[name] = _shortened(got.json())
    app.state.joiner.close()
    return found


def _question(
    client: TestClient, path: str, method: str, known: set[str]
) -> tuple[str, dict[str, Any], dict[str, Any] | None]:
    """What to ask there: address, query and body."""
    last = client.get("/api/v1/interactions", params={"site": SITE, "scored": True}).json()["interactions"][0]
    day = datetime.fromisoformat(last["started_at"]).date()
    days = {"first": str(day - timedelta(days=20)), "last": str(day)}
    lists = {"/api/v1/interactions/{uid}": "interactions", "/api/v1/visits/{uid}": "visits"}
    if path in lists:
        listed = client.get(path.removesuffix("/{uid}"), params={"site": SITE, "limit": 50}).json()[
            lists[path]
        ]
        parts = [one.get("interaction", one) for one in listed]
        told = next((one for one in parts if len(one.get("interactions", ())) > 1), parts[0])
        return path.replace("{uid}", told["id"]), {}, None
    if "/alerts/{uid}" in path:
        uid = client.get("/api/v1/alerts", params={"site": SITE}).json()["alerts"][0]["id"]
        return path.replace("{uid}", uid), {}, {"answer": "right"} if path.endswith("answer") else None
    if "/tasks/{uid}" in path:
        uid = client.get("/api/v1/tasks", params={"site": SITE}).json()["tasks"][0]["id"]
        return path.replace("{uid}", uid), {}, None
    if "/notices/{number}" in path:
        number = client.get("/api/v1/notices", params={"site": SITE}).json()["notices"][0]["number"]
        return path.replace("{number}", str(number)), {}, {"on": str(datetime.now(UTC).date())}
    if method == "POST":
        return path, {}, _body(client, path)
    query: dict[str, Any] = {} if path.endswith(("compare", "worsening")) else {"site": SITE}
    if path.rpartition("/")[2] in {"compare", "worsening", "flow"}:
        query |= days
    return path, {name: value for name, value in query.items() if name in known}, None


def _body(client: TestClient, path: str) -> dict[str, Any]:
    """What to send there."""
    now = datetime.now(UTC)
    if path.endswith("/sales"):
        sale = {"till": "POS-01", "number": "900001", "printed_at": now.isoformat(timespec="seconds")}
        return {"site": SITE, "sales": [sale]}
    if path.endswith("/notices"):
        return {
            "site": SITE,
            "text_version": "2026-05",
            "put_up_by": "A. Keller",
            "shown_on": str(now.date()),
        }
    known = client.get(path, params={"site": SITE}).json()[0]
    entry = {"about": "arrival tired", "language": "en", "text": "Offer the blue chair and a glass of water."}
    return {"site": SITE, "opened": known["version"], "protocol": known["protocol"], "entries": [entry]}


def _shortened(answer: Any) -> Any:  # noqa: ANN401  (whatever JSON holds)
    if isinstance(answer, list):
        return [_shortened(one) for one in answer[:_MOST]]
    if isinstance(answer, dict):
        return {name: _shortened(value) for name, value in answer.items()}
    return answer


if __name__ == "__main__":
    main()
