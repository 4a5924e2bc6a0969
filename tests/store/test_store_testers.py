"""Testers are no customers: what was read of them goes with the visits it was joined to, and does not come back."""

from visit_making import NOON, SITE, analyse, ended, made, uid, visit_of

WHY = "a tester"


def test_a_tester_goes_with_the_whole_visit_and_whoever_was_told_is_told(store):
    found = [made(number) for number in range(6)]
    analyse(store, found)
    store.visits.place(SITE, "s", visit_of(0, 1, 2))
    store.visits.place(SITE, "s", visit_of(3, 4))
    store.visits.close(SITE, "s", [ended(0), ended(3)])

    [gone] = store.visits.of([uid(1)])
    removed = store.erasures.forget([uid(1)], WHY)
    assert (removed["interactions"], removed["visits"]) == (3, 1)
    left = {one.id for one in store.recordings.interactions()}
    assert left == {uid(3), uid(4), uid(5)}
    assert [visit.members[0].interaction for visit in store.visits.list_visits(SITE)] == [uid(3)]
    news = [entry.event for entry in store.outbox.after(0)]
    withdrawn = [one for one in news if one.type.endswith("withdrawn")]
    assert {one.data["reason"] for one in withdrawn} == {WHY}
    assert {one.subject for one in withdrawn} == {uid(0), uid(1), uid(2), gone.uid}
    assert store.erasures.proofs()[0].removed == removed

    analyse(store, found, settings="another", at=NOON)
    assert {one.id for one in store.recordings.interactions()} == left
    assert store.erasures.forget([uid(1)], WHY) == {}
    assert news == [entry.event for entry in store.outbox.after(0)][: len(news)]
