"""What holds of Dataverse alone: faults at the socket, versions, the vendor's own SDK, checks and set-up."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from azure.core.credentials import AccessToken
from PowerPlatform.Dataverse.client import DataverseClient

from mien.crm import (
    Again,
    Closed,
    Closing,
    Done,
    Kind,
    NoteRecord,
    Parked,
    Segment,
    SegmentRecord,
    Stop,
    TaskRecord,
    VisitRecord,
    Withdrawal,
)
from mien.crm.dataverse.rows import row_id
from support.crm_worlds import CONTACT, NOW, DataverseWorld, customer
from support.dataverse import MANAGER, Reply
from support.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

VISIT = VisitRecord(
    key="visit:5b0e1c1e", sequence=42, site="Lyon 2", started_at=NOW, ended_at=NOW + timedelta(minutes=9),
    outcome="worsened", eps=-31.25, eps_low=-44.0, eps_high=-18.5, calibrated=True, selected_sample=True,
    stops=(Stop("door", 0.1, 0.0, 0.2), Stop("tills", -0.21, -0.3, -0.1)), scale="balance", reader="mien 1.3.0",
    touchpoint="tills", happiness_index=58.1, hi_low=51.0, hi_high=65.2, reason="none",
    customer=customer(),
)  # fmt: skip
TASK = TaskRecord(
    "task:1", 43, "Find out why, put it right", "tills: fell at 09:08", NOW, about=VISIT.key, urgent=True
)
NOTE = NoteRecord("note:1", 44, "Left unhappier", "EPS -31 (-44 to -19)", customer=customer())
SEGMENT = SegmentRecord("segment:7", 45, customer(), Segment.UNHAPPIER)
UID = row_id(Kind.VISIT, VISIT.key)


@pytest.mark.parametrize("fault", [one for one in Fault if one is not Fault.NONE])
def test_whatever_breaks_at_the_socket_nothing_is_lost_and_nothing_doubled(
    ready: DataverseWorld, open_: Any, fault: Fault
) -> None:
    connector = open_(ready, answer_s=60.0)
    connector.check()  # with a token in hand
    if fault in {Fault.SLOW, Fault.DRIP}:
        connector = open_(ready, answer_s=0.5)
    troubles = 0
    for n, record in enumerate((VISIT, replace(VISIT, sequence=46, outcome="unclear"), TASK, NOTE, SEGMENT)):
        # Where waiting takes time, not every time.
        ready.proxy.faults += [fault] if n < 2 or fault not in {Fault.SLOW, Fault.DRIP} else []
        for _ in range(20):
            result = connector.send(record)
            if isinstance(result, Done):
                break
            assert isinstance(result, Again), result.reason
            troubles += 1
        assert isinstance(result, Done)
    assert troubles >= 2
    (visit,) = ready.visits()
    assert (visit["sequence"], visit["outcome"]) == (46, "unclear")
    assert (len(ready.tasks()), len(ready.notes()), ready.segment()) == (1, 1, "left unhappier")


def test_a_lost_answer_to_a_write_itself_changes_nothing_when_it_is_sent_again(
    ready: DataverseWorld, open_: Any
) -> None:
    connector = open_(ready)
    anonymous = replace(VISIT, customer=None)
    for record in (anonymous, TASK):
        ready.proxy.faults.append(Fault.RESET_AFTER)
        seen = ready.proxy.passed
        assert isinstance(connector.send(record), Again)
        assert ready.proxy.passed == seen + 1, "the server has done it"
        tag = ready.server.rows("mien_visits")[0]["@odata.etag"]
        assert isinstance(connector.send(record), Done)
        assert ready.server.rows("mien_visits")[0]["@odata.etag"] == tag, "nothing was written again"
    assert (len(ready.visits()), len(ready.tasks())) == (1, 1)


def test_what_others_write_in_between_is_not_overwritten_by_less(ready: DataverseWorld, open_: Any) -> None:
    connector, server = open_(ready), ready.server
    assert isinstance(connector.send(VISIT), Done)
    newer = {"mien_sequence": f"{90:019}", "mien_outcome": "improved"}
    server.meanwhile.append(lambda: server.change("mien_visits", UID, newer))
    assert isinstance(connector.send(replace(VISIT, sequence=50, outcome="unclear")), Done)
    assert ready.visits()[0]["outcome"] == "improved"
    # And what is newer than that goes over it, although the row changed once more while it was written.
    server.meanwhile.append(lambda: server.change("mien_visits", UID, {"mien_sequence": f"{91:019}"}))
    assert isinstance(connector.send(replace(VISIT, sequence=99, outcome="unclear", customer=None)), Done)
    (found,) = ready.visits()
    assert (found["sequence"], found["outcome"], found["customer"]) == (99, "unclear", False)


def test_a_token_that_is_revoked_is_replaced_and_a_secret_that_ended_is_said(
    ready: DataverseWorld, open_: Any
) -> None:
    connector, server = open_(ready), ready.server
    assert isinstance(connector.send(replace(VISIT, customer=None)), Done)
    given = server.tokens_given
    assert isinstance(connector.send(TASK), Done)
    assert server.tokens_given == given, "a token that holds is used again"
    server.alive.clear()
    assert isinstance(connector.send(replace(TASK, key="task:2")), Done)
    server.alive.clear()
    server.secret = "another"
    ended = connector.send(replace(TASK, key="task:3"))
    assert isinstance(ended, Again)
    assert ended.after_s == 300
    assert (
        "gives the application 11111111-2222-3333-4444-555555555555 no token (AADSTS7000215" in ended.reason
    )
    assert "make a new secret where the old one has ended" in ended.reason
    stranger = open_(ready, tenant="nobody.example").send(TASK)
    assert isinstance(stranger, Again)
    assert "knows no tenant 'nobody.example'" in stranger.reason


def test_a_customer_whom_the_system_does_not_know_is_parked(ready: DataverseWorld, open_: Any) -> None:
    connector = open_(ready)
    unknown = connector.send(replace(NOTE, customer=customer("L-0815")))
    assert isinstance(unknown, Parked)
    assert "has no contact whose mien_reference is the reference of this consent" in unknown.reason
    seen = len(ready.server.log)
    odd = connector.send(replace(SEGMENT, customer=customer("a/b")))
    assert isinstance(odd, Parked)
    assert "has the character /" in odd.reason
    assert len(ready.server.log) == seen, "nothing was asked"
    assert not any("L-0815" in one.reason for one in (unknown, odd))


def test_a_right_that_is_missing_parks_and_the_rows_are_those_of_the_vendors_tables(
    ready: DataverseWorld, open_: Any
) -> None:
    connector, server = open_(ready), ready.server
    for record in (VISIT, TASK, replace(TASK, key="task:2", about=None, customer=customer()), NOTE):
        assert isinstance(connector.send(record), Done)
    first, second = server.rows("tasks")
    assert (first["_ownerid_value"], first["prioritycode"], first["statecode"]) == (MANAGER, 2, 0)
    assert (first["_regardingobjectid_value"], second["_regardingobjectid_value"]) == (UID, CONTACT)
    assert server.rows("annotations")[0]["_objectid_value"] == CONTACT
    (visit,) = server.rows("mien_visits")
    assert visit["mien_visitid"] == UID
    assert [name for name, value in visit.items() if value is None] == [], "every column is written"
    assert [visit[f"mien_eps{end}"] for end in ("", "low", "high")] == [-31.25, -44.0, -18.5]
    assert visit["mien_way"] == "door: +0.10 (+0.00 to +0.20)\ntills: -0.21 (-0.30 to -0.10)"
    server.lacking.add("prvCreatetask")
    refused = connector.send(replace(TASK, key="task:9"))
    assert isinstance(refused, Parked)
    assert "refuses it (403: Principal user" in refused.reason


class _Credential:
    """A credential as the SDK wants one, over the same authority."""

    def __init__(self, world: DataverseWorld) -> None:
        self._world = world

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        assert scopes == (f"{self._world.tls_url}/.default",)
        self._world.server.alive.add("sdk")
        return AccessToken("sdk", 4_000_000_000)

    def close(self) -> None:
        """Nothing is open."""


@pytest.fixture
def sdk(ready: DataverseWorld, monkeypatch: pytest.MonkeyPatch) -> Iterator[DataverseClient]:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(ready.ca_file))
    with DataverseClient(ready.tls_url, _Credential(ready)) as client:
        yield client


def test_the_vendors_sdk_reads_what_was_written_and_what_it_writes_is_read(
    ready: DataverseWorld, sdk: DataverseClient, open_: Any
) -> None:
    connector = open_(ready)
    keys = [f"task:{n}" for n in range(45)]
    for record in (VISIT, NOTE, *(replace(TASK, key=key) for key in keys)):
        assert isinstance(connector.send(record), Done)
    read = sdk.records.retrieve(
        "mien_visit", UID, select=["mien_site", "mien_eps", "mien_key", "_mien_contact_value"]
    )
    assert (read["mien_site"], read["mien_eps"], read["_mien_contact_value"]) == ("Lyon 2", -31.25, CONTACT)
    note = sdk.records.retrieve("annotation", row_id(Kind.NOTE, NOTE.key))
    assert note["notetext"] == "EPS -31 (-44 to -19)"
    assert connector.closings(keys) == []
    done = {"statecode": 1, "statuscode": 5, "actualend": "2026-05-04T14:00:00Z"}
    sdk.records.update("task", row_id(Kind.TASK, keys[0]), done)
    sdk.records.update("task", row_id(Kind.TASK, keys[44]), {"statecode": 2, "statuscode": 6})
    sdk.records.delete("task", row_id(Kind.TASK, keys[43]))
    closed = connector.closings([*keys, keys[0]])
    assert closed[0] == Closing("task:0", Closed.DONE, NOW + timedelta(hours=5))
    assert [(one.key, one.how) for one in closed[1:]] == [
        ("task:43", Closed.GONE),
        ("task:44", Closed.CANCELLED),
    ]
    # What people did stays, whatever is sent again.
    assert isinstance(connector.send(replace(TASK, key=keys[0])), Done)
    assert sdk.records.retrieve("task", row_id(Kind.TASK, keys[0]))["statecode"] == 1
    # A contact that the SDK has made is found by its alternate key.
    sdk.records.create("contact", {"fullname": "Zoë", "mien_reference": "L-2"})
    assert isinstance(connector.send(replace(SEGMENT, customer=customer("L-2"))), Done)
    assert sorted(str(one["mien_segment"]) for one in ready.server.rows("contacts")) == [
        "None",
        "left unhappier",
    ]


def test_a_withdrawn_task_or_note_is_taken_away(ready: DataverseWorld, open_: Any) -> None:
    connector = open_(ready)
    for record in (VISIT, TASK, NOTE):
        assert isinstance(connector.send(record), Done)
    for _ in range(2):
        for kind, key in ((Kind.TASK, TASK.key), (Kind.NOTE, NOTE.key)):
            assert isinstance(connector.send(Withdrawal(key, 60, kind, "erased")), Done)
    assert (ready.tasks(), ready.notes()) == ([], [])
    withdrawn = Withdrawal(VISIT.key, 60, Kind.VISIT, "erased: forget what was told of it")
    assert isinstance(connector.send(withdrawn), Done)
    (row,) = ready.server.rows("mien_visits")
    left = {name for name, value in row.items() if value is not None and not name.startswith("@")}
    assert left == {"mien_visitid", "mien_name", "mien_key", "mien_sequence", "mien_outcome", "mien_reason"}


def test_a_set_up_is_shown_first_made_once_and_goes_on_where_it_was_cut_off(
    dataverse: DataverseWorld, open_: Any
) -> None:
    connector, server = open_(dataverse), dataverse.server
    steps = connector.missing()
    assert [one.key for one in steps] == [
        "publisher", "solution", "table", "lookup", "key",
        "column contact.mien_reference", "column contact.mien_segment", "column contact.mien_segmentsequence",
        "contact key", "column task.mien_written",
    ]  # fmt: skip
    assert server.asked("POST") == [], "nothing is made by looking"
    for step in steps[:3]:
        assert isinstance(connector.make(step), Done)
    dataverse.proxy.faults.append(Fault.NONE)
    dataverse.proxy.faults.append(Fault.NONE)
    dataverse.proxy.faults.append(Fault.RESET_AFTER)
    assert isinstance(connector.make(steps[3]), Again)
    rest = connector.missing()
    assert [one.key for one in rest] == [one.key for one in steps[4:]], "the lookup was made all the same"
    for step in rest:
        assert isinstance(connector.make(step), Done)
    assert connector.missing() == []
    made = [headers for method, path, headers in server.log if method == "POST" and "Definitions" in path]
    assert {one.get("mscrm.solutionuniquename") for one in made} == {"mien_experience"}


def test_a_contact_can_be_known_by_a_column_that_is_there(dataverse: DataverseWorld, open_: Any) -> None:
    connector = open_(dataverse, contact_key="loyalty")
    steps = connector.missing()
    assert "column contact.mien_reference" not in [one.key for one in steps]
    for step in steps:
        assert isinstance(connector.make(step), Done)
    dataverse.server.insert("contacts", {"contactid": CONTACT, "loyalty": "L-3"})
    assert isinstance(connector.send(replace(SEGMENT, customer=customer("L-3"))), Done)
    assert dataverse.segment() == "left unhappier"


def said(connector: Any) -> dict[str, str]:
    return {one.what: one.said for one in connector.check() if not one.fine}


def test_a_check_says_what_is_wrong_and_the_way_out_and_writes_nothing(
    ready: DataverseWorld, open_: Any
) -> None:
    connector, server = open_(ready), ready.server
    assert said(connector) == {}
    server.lacking |= {"prvAssigntask", "prvAppendTocontact"}
    ready.server.tables["mien_visit"].key_state = "Pending"
    found = said(connector)
    assert (
        found["privileges on task"]
        == "The application may not: prvAssigntask; add them to its security role."
    )
    assert "prvAppendTocontact" in found["privileges on contact"]
    assert found["alternate key of mien_visit"].startswith("Its index over mien_key is 'Pending'; wait until")
    server.lacking.clear()
    server.depth = "Local"
    found = said(connector)
    assert "prvReadcontact (Local)" in found["privileges on contact"]
    assert "prvReadtask (Local)" in found["privileges on task"], "the manager owns them"
    assert "privileges on mien_visit" not in found, "its own rows are enough there"
    nobody = open_(ready, task_owner="dddddddd-0000-0000-0000-000000000000")
    assert "mend task_owner under [crm.dataverse]" in said(nobody)["owner of tasks"]
    assert {method for method, _, _ in server.log[-40:]} == {"GET"}


def test_a_check_before_the_set_up_names_it(dataverse: DataverseWorld, open_: Any) -> None:
    found = said(open_(dataverse))
    assert found["table mien_visit"].startswith("It is not there; 'mien crm setup FILE.toml' shows and makes")
    assert found["table contact"].startswith(
        "It lacks mien_reference, mien_segment, mien_segmentsequence; 'mien crm"
    )
    assert found["table task"].startswith("It lacks mien_written; 'mien crm setup")
    assert "There is none over mien_reference; " in found["alternate key of contact"]
    dataverse.server.secret = "another"
    assert "no token" in said(open_(dataverse))["access"]


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, "no object"),
        Reply(200, {"value": None}),
        Reply(302, None, {"Location": "https://elsewhere.example/"}),
        Reply(501, {"error": None}),
    ],
)
def test_answers_that_make_no_sense_are_results_too(ready: DataverseWorld, open_: Any, reply: Reply) -> None:
    connector, server = open_(ready), ready.server
    connector.check()
    for ask in (lambda: connector.closings(["task:1"]), lambda: connector.send(SEGMENT)):
        server.next.append(reply)
        assert isinstance(ask(), Parked | Again)
    server.next.append(reply)
    assert json.dumps([one.said for one in connector.check()])
