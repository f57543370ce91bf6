"""Alice opens a finding to Bob of another hospital, for a purpose and a time; and closes it again."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from audit.models import AuditEvent
from identity.models import Membership
from identity.states import Function
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.ids import new_id
from storage import access, actions
from storage.access import FindingCard
from storage.models import Share
from storage.states import SHARE_TRANSITIONS, ShareState
from tests.cast import Member
from tests.storage.folders import clean, folder_of, receive, share

pytestmark = [pytest.mark.usefixtures("quick_child"), pytest.mark.django_db]
WEEK = timedelta(days=7)


@pytest.fixture
def ct(alice: Member) -> FindingCard:
    """A clean finding of Alice's hospital."""
    return clean(alice)


def events(event: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(event=event))


def test_alice_shares_and_bob_opens_it(alice: Member, bob: Member, ct: FindingCard) -> None:
    assert bob.api.get(f"/api/v1/findings/{ct.finding_id}").status_code == 404
    ends = now() + WEEK
    answer = alice.api.post(
        f"/api/v1/findings/{ct.finding_id}/shares",
        {
            "membership_id": str(bob.membership.id),
            "purpose": "second-opinion",
            "expires_at": ends.isoformat(),
        },
    )
    assert answer.status_code == 201
    made = answer.json()
    assert (made["name"], made["organisation"]["name"]) == ("Bob Becker", "Hospital B")
    assert (made["state"], made["purpose"], made["revoked_at"]) == ("active", "second-opinion", None)
    shown = bob.api.get(f"/api/v1/findings/{ct.finding_id}").json()
    assert shown["patient"]["family_name"] == "Muster"
    assert shown["share"]["id"] == made["id"]
    assert shown["shares"] == []
    assert bob.api.get(f"/api/v1/findings/{ct.finding_id}/file").status_code == 200
    assert alice.api.get(f"/api/v1/findings/{ct.finding_id}").json()["shares"] == [made]


def test_bob_finds_it_in_his_list_and_nobody_else_does(
    alice: Member, bob: Member, charlie: Member, berta: Member, ct: FindingCard
) -> None:
    share(alice, ct.finding_id, bob)
    listed = bob.api.get("/api/v1/findings", {"shared": "with-me"}).json()["results"]
    assert [finding["id"] for finding in listed] == [str(ct.finding_id)]
    for other in (alice, charlie, berta):
        assert other.api.get("/api/v1/findings", {"shared": "with-me"}).json() == {"results": []}
    assert bob.api.get("/api/v1/findings").status_code == 400


def test_the_share_opens_the_finding_and_not_the_folder(alice: Member, bob: Member, ct: FindingCard) -> None:
    share(alice, ct.finding_id, bob)
    assert bob.api.get(f"/api/v1/patients/{ct.patient.patient_id}").status_code == 404
    assert bob.api.get(f"/api/v1/patients/{ct.patient.patient_id}/findings").status_code == 404


def test_a_colleague_of_bob_and_charlie_see_nothing(
    alice: Member, bob: Member, berta: Member, charlie: Member, ct: FindingCard
) -> None:
    share(alice, ct.finding_id, bob)
    for other in (berta, charlie):
        assert other.api.get(f"/api/v1/findings/{ct.finding_id}").status_code == 404
        assert other.api.get(f"/api/v1/findings/{ct.finding_id}/file").status_code == 404


def test_bob_in_another_job_does_not_take_the_share_along(
    alice: Member, bob: Member, hospital_c, ct: FindingCard
) -> None:
    from identity.access import actor_in

    share(alice, ct.finding_id, bob)
    elsewhere = Membership.objects.create(
        person=bob.person, organisation=hospital_c, function=Function.PHYSICIAN, valid_from=now()
    )
    with pytest.raises(NotFound):
        actions.open_finding(by=actor_in(elsewhere), finding_id=ct.finding_id)
    assert access.findings_shared_with(by=actor_in(elsewhere)) == []


# the end


def test_a_revoked_share_reads_like_a_finding_that_never_was(
    alice: Member, bob: Member, ct: FindingCard
) -> None:
    made = share(alice, ct.finding_id, bob)
    assert bob.api.get(f"/api/v1/findings/{ct.finding_id}").status_code == 200
    answer = alice.api.post(f"/api/v1/shares/{made.share_id}/revoke")
    assert (answer.status_code, answer.json()["state"]) == (200, "revoked")
    assert answer.json()["revoked_at"] is not None
    for path in ("", "/file", "/preview"):
        ended = bob.api.get(f"/api/v1/findings/{ct.finding_id}{path}")
        absent = bob.api.get(f"/api/v1/findings/{new_id()}{path}")
        assert (ended.status_code, ended.content) == (404, absent.content)
        assert sorted(ended.items()) == sorted(absent.items())
    assert bob.api.get("/api/v1/findings", {"shared": "with-me"}).json() == {"results": []}


