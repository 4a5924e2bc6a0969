"""Tasks on the page: whoever may see single visits sees why, and says when it is done."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import pytest

from mien.action import TaskState, Unhappy
from mien.privacy.roles import Role
from mien.runtime.delivery.wording import task_page
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
    nine = datetime(2026, 5, 4, 9, tzinfo=ZoneInfo("Europe/Paris"))
    about = Unhappy(subject, WHY, {"time": nine, "where": "till 2", "final": -0.42})
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


def many(place: Place) -> tuple[list[Task], list[Task]]:
    """Six tasks, overdue, and sixty newer ones that are closed."""
    still = [opened(place, f"o{number}", hours=-1 - number) for number in range(6)]
    done = [opened(place, f"c{number}") for number in range(60)]
    for one in done:
        place.store.tasks.close(one.uid, TaskState.DONE)
    return still, done


def test_what_is_open_is_shown_however_much_was_closed_since(place: Place) -> None:
    still, _ = many(place)
    manager = place.signed_in(Role.MANAGER, None)
    text = manager.get("/tasks").text
    assert text.count("Overdue since") == 6
    assert [text.index(f"task-{one.uid}") for one in reversed(still)] == sorted(
        text.index(f"task-{one.uid}") for one in still
    ), "what has been due for longest stands first"
    older = re.search(r"/tasks\?(closed=\d+)#closed-title", text)
    assert older is not None
    assert len(re.findall(r"<li>Find out why", text)) == 50
    assert len(re.findall(r"<li>Find out why", manager.get(f"/tasks?{older[1]}").text)) == 10


def test_many_open_tasks_are_paged_in_the_order_in_which_they_are_due(place: Place) -> None:
    tasks = [opened(place, f"o{number}", hours=100.0 - number) for number in range(60)]
    manager = place.signed_in(Role.MANAGER, None)
    first = manager.get("/tasks").text
    assert first.count("<article") == 50
    assert f"task-{tasks[-1].uid}" in first
    later = re.search(r"/tasks\?(after=\d+)", first)
    assert later is not None
    second = manager.get(f"/tasks?{later[1]}").text
    assert second.count("<article") == 10
    assert f"task-{tasks[0].uid}" in second


def test_a_link_from_outside_has_its_task_in_sight_wherever_it_stands(place: Place) -> None:
    tasks = [opened(place, f"o{number}", hours=100.0 - number) for number in range(60)]
    manager = place.signed_in(Role.MANAGER, "North")
    link = urlsplit(task_page("https://mien.example", tasks[0]))
    assert link.fragment == f"task-{tasks[0].uid}"
    text = manager.get(f"{link.path}?{link.query}").text
    assert text.index("The task that you asked for") < text.index(link.fragment) < text.index("Open <small>")
    assert text.count(f'id="{link.fragment}"') == 1
    place.store.tasks.close(tasks[0].uid, TaskState.DONE)
    assert f'id="{link.fragment}"' in manager.get(f"{link.path}?{link.query}").text, "closed since"
    other = opened(place, "s1", site="South")
    hidden = manager.get(f"/tasks?task={other.uid}").text
    assert f"task-{other.uid}" not in hidden
    assert "not here any more" in hidden


def test_the_api_gives_every_open_task_and_closes_one(place: Place) -> None:
    still, done = many(place)
    manager = place.signed_in(Role.MANAGER, None)
    page = manager.get("/api/v1/tasks?limit=4").json()
    rest = manager.get(f"/api/v1/tasks?limit=4&after={page['next']}").json()
    assert [one["id"] for one in (*page["tasks"], *rest["tasks"])] == [one.uid for one in reversed(still)]
    assert (page["open"], page["overdue"], rest["next"]) == (6, 6, None)
    assert page["tasks"][0]["evidence"][0]["why"] == "09:00, till 2: at the end the face showed −0.42."
    closed = manager.get("/api/v1/tasks?state=closed&limit=40").json()
    older = manager.get(f"/api/v1/tasks?state=closed&limit=40&after={closed['next']}").json()
    assert len({one["id"] for one in (*closed["tasks"], *older["tasks"])}) == len(done)
    token = {"X-CSRF-Token": token_in(manager.get("/tasks"))}
    answer = manager.post(f"/api/v1/tasks/{still[0].uid}/done", headers=token).json()
    assert (answer["state"], answer["overdue"]) == ("done", False)
    assert manager.get(f"/api/v1/tasks/{still[0].uid}").json() == answer
    assert place.signed_in(Role.MANAGER, "South").get(f"/api/v1/tasks/{still[1].uid}").status_code == 404
