"""The steps of an application: the proof, the evidence, submitting, declining and mending, each once."""

import pytest
from django.core import mail
from django.utils import translation

from identity.actions import (
    approve_application,
    check_application,
    check_domain,
    decline_application,
    state_evidence,
    submit_application,
    verify_organisation,
    withdraw_application,
)
from identity.models import Application, Organisation
from identity.states import ApplicationState, DomainOutcome, EvidenceKind
from medicus.lib.actor import SYSTEM
from medicus.lib.errors import Conflict, Invalid, TooManyAttempts
from tests.identity.conftest import IK, state
from tests.nameserver import Zone

# the proof, asked again


@pytest.mark.parametrize(
    ("break_it", "outcome"),
    [
        (lambda zone, name: zone.texts.pop(name), "not-found"),
        (lambda zone, name: zone.texts.__setitem__(name, ["something else"]), "other-value"),
        (lambda zone, name: setattr(zone, "fails", True), "unreachable"),
    ],
)
def test_the_approval_asks_dns_once_more(checked, otto, zone: Zone, break_it, outcome):
    break_it(zone, "_medicus-challenge.hospital-s.example")
    with pytest.raises(Conflict) as refusal:
        approve_application(by=otto.actor, **checked)
    assert refusal.value.extra["outcome"] == outcome
    found = Application.objects.get()
    assert (found.state, found.domain_outcome) == ("checked", outcome)
    assert bool(found.domain_proven_at) == (outcome == "unreachable")
    assert not Organisation.objects.get(id=found.organisation_id).verified_at


def test_a_token_of_another_hospital_proves_nothing(application, sara, zone):
    zone.texts["_medicus-challenge.hospital-s.example"] = ["A" * len(application.domain_token)]
    assert (
        check_domain(by=sara.actor, organisation_id=application.organisation_id) == DomainOutcome.OTHER_VALUE
    )
    assert b"with another value" in sara.client.get("/administration/domain/").content
    with pytest.raises(Conflict, match="prove the domain"):
        submit_application(by=sara.actor, organisation_id=application.organisation_id)


def test_dns_is_asked_thirty_times_in_a_quarter_of_an_hour_and_not_more(application, sara, zone):
    for _ in range(30):
        check_domain(by=sara.actor, organisation_id=application.organisation_id)
    with pytest.raises(TooManyAttempts):
        check_domain(by=sara.actor, organisation_id=application.organisation_id)
    assert sara.client.post("/administration/domain/").status_code == 429
    assert len(zone.asked) == 30


# evidence


@pytest.mark.parametrize(
    ("kind", "reference"),
    [
        ("telematik-id", "5-2-260326822"),
        ("ik", "260326822"),
        ("bsnr", "123456789"),
        ("trade-register", "Amtsgericht Mannheim HRB 12345"),
    ],
)
def test_each_kind_of_evidence_is_taken(application, sara, kind, reference):
    sent = {"kind": kind, "reference": f" {reference} ", "note": ""}
    assert sara.client.post("/administration/evidence/", sent).status_code == 302
    found = Application.objects.get(id=application.id)
    assert (found.evidence_kind, found.evidence_reference) == (kind, reference)


@pytest.mark.parametrize(
    ("kind", "reference", "field"),
    [
        ("ik", "260326821", "reference"),
        ("ik", "26032682", "reference"),
        ("bsnr", "12345678x", "reference"),
        ("telematik-id", "hospital", "reference"),
        ("trade-register", "Mannheim", "reference"),
        ("horoscope", "12", "kind"),
        ("ik", "", "reference"),
    ],
)
def test_what_cannot_be_evidence_is_named(application, sara, kind, reference, field):
    answer = sara.client.post("/administration/evidence/", {"kind": kind, "reference": reference, "note": ""})
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in answer.content.decode()
    with pytest.raises(Invalid) as refusal:
        state_evidence(
            by=sara.actor, organisation_id=application.organisation_id, kind=kind, reference=reference
        )
    assert list(refusal.value.errors) == [field]
    assert not Application.objects.get(id=application.id).evidence_reference


def test_what_is_being_checked_does_not_change(submitted, sara, olga):
    which = {"by": sara.actor, "organisation_id": submitted["organisation_id"]}
    with pytest.raises(Conflict):
        state_evidence(**which, kind=EvidenceKind.BSNR, reference="123456789")
    withdraw_application(**which)
    state_evidence(**which, kind=EvidenceKind.BSNR, reference="123456789")
    with pytest.raises(Conflict):
        withdraw_application(**which)
    submit_application(**which)
    check_application(by=olga.actor, organisation_id=which["organisation_id"], submission=2, note="ok")
    with pytest.raises(Conflict):
        withdraw_application(**which)


