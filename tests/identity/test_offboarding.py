"""Offboarding: what ends, for whom, how often, and what it says of itself. Pages, API, command and job."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from audit import actions as audit
from audit.models import AuditEvent
from identity.access import actor_in
from identity.access.offboarding import Leaver, preview, sheet
from identity.actions import (
    certify_identity_key,
    create_api_key,
    create_membership,
    invite_person,
    offboard,
    offboard_ended,
    reactivate_membership,
)
from identity.models import Device, IdentityKey, Invitation, Membership, Offboarding, Person
from identity.states import Function, MembershipState, OffboardingReason
from medicus.lib import callbacks
from medicus.lib.actor import SYSTEM, Scope
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from tests.cast import sign_in
from tests.identity.test_commands import run

DAY = dt.timedelta(days=1)


def page_of(who, name="offboarding"):
    return reverse(f"identity:{name}", args=[who.membership.id])


def offboarded(by, who, **more):
    return offboard(by=by.actor, membership_id=who.membership.id, **more)


def counts(row):
    return {step["step"]: step["count"] for step in row.steps}


@pytest.fixture
def seam():
    """Another app that holds something of the person."""
    heard = []

    def hear(**told):
        heard.append(told)
        return {"delete-api-keys": 2}

    callbacks.register("offboarded", hear)
    yield heard
    callbacks._registered["offboarded"].remove(hear)


def test_everything_of_alice_ends_at_once(adam, alice, device_of):
    device_of(alice)
    second = sign_in(alice.membership)
    row = offboarded(adam, alice)
    assert alice.api.get("/api/v1/me").status_code == 401
    assert second.api.get("/api/v1/me").status_code == 401
    assert Membership.objects.get(id=alice.membership.id).deactivated_at is not None
    assert not Device.objects.filter(person=alice.person, revoked_at=None).exists()
    assert not IdentityKey.objects.filter(person=alice.person, revoked_at=None).exists()
    done = counts(row)
    assert (done["end-access"], done["end-sessions"]) == (1, 2)
    assert (done["revoke-identity-key"], done["revoke-devices"]) == (1, 1)
    assert row.started_by_id == adam.person.id
    assert (row.finished_at - row.started_at).total_seconds() < 6


def test_who_is_told_that_access_ended_is_told_so_in_words_and_can_sign_in_elsewhere(adam, alice):
    offboarded(adam, alice)
    answer = alice.client.get("/")
    assert answer.status_code == 401
    text = answer.content.decode()
    assert "Your access has ended" in text
    assert "Hospital A" in text
    assert alice.api.get("/api/v1/me").json()["code"] == "access-ended"
    assert alice.client.get(reverse("identity:sign-in")).status_code == 200


def test_a_person_with_another_hospital_keeps_working_there(adam, alice, hospital_b, device_of):
    device_of(alice)
    other = create_membership(
        by=SYSTEM, person_id=alice.person.id, organisation_id=hospital_b.id, function=Function.PHYSICIAN
    )
    there = sign_in(other)
    row = offboarded(adam, alice)
    assert alice.api.get("/api/v1/me").status_code == 401
    assert there.api.get("/api/v1/me").json()["organisation"]["name"] == "Hospital B"
    assert counts(row)["end-sessions"] == 1


def test_twice_is_once(adam, alice, seam):
    first = offboarded(adam, alice)
    events = AuditEvent.objects.count()
    again = offboarded(adam, alice, reason=OffboardingReason.MISUSE)
    assert (again.id, again.reason) == (first.id, OffboardingReason.LEFT)
    assert AuditEvent.objects.count() == events
    assert len(seam) == 1


def test_the_page_of_who_is_offboarded_is_the_sheet(adam, alice):
    assert adam.client.get(page_of(alice)).status_code == 200
    row = offboarded(adam, alice)
    answer = adam.client.get(page_of(alice))
    assert (answer.status_code, answer["Location"]) == (
        302,
        reverse("identity:offboarding-sheet", args=[row.id]),
    )
    again = adam.client.post(page_of(alice), {"reason": "misuse"})
    assert again["Location"] == answer["Location"]


def test_other_apps_are_told_and_their_counts_stand_on_the_sheet(adam, alice, anton, seam):
    row = offboarded(adam, alice, deputy_id=anton.membership.id)
    told = Leaver(alice.membership.id, alice.person.id, alice.organisation.id, anton.membership.id)
    assert seam == [{"by": adam.actor, "leaver": told}]
    assert counts(row)["delete-api-keys"] == 2
    assert row.deputy == anton.membership


def test_what_fails_in_another_app_leaves_everything_as_it_was(adam, alice, seam, device_of):
    device_of(alice)

    def fail(**_):
        raise RuntimeError

    callbacks.register("offboarded", fail)
    try:
        with pytest.raises(RuntimeError):
            offboarded(adam, alice)
    finally:
        callbacks._registered["offboarded"].remove(fail)
    assert alice.api.get("/api/v1/me").status_code == 200
    assert Device.objects.filter(person=alice.person, revoked_at=None).count() == 1
    assert not AuditEvent.objects.filter(event="person:offboard").exists()


def test_open_links_are_withdrawn(adam, hospital_a):
    invited = invite_person(
        by=adam.actor,
        organisation_id=hospital_a.id,
        email="n.neu@hospital-a.example",
        title="",
        given_name="Nora",
        family_name="Neu",
        function=Function.NURSE,
        department_id=None,
        is_admin=False,
        valid_from=now(),
        valid_until=None,
    )
    row = offboard(by=adam.actor, membership_id=invited.invitation.membership_id)
    assert counts(row)["withdraw-invitations"] == 1
    assert Invitation.objects.get(id=invited.invitation.id).state == "revoked"


def key_made_by(who):
    """An API key that this administrator has made and seen, as a system's header."""
    token = create_api_key(
        by=who.actor, organisation_id=who.organisation.id, name="System", scopes=[Scope.PEOPLE_READ]
    ).token
    return {"authorization": f"Bearer {token}"}


