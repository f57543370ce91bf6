"""Creating people and memberships, passwords, and what administrators may reset."""

import datetime as dt

import pytest
from django.contrib.auth.hashers import check_password
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from identity.access import membership, people_by_id
from identity.access.people import names_by_person_id, people_of, person_by_email
from identity.actions import (
    create_membership,
    create_person,
    reset_second_factor,
    set_password,
)
from identity.models import Membership, Person, TotpSecret
from identity.states import Function
from medicus.lib.actor import SYSTEM, Role
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.ids import new_id

NEW = {"email": "new@hospital-a.example", "given_name": "Nora", "family_name": "Neu"}


def test_adam_creates_a_person_and_her_place_in_his_hospital(adam):
    person = create_person(by=adam.actor, **NEW)
    made = create_membership(
        by=adam.actor, person_id=person.id, organisation_id=adam.organisation.id, function=Function.NURSE
    )
    assert membership(by=adam.actor, membership_id=made.id).person.name == "Nora Neu"
    assert not person.has_usable_password()
    recorded = AuditEvent.objects.filter(organisation_id=adam.organisation.id).values_list("event", flat=True)
    assert {"person:create", "membership:create"} <= set(recorded)


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_a_physician_creates_nobody(who, request):
    member = request.getfixturevalue(who)
    with pytest.raises(NotFound):
        create_person(by=member.actor, **NEW)
    with pytest.raises(NotFound):
        create_membership(
            by=member.actor,
            person_id=member.person.id,
            organisation_id=member.organisation.id,
            function=Function.PHYSICIAN,
        )


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"email": "no address"}, "email"),
        ({"email": ""}, "email"),
        ({"email": "ALICE.AHRENS@hospital-a.example"}, "email"),
        ({"given_name": " "}, "given_name"),
        ({"family_name": "x" * 101}, "family_name"),
        ({"password": "short"}, "password"),
        ({"password": "password1234"}, "password"),
        ({"password": "new@hospital-a.example"}, "password"),
    ],
)
def test_bad_fields_are_named(alice, adam, changes, field):
    with pytest.raises(Invalid) as refusal:
        create_person(by=adam.actor, **NEW | changes)
    assert list(refusal.value.errors) == [field]
    assert not Person.objects.filter(given_name="Nora").exists()


def test_what_cannot_be_recorded_does_not_happen(adam, monkeypatch):
    from audit import actions as audit

    def fail(*_, **__):
        raise RuntimeError

    monkeypatch.setattr(audit, "record", fail)
    with pytest.raises(RuntimeError):
        create_person(by=adam.actor, **NEW)
    assert not Person.objects.filter(email=NEW["email"]).exists()


def test_an_administrator_puts_nobody_into_another_hospital(adam, hospital_b):
    person = create_person(by=adam.actor, **NEW)
    with pytest.raises(NotFound):
        create_membership(
            by=adam.actor, person_id=person.id, organisation_id=hospital_b.id, function=Function.NURSE
        )


def test_an_administrator_does_not_draw_in_people_of_another_hospital(berta, alice):
    with pytest.raises(NotFound):
        create_membership(
            by=berta.actor,
            person_id=alice.person.id,
            organisation_id=berta.organisation.id,
            function=Function.PHYSICIAN,
        )


def test_one_place_in_each_hospital(alice, hospital_a):
    with pytest.raises(Invalid):
        create_membership(
            by=SYSTEM, person_id=alice.person.id, organisation_id=hospital_a.id, function=Function.NURSE
        )


def test_a_membership_names_a_department_of_its_own_hospital(adam, bob):
    person = create_person(by=SYSTEM, **NEW)
    place = {"person_id": person.id, "organisation_id": adam.organisation.id, "function": Function.NURSE}
    with pytest.raises(NotFound):
        create_membership(by=adam.actor, department_id=bob.membership.department_id, **place)
    with pytest.raises(Invalid) as refusal:
        create_membership(by=SYSTEM, department_id=bob.membership.department_id, **place)
    assert list(refusal.value.errors) == ["department"]


@pytest.mark.parametrize("wrong", [{"function": "surgeon"}, {"valid_until": now() - dt.timedelta(days=1)}])
def test_a_membership_with_a_wrong_field_is_refused(adam, wrong):
    person = create_person(by=SYSTEM, **NEW)
    with pytest.raises(Invalid):
        create_membership(
            by=SYSTEM,
            **{"person_id": person.id, "organisation_id": adam.organisation.id, "function": Function.IT}
            | wrong,
        )