def test_a_share_ends_by_itself_before_anybody_has_marked_it(
    alice: Member, bob: Member, ct: FindingCard
) -> None:
    made = share(alice, ct.finding_id, bob, expires_at=now() + WEEK)
    with time_machine.travel(now() + WEEK + timedelta(seconds=1), tick=False):
        with pytest.raises(NotFound):
            actions.open_finding(by=bob.actor, finding_id=ct.finding_id)
        with pytest.raises(NotFound):
            actions.open_file(by=bob.actor, finding_id=ct.finding_id)
        assert access.findings_shared_with(by=bob.actor) == []
        (shown,) = actions.open_finding(by=alice.actor, finding_id=ct.finding_id).shares
        assert (shown.share_id, shown.state, shown.active) == (made.share_id, ShareState.EXPIRED, False)
        with pytest.raises(Conflict):
            actions.revoke_share(by=alice.actor, share_id=made.share_id)
        assert actions.expire_shares(by=SYSTEM) == 1
        assert actions.expire_shares(by=SYSTEM) == 0
    assert Share.objects.get().state == ShareState.EXPIRED
    assert len(events("finding:unshare")) == 2


def test_what_has_run_out_can_be_shared_again_at_once(alice: Member, bob: Member, ct: FindingCard) -> None:
    share(alice, ct.finding_id, bob, expires_at=now() + WEEK)
    with pytest.raises(Conflict):
        share(alice, ct.finding_id, bob)
    with time_machine.travel(now() + WEEK + timedelta(seconds=1), tick=False):
        share(alice, ct.finding_id, bob)
        actions.open_finding(by=bob.actor, finding_id=ct.finding_id)
    assert sorted(Share.objects.values_list("state", flat=True)) == ["active", "expired"]


def test_who_has_left_the_hospital_has_left_the_share(alice: Member, bob: Member, ct: FindingCard) -> None:
    share(alice, ct.finding_id, bob)
    Membership.objects.filter(id=bob.membership.id).update(valid_until=now())
    assert bob.api.get(f"/api/v1/findings/{ct.finding_id}").status_code == 401


# who may share what


def test_only_the_findings_own_hospital_shares_and_revokes(
    alice: Member, anton: Member, adam: Member, bob: Member, charlie: Member, ct: FindingCard
) -> None:
    made = share(anton, ct.finding_id, bob)
    for other in (bob, charlie, adam):
        with pytest.raises(NotFound):
            share(other, ct.finding_id, charlie)
        with pytest.raises(NotFound):
            actions.revoke_share(by=other.actor, share_id=made.share_id)
    assert actions.revoke_share(by=alice.actor, share_id=made.share_id).state == ShareState.REVOKED
    with pytest.raises(Conflict):
        actions.revoke_share(by=alice.actor, share_id=made.share_id)


def test_not_to_colleagues_next_door_nor_to_it_admins_nor_to_nobody(
    alice: Member, anton: Member, berta: Member, ct: FindingCard
) -> None:
    for unfit in (anton, berta):
        with pytest.raises(Invalid) as refused:
            share(alice, ct.finding_id, unfit)
        assert list(refused.value.errors) == ["membership_id"]
    with pytest.raises(Invalid):
        actions.share_finding(
            by=alice.actor,
            finding_id=ct.finding_id,
            membership_id=new_id(),
            purpose="second-opinion",
            expires_at=now() + WEEK,
        )


def test_not_to_a_hospital_that_nobody_has_verified(alice: Member, bob: Member, ct: FindingCard) -> None:
    bob.organisation.verified_at = None
    bob.organisation.save()
    with pytest.raises(Invalid):
        share(alice, ct.finding_id, bob)


@pytest.mark.parametrize("away", [timedelta(0), timedelta(days=-1), timedelta(days=367)])
def test_not_into_the_past_nor_for_more_than_a_year(
    alice: Member, bob: Member, ct: FindingCard, away: timedelta
) -> None:
    with pytest.raises(Invalid) as refused:
        share(alice, ct.finding_id, bob, expires_at=now() + away)
    assert list(refused.value.errors) == ["expires_at"]


