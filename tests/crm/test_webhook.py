"""What holds of the webhook alone: a receiver that follows the docs takes what is sent, once and in time."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from standardwebhooks import Webhook
from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route

from mien.crm import Done, TaskRecord
from mien.crm.webhook import WebhookConnector
from mien.site import WebhookCrm
from support.crm_worlds import ENVIRON, HOOK_SECRET, NOW

if TYPE_CHECKING:
    from starlette.requests import Request

    from support.crm_worlds import Hosts

DOCS = Path(__file__).parents[2] / "docs" / "crm.md"
TASK = TaskRecord("task:1", 43, "Zoë 👍", "tills: fell at 09:08", NOW)


def documented() -> Any:
    """The function that the docs give to whoever receives."""
    (code,) = re.findall(r"```python\n(import base64.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    found: dict[str, Any] = {}
    exec(code, found)
    return found["verified"]


def test_the_receiver_of_the_docs_takes_what_is_sent_and_nothing_else(hosts: Hosts) -> None:
    got: list[tuple[dict[str, str], bytes]] = []

    async def take(request: Request) -> Response:
        got.append((dict(request.headers), await request.body()))
        return Response(status_code=204)

    hosts.system.app = Starlette(routes=[Route("/hook", take, methods=["POST"])])
    settings = WebhookCrm.model_validate(
        {"url": f"http://127.0.0.1:{hosts.crm}/hook", "secret": {"env": "HOOK_SECRET"}}
    )
    moments = iter((NOW.timestamp(), NOW.timestamp() + 90))
    connector = WebhookConnector(settings, ENVIRON, clock=lambda: next(moments))
    assert isinstance(connector.send(TASK), Done)
    assert isinstance(connector.send(TASK), Done)
    connector.close()
    (first, body), (second, again) = got
    assert first["webhook-id"] == second["webhook-id"]
    assert body == again
    assert int(second["webhook-timestamp"]) - int(first["webhook-timestamp"]) == 90
    verified, now = documented(), NOW.timestamp()
    assert verified(HOOK_SECRET, first, body, now + 200)
    assert not verified(HOOK_SECRET, first, body, now + 301), "a replay"
    assert not verified(HOOK_SECRET, {**first, "webhook-timestamp": str(int(now) + 1)}, body, now)
    assert not verified(HOOK_SECRET, first, body.replace(b"tills", b"doors"), now)
    assert not verified("whsec_" + "A" * 48, first, body, now)
    # And the convention's own library agrees.
    assert Webhook(HOOK_SECRET).sign(first["webhook-id"], NOW, body.decode()) == first["webhook-signature"]