def test_the_database_itself_holds_what_must_hold(alice, adam):
    broken = [
        lambda: Person.objects.filter(id=alice.person.id).update(email="Alice@hospital-a.example"),
        lambda: Membership.objects.filter(id=alice.membership.id).update(
            valid_until=alice.membership.valid_from
        ),
        lambda: Membership.objects.filter(id=adam.membership.id).update(function=Function.PATIENT),
    ]
    for change in broken:
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_roles_follow_from_function_and_duty(alice, adam):
    assert alice.actor.roles == {Role.CLINICIAN}
    assert adam.actor.roles == {Role.ADMIN}


def test_a_password_is_set_by_oneself_and_the_own_administrator(alice, adam):
    for by in (alice.actor, adam.actor, SYSTEM):
        set_password(by=by, person_id=alice.person.id, password="a long new passphrase")
    person = Person.objects.get(id=alice.person.id)
    assert check_password("a long new passphrase", person.password)
    assert person.auth_version == 4


def test_a_password_is_not_set_by_colleagues_or_other_hospitals(alice, anton, berta):
    for other in (anton, berta):
        with pytest.raises(NotFound):
            set_password(by=other.actor, person_id=alice.person.id, password="a long new passphrase")


def test_nobody_takes_over_an_account_that_another_hospital_shares(alice, adam, hospital_b, dora):
    create_membership(
        by=SYSTEM, person_id=dora.person.id, organisation_id=hospital_b.id, function=Function.PHYSICIAN
    )
    with pytest.raises(Conflict):
        set_password(by=adam.actor, person_id=dora.person.id, password="a long new passphrase")
    with pytest.raises(Conflict):
        reset_second_factor(by=adam.actor, person_id=dora.person.id)


def test_a_weak_password_is_refused_and_nothing_ends(alice):
    with pytest.raises(Invalid):
        set_password(by=alice.actor, person_id=alice.person.id, password="short")
    assert Person.objects.get(id=alice.person.id).auth_version == 1


def test_a_second_factor_is_reset_by_the_own_administrator_only(dora, adam, berta, alice):
    for other in (berta, alice):
        with pytest.raises(NotFound):
            reset_second_factor(by=other.actor, person_id=dora.person.id)
    assert TotpSecret.objects.filter(person=dora.person).exists()
    reset_second_factor(by=adam.actor, person_id=dora.person.id)
    assert not TotpSecret.objects.filter(person=dora.person).exists()
    assert dora.give_password()["Location"] == "/enrol/"


def test_nobody_resets_their_own_second_factor(adam):
    with pytest.raises(NotFound):
        reset_second_factor(by=adam.actor, person_id=adam.person.id)


def test_a_card_shows_who_somebody_is(alice, hospital_b):
    card = people_by_id([alice.person.id, new_id()])[alice.person.id]
    assert (card.name, card.function, card.speciality) == ("Alice Ahrens", "Physician", "Cardiology")
    assert (card.organisation_name, card.organisation_id) == ("Hospital A", alice.organisation.id)
    other = create_membership(
        by=SYSTEM, person_id=alice.person.id, organisation_id=hospital_b.id, function=Function.PHYSICIAN
    )
    assert people_by_id([alice.person.id])[alice.person.id].organisation_name == "Hospital A"
    Membership.objects.filter(id=alice.membership.id).update(valid_until=now())
    assert people_by_id([alice.person.id])[alice.person.id].organisation_name == "Hospital B"
    Membership.objects.filter(id=other.id).update(valid_until=now())
    assert people_by_id([alice.person.id])[alice.person.id].organisation_name == "Hospital A"


def test_cards_and_names_take_a_fixed_number_of_queries(alice, bob, adam, django_assert_num_queries):
    ids = [member.person.id for member in (alice, bob, adam)]
    with django_assert_num_queries(2):
        assert len(people_by_id(ids)) == 3
    with django_assert_num_queries(1):
        assert names_by_person_id(ids)[bob.person.id] == "Bob Becker"


def test_a_membership_of_an_unverified_or_absent_one_reads_alike(alice, bob, hospital_b):
    assert membership(by=alice.actor, membership_id=bob.membership.id).organisation == hospital_b
    type(hospital_b).objects.filter(id=hospital_b.id).update(verified_at=None)
    for membership_id in (bob.membership.id, new_id()):
        with pytest.raises(NotFound):
            membership(by=alice.actor, membership_id=membership_id)


def test_people_are_listed_for_their_own_administrator(alice, adam, berta):
    assert [m.person.name for m in people_of(by=adam.actor, organisation_id=adam.organisation.id)] == [
        "Alice Ahrens",
        "Adam Arnold",
    ]
    for other in (berta, alice):
        assert people_of(by=other.actor, organisation_id=adam.organisation.id) == []


def test_only_the_service_looks_people_up_by_address(alice, adam):
    assert person_by_email(by=SYSTEM, email=f" {alice.person.email.upper()}") == alice.person
    with pytest.raises(NotFound):
        person_by_email(by=adam.actor, email=alice.person.email)
