"""An application goes from draft to verified by two operators; every other way is refused."""

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import translation

from audit.models import AuditEvent
from identity import actions
from identity.actions import (
    approve_application,
    check_application,
    check_domain,
    create_membership,
    decline_application,
    state_evidence,
    submit_application,
    verify_organisation,
    withdraw_application,
)
from identity.models import Application, Organisation
from identity.states import ApplicationState, DomainOutcome, EvidenceKind, Function
from medicus.lib.actor import SYSTEM
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound, TooManyAttempts
from medicus.lib.ids import new_id
from tests.identity.test_commands import run
from tests.nameserver import Zone, nameserver

OWN, OPERATOR = "/api/v1/administration/application", "/api/v1/operator/applications"
IK = {"kind": EvidenceKind.IK, "reference": "260326822"}


@pytest.fixture
def zone(settings):
    with nameserver() as served:
        settings.DNS_RESOLVERS = [served.address]
        yield served


@pytest.fixture
def application(sandbox, zone) -> Application:
    found = Application.objects.get(organisation=sandbox)
    zone.texts[f"_medicus-challenge.{sandbox.domain}"] = [found.domain_token]
    return found


@pytest.fixture
def submitted(application, sara) -> dict:
    """What names the submitted application to an operator's action."""
    which = {"organisation_id": application.organisation_id}
    check_domain(by=sara.actor, **which)
    state_evidence(by=sara.actor, **which, **IK)
    submit_application(by=sara.actor, **which)
    return which | {"submission": 1}


@pytest.fixture
def checked(submitted, olga) -> dict:
    check_application(by=olga.actor, **submitted, note="Looked it up.")
    return submitted


def state(which) -> str:
    return Application.objects.get(organisation=which["organisation_id"]).state


def recorded(organisation_id) -> list[str]:
    return list(
        AuditEvent.objects.filter(
            organisation_id=organisation_id, event__regex="^(domain|evidence|application|organisation):"
        )
        .order_by("at", "event_id")
        .values_list("event", flat=True)
    )


# the whole way


def test_from_the_domain_to_the_approval_over_the_api(application, sara, olga, otto):
    assert sara.api.get(OWN).json()["record_value"] == application.domain_token
    assert sara.api.post(f"{OWN}/check-domain").json()["domain_outcome"] == "proven"
    evidence = {"kind": "ik", "reference": "260326822", "note": "arge-ik.de"}
    put = sara.api.put(f"{OWN}/evidence", evidence, content_type="application/json")
    assert (put.status_code, put.json()["evidence_reference"]) == (200, "260326822")
    assert sara.api.post(f"{OWN}/submit").json()["state"] == "submitted"
    one = f"{OPERATOR}/{application.organisation_id}"
    assert [each["name"] for each in olga.api.get(OPERATOR).json()["waiting"]] == ["Hospital S"]
    assert olga.api.post(f"{one}/check", {"submission": 1, "note": "ok"}).json()["state"] == "checked"
    approved = otto.api.post(f"{one}/approve", {"submission": 1}).json()
    assert (approved["state"], approved["checked_by"], approved["decided_by"]) == (
        "approved", "Olga Olsen", "Otto Oster",
    )  # fmt: skip
    assert Organisation.objects.get(id=application.organisation_id).verified_at
    assert [each["name"] for each in olga.api.get(OPERATOR).json()["decided"]] == ["Hospital S"]
    assert recorded(application.organisation_id) == [
        "organisation:create", "domain:check", "evidence:state", "application:submit", "application:check",
        "domain:check", "application:approve", "organisation:verify",
    ]  # fmt: skip


def test_from_the_domain_to_the_approval_on_the_pages(application, sara, olga, otto):
    one = f"/operator/applications/{application.organisation_id}"
    assert application.domain_token.encode() in sara.client.get("/administration/domain/").content
    sara.client.post("/administration/domain/")
    sara.client.post("/administration/evidence/", {"kind": "ik", "reference": "260326822", "note": ""})
    sara.client.post("/administration/application/submit/")
    page = olga.client.get(f"{one}/").content.decode()
    assert "260326822" in page
    assert "The record is there" in page
    olga.client.post(f"{one}/check/", {"submission": 1, "note": "Looked it up."})
    assert "another person decides" in olga.client.get(f"{one}/").content.decode()
    assert "Looked it up." in otto.client.get(f"{one}/").content.decode()
    otto.client.post(f"{one}/approve/", {"submission": 1})
    assert Organisation.objects.get(id=application.organisation_id).verified_at


def test_from_the_domain_to_the_queue_by_commands(application, sara, olga):
    domain = "hospital-s.example"
    assert application.domain_token in run("organisation", "show", domain)
    assert "proven" in run("organisation", "check_domain", domain)
    run("organisation", "evidence", domain, "--kind", "ik", "--reference", "260326822")
    run("organisation", "submit", domain)
    run("organisation", "withdraw", domain)
    run("organisation", "submit", domain)
    assert Application.objects.get().submissions == 2
    run("organisation", "decline", domain, "--reason", "Wrong number")
    assert "Wrong number" in run("organisation", "show", domain)


# who may


def test_only_its_own_administrators_move_it(application, sara, adam, alice, olga):
    for other in (adam, alice, olga):
        which = {"by": other.actor, "organisation_id": application.organisation_id}
        for act in (submit_application, withdraw_application):
            with pytest.raises(NotFound):
                act(**which)
        with pytest.raises(NotFound):
            state_evidence(**which, **IK)
    for other in (adam, alice):
        with pytest.raises(NotFound):
            check_domain(by=other.actor, organisation_id=application.organisation_id)
    assert Application.objects.get(id=application.id).evidence_kind == ""


