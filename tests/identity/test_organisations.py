"""Organisations: created with a CA of their own, verified by the operator."""

import stat
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from django.conf import settings
from django.db import IntegrityError, transaction

from audit.models import AuditEvent
from identity.access.people import (
    department_named,
    organisation,
    organisation_by_domain,
    visible_organisations,
)
from identity.actions import create_department, create_organisation, verify_organisation
from identity.authority import organisation_key, root_certificate
from identity.models import Organisation
from identity.states import OrganisationKind, Speciality
from medicus.lib.actor import SYSTEM, Actor, Role
from medicus.lib.errors import Conflict, Invalid, NotFound
from medicus.lib.ids import new_id

NEW: Any = {"name": "Hospital N", "kind": OrganisationKind.HOSPITAL, "domain": "hospital-n.example"}
OPERATOR = Actor(None, None, None, frozenset({Role.OPERATOR}))


@pytest.mark.parametrize("by", [SYSTEM, OPERATOR])
def test_an_organisation_gets_a_ca_that_can_only_name_its_own_domain(db, by):
    made = create_organisation(by=by, **NEW)
    certificate = x509.load_der_x509_certificate(bytes(Organisation.objects.get().ca_certificate))
    certificate.verify_directly_issued_by(root_certificate())
    constraint = certificate.extensions.get_extension_for_class(x509.NameConstraints)
    assert constraint.critical
    assert [str(name.value) for name in constraint.value.permitted_subtrees or ()] == ["hospital-n.example"]
    assert certificate.public_key() == organisation_key(made.id).public_key()
    assert made.verified_at is None


def test_its_key_is_a_file_that_nobody_else_reads(db):
    made = create_organisation(by=SYSTEM, **NEW)
    path = Path(settings.KEYS_DIR) / "organisations" / f"{made.id}.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_nobody_but_the_operator_creates_or_verifies_one(alice, adam):
    for member in (alice, adam):
        with pytest.raises(NotFound):
            create_organisation(by=member.actor, **NEW)
        with pytest.raises(NotFound):
            verify_organisation(by=member.actor, organisation_id=member.organisation.id)


def test_a_verification_happens_once_and_is_recorded(db):
    made = create_organisation(by=SYSTEM, **NEW)
    assert verify_organisation(by=SYSTEM, organisation_id=made.id).verified_at
    with pytest.raises(Conflict):
        verify_organisation(by=SYSTEM, organisation_id=made.id)
    with pytest.raises(NotFound):
        verify_organisation(by=SYSTEM, organisation_id=new_id())
    recorded = AuditEvent.objects.filter(organisation_id=made.id).values_list("event", flat=True)
    assert sorted(recorded) == ["organisation:create", "organisation:verify"]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"kind": "castle"}, "kind"),
        ({"domain": ""}, "domain"),
        ({"domain": "localhost"}, "domain"),
        ({"domain": "no domain.example"}, "domain"),
        ({"domain": "-a.example"}, "domain"),
        ({"domain": "a..example"}, "domain"),
        ({"domain": f"{'a' * 63}.{'b' * 63}.{'c' * 63}.example"}, "domain"),
        ({"domain": "HOSPITAL-A.example."}, "domain"),
        ({"domain": "ward.hospital-a.example"}, "domain"),
        ({"domain": "example"}, "domain"),
    ],
)
def test_bad_fields_are_named(hospital_a, changes, field):
    with pytest.raises(Invalid) as refusal:
        create_organisation(by=SYSTEM, **NEW | changes)
    assert list(refusal.value.errors) == [field]
    assert Organisation.objects.count() == 1


def test_a_domain_above_another_s_is_refused_too(db):
    create_organisation(by=SYSTEM, **NEW | {"domain": "ward.hospital-n.example"})
    with pytest.raises(Invalid):
        create_organisation(by=SYSTEM, **NEW)


def test_the_database_itself_keeps_domains_in_lower_case(hospital_a):
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.update(domain="Hospital-A.example")


def test_adam_creates_departments_of_his_own_hospital(adam, hospital_b):
    made = create_department(
        by=adam.actor,
        organisation_id=adam.organisation.id,
        name="Ward 3",
        speciality=Speciality.CARDIOLOGY,
    )
    assert department_named(by=SYSTEM, organisation_id=adam.organisation.id, name="Ward 3") == made
    assert department_named(by=adam.actor, organisation_id=adam.organisation.id, name="Ward 3") is None
    with pytest.raises(NotFound):
        create_department(by=adam.actor, organisation_id=hospital_b.id, name="Ward 3")


def test_alice_creates_none(alice):
    with pytest.raises(NotFound):
        create_department(by=alice.actor, organisation_id=alice.organisation.id, name="Ward 3")


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"name": ""}, "name"), ({"name": "Twice"}, "name"), ({"speciality": "x"}, "speciality")],
)
def test_bad_fields_of_a_department_are_named(adam, changes, field):
    create_department(by=adam.actor, organisation_id=adam.organisation.id, name="Twice")
    with pytest.raises(Invalid) as refusal:
        create_department(by=adam.actor, organisation_id=adam.organisation.id, **{"name": "New"} | changes)
    assert list(refusal.value.errors) == [field]


def test_an_organisation_is_seen_when_it_is_verified_or_the_own(alice, hospital_b, charlie, hospital_c):
    Organisation.objects.filter(id=hospital_c.id).update(verified_at=None)
    assert [each.name for each in visible_organisations(by=alice.actor)] == ["Hospital A", "Hospital B"]
    assert [each.name for each in visible_organisations(by=charlie.actor)] == ["Hospital C"]
    assert organisation(by=charlie.actor, organisation_id=hospital_c.id) == hospital_c
    with pytest.raises(NotFound):
        organisation(by=alice.actor, organisation_id=hospital_c.id)
    with pytest.raises(NotFound):
        organisation_by_domain(by=alice.actor, domain="hospital-b.example")