@pytest.mark.parametrize("purpose", ["", "curiosity"])
def test_not_without_a_purpose(alice: Member, bob: Member, ct: FindingCard, purpose: str) -> None:
    with pytest.raises(Invalid) as refused:
        actions.share_finding(
            by=alice.actor,
            finding_id=ct.finding_id,
            membership_id=bob.membership.id,
            purpose=purpose,
            expires_at=now() + WEEK,
        )
    assert list(refused.value.errors) == ["purpose"]


def test_not_before_it_has_been_examined(alice: Member, bob: Member) -> None:
    arrived = receive(alice, folder_of(alice))
    with pytest.raises(Conflict):
        share(alice, arrived.pk, bob)


# the record


def test_both_hospitals_officers_see_share_read_and_end(alice: Member, bob: Member, ct: FindingCard) -> None:
    both = {alice.organisation.id, bob.organisation.id}
    made = share(alice, ct.finding_id, bob)
    actions.open_finding(by=bob.actor, finding_id=ct.finding_id)
    actions.revoke_share(by=alice.actor, share_id=made.share_id)
    for name in ("finding:share", "finding:read", "finding:unshare"):
        found = events(name)
        assert {event.organisation_id for event in found} == both, name
        assert len(found) == 2
        assert all(b'"purpose":"second-opinion"' in bytes(event.canonical) for event in found)
        assert not any(b"Bob" in bytes(event.canonical) for event in found)


def test_without_the_audit_row_nothing_is_shared_or_revoked(
    alice: Member, bob: Member, charlie: Member, ct: FindingCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = share(alice, ct.finding_id, bob)

    def away(*args: object, **keywords: object) -> None:
        raise RuntimeError("the log is away")

    monkeypatch.setattr("audit.actions.record", away)
    with pytest.raises(RuntimeError):
        share(alice, ct.finding_id, charlie)
    with pytest.raises(RuntimeError):
        actions.revoke_share(by=alice.actor, share_id=made.share_id)
    assert list(Share.objects.values_list("state", flat=True)) == ["active"]


# the database


@pytest.mark.parametrize("before", ShareState)
@pytest.mark.parametrize("after", ShareState)
def test_every_pair_of_states_is_as_the_table_says(
    alice: Member, bob: Member, ct: FindingCard, before: ShareState, after: ShareState
) -> None:
    from storage.actions.shares import close_share

    made = share(alice, ct.finding_id, bob)
    ended_at = None if before == ShareState.ACTIVE else now()
    Share.objects.update(state=before.value, ended_at=ended_at)
    if after == ShareState.ACTIVE:
        assert after not in SHARE_TRANSITIONS[before]
        return
    row = Share.objects.select_related("finding__patient", "membership").get(id=made.share_id)
    with transaction.atomic():
        assert close_share(row, after, by=SYSTEM) is (after in SHARE_TRANSITIONS[before])


BREAKS = {
    "share_has_a_purpose": {"purpose": "curiosity"},
    "share_state_is_known": {"state": "paused", "ended_at": "now"},
    "share_ends_after_it_begins": {"expires_at": "now - 1"},
    "share_is_active_or_has_ended": {"ended_at": "now"},
}


@pytest.mark.parametrize(("constraint", "change"), BREAKS.items())
def test_the_database_refuses_a_share_that_cannot_be(
    alice: Member, bob: Member, ct: FindingCard, constraint: str, change: dict
) -> None:
    share(alice, ct.finding_id, bob)
    moments = {"now": now(), "now - 1": now() - timedelta(days=1)}
    change = {field: moments.get(value, value) for field, value in change.items()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Share.objects.update(**change)


def test_the_database_refuses_a_second_share_for_the_same_person(
    alice: Member, bob: Member, ct: FindingCard
) -> None:
    share(alice, ct.finding_id, bob)
    row = Share.objects.get()
    row.pk = new_id()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_the_list_takes_the_same_queries_for_one_share_and_for_five(alice: Member, bob: Member) -> None:
    patient = folder_of(alice)

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            access.findings_shared_with(by=bob.actor)
        return len(captured)

    share(alice, clean(alice, patient).finding_id, bob)
    few = queries()
    for _ in range(4):
        share(alice, clean(alice, patient).finding_id, bob)
    assert queries() == few <= 4
    with CaptureQueriesContext(connection) as captured:
        actions.open_patient_folder(by=alice.actor, patient_id=patient.patient_id)
    assert len(captured) <= 20