@pytest.mark.parametrize("who", ["sara", "adam", "alice", "nobody"])
def test_only_operators_check_approve_and_decline(submitted, sara, adam, alice, who):
    by = SYSTEM if who == "nobody" else {"sara": sara, "adam": adam, "alice": alice}[who].actor
    with pytest.raises(NotFound):
        check_application(by=by, **submitted, note="ok")
    with pytest.raises(NotFound):
        approve_application(by=by, **submitted)
    if who != "nobody":
        with pytest.raises(NotFound):
            decline_application(by=by, **submitted, reason="no")
    assert state(submitted) == "submitted"


def test_an_administrator_sees_none_of_the_operators_pages(submitted, sara, adam):
    one = f"/operator/applications/{submitted['organisation_id']}"
    unknown = f"/operator/applications/{new_id()}"
    for person in (sara, adam):
        for address in (
            "/operator/applications/",
            f"{one}/",
            f"/api/v1{one}",
            "/api/v1/operator/applications",
        ):
            assert person.client.get(address).status_code == 404
        for step in ("check", "approve", "decline", "check-domain", "link", "remove"):
            own = person.client.post(f"{one}/{step}/", {"submission": 1, "note": "x", "reason": "x"})
            other = person.client.post(f"{unknown}/{step}/", {"submission": 1, "note": "x", "reason": "x"})
            assert (own.status_code, other.status_code) == (404, 404)
    assert state(submitted) == "submitted"


def test_an_operator_who_belongs_to_the_hospital_does_not_decide_on_it(submitted, olga, otto, checked):
    create_membership(
        by=SYSTEM,
        person_id=otto.person.id,
        organisation_id=submitted["organisation_id"],
        function=Function.IT,
    )
    with pytest.raises(Conflict, match="belong to this"):
        approve_application(by=otto.actor, **checked)
    assert state(checked) == "checked"


def test_an_operator_administers_nobody(olga, otto, sara):
    assert olga.client.get("/administration/people/").status_code == 404
    assert olga.client.get("/administration/").status_code == 404
    assert olga.client.get("/audit/").status_code == 404
    with pytest.raises(NotFound):
        actions.invite_person(
            by=olga.actor, organisation_id=olga.organisation.id, email="third@platform.example",
            given_name="T", family_name="T", function=Function.IT, is_admin=True,
        )  # fmt: skip
    with pytest.raises(NotFound):
        actions.invite_operator(by=olga.actor, email="x@platform.example", given_name="T", family_name="T")
    with pytest.raises(NotFound):
        verify_organisation(by=olga.actor, organisation_id=sara.organisation.id)


# two people


def test_the_operator_who_has_checked_does_not_approve(checked, olga, otto):
    with pytest.raises(Conflict, match="another person decides"):
        approve_application(by=olga.actor, **checked)
    page = olga.client.post(
        f"/operator/applications/{checked['organisation_id']}/approve/", {"submission": 1}
    )
    assert (page.status_code, state(checked)) == (409, "checked")
    approve_application(by=otto.actor, **checked)
    assert state(checked) == "approved"


def test_nobody_approves_what_nobody_has_checked(submitted, olga):
    with pytest.raises(Conflict):
        approve_application(by=olga.actor, **submitted)


@pytest.mark.parametrize(
    "change",
    [
        lambda olga, otto: {"checked_by": olga, "decided_by": olga},
        lambda olga, otto: {"checked_by": None, "decided_by": otto},
        lambda olga, otto: {"checked_by": olga, "decided_by": None},
        lambda olga, otto: {"checked_by": olga, "decided_by": otto, "domain_proven_at": None},
    ],
    ids=["same person", "nobody checked", "nobody decided", "no domain"],
)
def test_the_database_itself_holds_that_two_people_approve(checked, olga, otto, change):
    rows = Application.objects.filter(organisation=checked["organisation_id"])
    made = {"state": "approved", "decided_at": now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**made | change(olga.person, otto.person))
    rows.update(**made | {"checked_by": olga.person, "decided_by": otto.person})


@pytest.mark.parametrize(
    "change",
    [
        {"state": "declined", "decline_reason": ""},
        {"state": "checked", "check_note": ""},
        {"state": "castle"},
    ],
)
def test_the_database_itself_holds_that_each_step_says_why(checked, change):
    with pytest.raises(IntegrityError), transaction.atomic():
        Application.objects.update(**change)


def test_the_database_itself_keeps_one_operator_out_of_the_directory(platform, hospital_a):
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(id=platform.id).update(verified_at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Organisation.objects.filter(id=hospital_a.id).update(kind="operator", verified_at=None)
    with pytest.raises(Conflict):
        verify_organisation(by=SYSTEM, organisation_id=platform.id)
    with pytest.raises(Invalid):
        actions.create_operator_organisation(by=SYSTEM, domain="second.example")


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


def test_the_queue_costs_the_same_however_long_it_is(olga, submitted, django_assert_num_queries):
    from identity.access import queue
    from identity.actions import create_organisation
    from identity.states import OrganisationKind

    def measured() -> int:
        with django_assert_num_queries(4):
            found = queue(by=olga.actor)
        return len(found.waiting) + len(found.preparing)

    assert measured() == 1
    for number in range(3):
        create_organisation(
            by=SYSTEM, name="N", kind=OrganisationKind.CLINIC, domain=f"clinic-{number}.example"
        )
    assert measured() == 4
