"""Tasks on the page: whoever may see single visits sees why, and says when it is done."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mien.action import TaskState, Unhappy
from mien.privacy.roles import Role
from mien.store import Store
from support.new_store import ready_made
from support.web_people import Place, token_in

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from mien.action import Task

NOW = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
WHY = "%(time)s, %(where)s: at the end the face showed %(final)s."


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with Store.open(ready_made(tmp_path / "s.sqlite"), clock=lambda: NOW) as store:
        yield Place(store)


def opened(place: Place, subject: str, *, site: str = "North", hours: float = 24.0) -> Task:
    about = Unhappy(subject, WHY, {"time": "09:00", "where": "till 2", "final": -0.42})
    due = NOW + timedelta(hours=hours)
    found = place.store.tasks.open(site, NOW.date(), "tills", about, due_at=due, folded=False)
    assert found is not None
    return found


def test_a_manager_sees_why_and_by_when_and_says_that_it_is_done(place: Place) -> None:
    task = opened(place, "i1")
    opened(place, "i2", hours=-1)
    manager = place.signed_in(Role.MANAGER, None)
    text = manager.get("/tasks", headers={"Accept-Language": "fr"}).text
    assert "−0,42" in text, "numbers as French has them"
    page = manager.get("/tasks")
    text = page.text
    assert "09:00, till 2: at the end the face showed −0.42." in text
    assert "Overdue since" in text
    answer = manager.post(f"/tasks/{task.uid}/done", data={"csrf_token": token_in(page)})
    assert answer.status_code == 303
    known = place.store.tasks.get(task.uid)
    assert known is not None
    assert known.state is TaskState.DONE
    assert "Closed lately" in manager.get("/tasks").text


def test_who_may_not_see_single_visits_sees_no_task_nor_those_of_another_site(place: Place) -> None:
    task = opened(place, "i1", site="South")
    opened(place, "i2", site="North")
    assert place.signed_in(Role.STAFF, None).get("/tasks").status_code == 403
    manager = place.signed_in(Role.MANAGER, "North")
    page = manager.get("/tasks")
    assert page.text.count("<article") == 1
    token = {"csrf_token": token_in(page)}
    assert manager.post(f"/tasks/{task.uid}/done", data=token).status_code == 404
    known = place.store.tasks.get(task.uid)
    assert known is not None
    assert known.state is TaskState.OPEN