# submitting, declining, mending


def test_it_is_submitted_once_and_when_all_is_there(application, sara):
    which = {"by": sara.actor, "organisation_id": application.organisation_id}
    with pytest.raises(Conflict, match="domain"):
        submit_application(**which)
    check_domain(**which)
    with pytest.raises(Conflict, match="evidence"):
        submit_application(**which)
    state_evidence(**which, **IK)
    submit_application(**which)
    for _ in range(2):
        with pytest.raises(Conflict):
            submit_application(**which)
        assert sara.client.post("/administration/application/submit/").status_code == 409
    assert Application.objects.get(id=application.id).submissions == 1


def test_a_declined_one_is_mended_and_begins_anew(checked, sara, olga, otto):
    with pytest.raises(Invalid):
        decline_application(by=otto.actor, **checked, reason="  ")
    decline_application(by=otto.actor, **checked, reason="The number is another hospital's.")
    assert b"another hospital&#x27;s" in sara.client.get("/administration/evidence/").content
    which = {"by": sara.actor, "organisation_id": checked["organisation_id"]}
    state_evidence(**which, kind=EvidenceKind.BSNR, reference="123456789")
    submit_application(**which)
    found = Application.objects.get()
    assert (found.state, found.submissions, found.checked_by, found.decline_reason) == (
        "submitted",
        2,
        None,
        "",
    )
    # olga looked at the first one: her page is out of date
    with pytest.raises(Conflict, match="has changed"):
        check_application(by=olga.actor, **checked, note="ok")
    check_application(by=olga.actor, **checked | {"submission": 2}, note="ok")


def test_a_check_says_what_was_checked(submitted, olga):
    with pytest.raises(Invalid):
        check_application(by=olga.actor, **submitted, note=" ")
    with pytest.raises(Invalid):
        check_application(by=olga.actor, **submitted, note="x" * 1001)
    page = olga.client.post(
        f"/operator/applications/{submitted['organisation_id']}/check/", {"submission": 1, "note": ""}
    )
    assert (page.status_code, state(submitted)) == (400, "submitted")


def test_each_step_is_taken_once(checked, olga, otto):
    with pytest.raises(Conflict):
        check_application(by=otto.actor, **checked, note="again")
    approve_application(by=otto.actor, **checked)
    for by in (olga, otto):
        with pytest.raises(Conflict):
            approve_application(by=by.actor, **checked)
        with pytest.raises(Conflict):
            decline_application(by=by.actor, **checked, reason="too late")
    with pytest.raises(Conflict):
        check_domain(by=olga.actor, organisation_id=checked["organisation_id"])


def test_of_two_operators_at_once_one_is_told(submitted, olga, otto, monkeypatch):
    """Both have read it before either writes."""
    from identity.actions import applications

    real = applications.application_of
    stale = real(by=olga.actor, organisation_id=submitted["organisation_id"])
    decline_application(by=otto.actor, **submitted, reason="no")
    monkeypatch.setattr(applications, "application_of", lambda **_: stale)
    with pytest.raises(Conflict, match="has changed"):
        check_application(by=olga.actor, **submitted, note="ok")
    assert state(submitted) == "declined"


def test_what_the_machine_verifies_is_past_the_application(application, sara):
    verify_organisation(by=SYSTEM, organisation_id=application.organisation_id)
    assert Application.objects.get(id=application.id).state == ApplicationState.WAIVED
    with pytest.raises(Conflict):
        submit_application(by=sara.actor, organisation_id=application.organisation_id)


@pytest.mark.django_db(transaction=True)
def test_the_applicant_gets_a_letter_with_the_reason(checked, sara, otto, settings):
    settings.EMAIL_HOST = "mail.platform.example"
    with translation.override("en"):
        decline_application(by=otto.actor, **checked, reason="Please call us.")
    assert [(letter.to, "Please call us." in letter.body) for letter in mail.outbox] == [
        ([sara.person.email], True)
    ]


@pytest.mark.django_db(transaction=True)
def test_the_applicant_gets_a_letter_on_the_approval(checked, sara, otto, settings):
    settings.EMAIL_HOST = "mail.platform.example"
    approve_application(by=otto.actor, **checked)
    (letter,) = mail.outbox
    assert letter.to == [sara.person.email]
    assert "Hospital S" in letter.subject