def test_api_keys_that_she_has_made_end_with_her_and_those_of_others_go_on(adam, ada, berta):
    hers, his, elsewhere = key_made_by(ada), key_made_by(adam), key_made_by(berta)
    shown = preview(by=adam.actor, membership_id=ada.membership.id)
    assert {effect.step: effect.count for effect in shown.effects}["revoke-api-keys"] == 1
    assert counts(offboarded(adam, ada))["revoke-api-keys"] == 1
    path = "/api/v1/administration/people"
    answers = [Client().get(path, headers=held).status_code for held in (hers, his, elsewhere)]
    assert answers == [401, 200, 200]
    assert AuditEvent.objects.filter(event="api-key:revoke").count() == 1


def test_the_preview_counts_what_would_happen_and_changes_nothing(adam, alice, anton, device_of):
    device_of(alice)
    before = AuditEvent.objects.count()
    shown = preview(by=adam.actor, membership_id=alice.membership.id)
    told = {effect.step: effect.count for effect in shown.effects}
    assert (told["end-sessions"], told["revoke-devices"], told["revoke-identity-key"]) == (1, 1, 1)
    assert [deputy.name for deputy in shown.deputies] == ["Anton Albrecht"]
    assert AuditEvent.objects.count() == before
    assert told.items() <= counts(offboarded(adam, alice)).items()


# Refusals, each next to its permission


def test_nobody_offboards_themselves(adam, alice):
    with pytest.raises(Conflict):
        offboarded(adam, adam)
    assert adam.client.post(page_of(adam), {"reason": "left"}).status_code == 409
    assert adam.client.post(page_of(alice), {"reason": "left"}).status_code == 302


@pytest.mark.parametrize("who", ["bob", "berta", "anton", "alice"])
def test_only_the_own_hospitals_administrator_may(who, request, alice, adam):
    stranger = request.getfixturevalue(who)
    with pytest.raises(NotFound):
        offboarded(stranger, alice)
    for path in (page_of(alice), f"/api/v1/administration/people/{alice.membership.id}/offboarding"):
        unknown = path.replace(str(alice.membership.id), "01900000-0000-7000-8000-00000000dead")
        for client in (stranger.client, stranger.api):
            assert client.get(path).status_code == client.get(unknown).status_code == 404
            assert client.post(path).status_code == client.post(unknown).status_code == 404
    assert not Offboarding.objects.exists()


def test_a_sheet_is_for_the_own_hospitals_administrator(adam, alice, berta, anton):
    row = offboarded(adam, alice)
    for path in (
        reverse("identity:offboarding-sheet", args=[row.id]),
        reverse("identity:offboarding-pdf", args=[row.id]),
        f"/api/v1/administration/offboardings/{row.id}",
    ):
        assert adam.client.get(path).status_code == 200
        for stranger in (berta, anton):
            assert stranger.client.get(path).status_code == 404


def test_a_key_that_was_on_its_way_is_not_certified_afterwards(adam, alice):
    actor, request_der = alice.actor, alice.browser.request()
    offboard(by=adam.actor, membership_id=alice.membership.id)
    with pytest.raises(NotFound):
        certify_identity_key(by=actor, request_der=request_der)
    assert not IdentityKey.objects.exists()


def test_the_last_administrator_stays_until_there_is_another(adam, alice):
    with pytest.raises(Conflict):
        offboard(by=SYSTEM, membership_id=adam.membership.id)
    assert adam.api.get("/api/v1/me").status_code == 200
    Membership.objects.filter(id=alice.membership.id).update(is_admin=True)
    offboard(by=SYSTEM, membership_id=adam.membership.id)
    assert adam.api.get("/api/v1/me").status_code == 401


def test_an_administrator_who_was_ended_meanwhile_ends_nobody(adam, alice, anton):
    Membership.objects.filter(id=alice.membership.id).update(is_admin=True)
    alice.membership.refresh_from_db()
    actor = actor_in(alice.membership, verified_at=now())
    offboarded(adam, alice)
    with pytest.raises(Conflict):
        offboard(by=actor, membership_id=anton.membership.id)


@pytest.mark.parametrize("who", ["alice", "bob", "adam"])
def test_a_deputy_is_a_colleague_who_can_stand_in(who, request, adam, alice, anton):
    """Not herself, nobody of another hospital, and for a clinician only a clinician."""
    deputy = request.getfixturevalue(who)
    with pytest.raises(Invalid) as refused:
        offboarded(adam, alice, deputy_id=deputy.membership.id)
    assert "deputy_id" in refused.value.errors
    assert offboarded(adam, alice, deputy_id=anton.membership.id).deputy_id == anton.membership.id


def test_an_unknown_reason_is_named(adam, alice):
    with pytest.raises(Invalid) as refused:
        offboarded(adam, alice, reason="because")
    assert "reason" in refused.value.errors


# By date, and undone


def test_the_job_does_the_rest_when_the_last_day_has_passed(alice, anton, device_of):
    device_of(alice)
    Membership.objects.filter(id=alice.membership.id).update(valid_until=now())
    assert offboard_ended(by=SYSTEM) == 1
    row = Offboarding.objects.get()
    assert (row.membership_id, row.reason, row.started_by) == (alice.membership.id, "last-day", None)
    assert not Device.objects.filter(person=alice.person, revoked_at=None).exists()
    assert offboard_ended(by=SYSTEM) == 0
    assert anton.api.get("/api/v1/me").status_code == 200
    with pytest.raises(NotFound):
        offboard_ended(by=anton.actor)


def test_the_last_day_of_the_last_administrator_is_kept_to(adam):
    Membership.objects.filter(id=adam.membership.id).update(valid_until=now())
    assert offboard_ended(by=SYSTEM) == 1


def test_a_new_last_day_alone_opens_nothing(adam, alice):
    Membership.objects.filter(id=alice.membership.id).update(valid_until=now())
    offboard_ended(by=SYSTEM)
    with pytest.raises(Conflict):
        reactivate_membership(by=adam.actor, membership_id=alice.membership.id)
    Membership.objects.filter(id=alice.membership.id).update(valid_until=now() + DAY)
    assert sign_in(alice.membership).api.get("/api/v1/me").status_code == 401
    reactivate_membership(by=adam.actor, membership_id=alice.membership.id)
    assert sign_in(alice.membership).api.get("/api/v1/me").status_code == 200


def test_undone_is_access_alone_and_she_can_be_offboarded_again(adam, alice, device_of):
    device_of(alice)
    first = offboarded(adam, alice)
    assert adam.client.post(page_of(alice, "person-reactivate")).status_code == 302
    first.refresh_from_db()
    assert first.undone_at is not None
    back = sign_in(alice.membership)
    assert back.api.get("/api/v1/me").json()["identity_key"] is None
    assert not Device.objects.filter(person=alice.person, revoked_at=None).exists()
    second = offboarded(adam, alice)
    assert second.id != first.id


# What it says of itself


def test_each_line_of_the_sheet_is_an_event_that_is_sealed_seconds_later(adam, alice, anton, device_of):
    device_of(alice)
    row = offboarded(adam, alice, deputy_id=anton.membership.id)
    shown = sheet(by=adam.actor, offboarding_id=row.id)
    assert not shown.is_sealed
    assert shown.checkpoint is None
    audit.seal(by=SYSTEM)
    shown = sheet(by=adam.actor, offboarding_id=row.id)
    assert shown.is_sealed
    assert shown.checkpoint is not None
    assert (shown.name, shown.deputy, shown.started_by) == ("Alice Ahrens", "Anton Albrecht", "Adam Arnold")
    lines = {line.title: line.count for line in shown.lines}
    assert (lines["Sessions ended"], lines["Devices revoked"]) == (1, 1)
    assert all(0 <= line.seconds < 6 and not line.missing for line in shown.lines)
    recorded = AuditEvent.objects.filter(event="offboarding:step", organisation_id=alice.organisation.id)
    assert recorded.count() == len(shown.lines) - 1


def test_the_hospital_sees_the_steps_in_its_log_in_words(adam, alice, anton):
    offboarded(adam, alice, deputy_id=anton.membership.id)
    text = adam.client.get(reverse("audit:events")).content.decode()
    assert "Offboarding begun" in text
    assert "Leaves the organisation" in text
    assert "Devices revoked" in text
    assert "Anton Albrecht" in text


def test_by_command_with_a_deputy(alice, anton, adam):
    told = run(
        "person", "offboard", alice.person.email, "--organisation", "hospital-a.example",
        "--deputy", anton.person.email, "--reason", "lost",
    )  # fmt: skip
    row = Offboarding.objects.get()
    assert (row.reason, row.deputy_id) == ("lost", anton.membership.id)
    assert str(row.id) in told
    assert Membership.objects.get(id=alice.membership.id).deactivated_at


def test_state_is_deactivated(adam, alice):
    offboarded(adam, alice)
    answer = adam.api.get(f"/api/v1/administration/people/{alice.membership.id}")
    assert answer.json()["state"] == MembershipState.DEACTIVATED
    assert Person.objects.get(id=alice.person.id).is_active
