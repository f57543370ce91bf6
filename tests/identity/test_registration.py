"""A hospital registers itself; and what nobody learns by trying."""

import datetime as dt
import re
from pathlib import Path

import pytest
import time_machine
from django.conf import settings as django_settings
from django.core import mail

from audit.models import AuditEvent
from identity.access import STRANGER
from identity.actions import Registration, register_organisation, remove_registration
from identity.models import Application, Membership, Organisation, Person
from identity.states import ApplicationState, OrganisationKind
from identity.tasks import expire
from medicus.lib.clock import now
from medicus.lib.errors import Conflict, Invalid, NotFound
from tests.identity.conftest import PASSWORD, fresh_browser
from tests.identity.test_commands import run
from tests.identity.test_invitations import begin, choose, link_in

NEW = {
    "name": "Klinik Neustadt",
    "kind": "hospital",
    "city": "Neustadt",
    "domain": "neustadt.example",
    "given_name": "Nadja",
    "family_name": "Neuer",
    "email": "n.neuer@neustadt.example",
}


def register(**changes):
    return fresh_browser().post("/register/", NEW | changes)


def events(name: str) -> int:
    return AuditEvent.objects.filter(event=name).count()


@pytest.fixture
def letters(settings):
    settings.EMAIL_HOST = "mail.platform.example"
    return mail.outbox


@pytest.mark.django_db(transaction=True)
def test_a_hospital_gets_a_sandbox_and_its_first_administrator_a_link(letters):
    assert register().headers["Location"] == "/register/thanks/"
    made = Organisation.objects.get()
    assert (made.name, made.kind, made.city, made.verified_at) == (NEW["name"], "hospital", "Neustadt", None)
    assert Application.objects.get().state == ApplicationState.DRAFT
    place = Membership.objects.get()
    assert (place.is_admin, place.person.email, place.person.language) == (True, NEW["email"], "en")
    (letter,) = letters
    assert letter.to == [NEW["email"]]
    link = re.findall(r"http://\S+", letter.body)[0]
    path = link[link.index("/invitation/") :]
    browser = fresh_browser()
    begin(browser, path)
    assert choose(browser, path, PASSWORD).headers["Location"] == "/enrol/"
    assert events("organisation:register") == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "known",
    [
        {"domain": "hospital-a.example", "email": "n@hospital-a.example"},
        {"domain": "ward.hospital-a.example", "email": "n@ward.hospital-a.example"},
        {"domain": "HOSPITAL-A.example.", "email": "N@Hospital-A.example"},
    ],
    ids=["taken", "inside another", "written otherwise"],
)
def test_a_known_domain_gets_the_same_answer_and_a_letter_too(hospital_a, letters, known):
    before = Organisation.objects.count()
    refused = register(**known)
    assert Organisation.objects.count() == before
    made = register()
    assert Organisation.objects.count() == before + 1
    same = ("status_code", "content", "headers")
    assert [getattr(refused, name) for name in same] == [getattr(made, name) for name in same]
    assert [letter.to for letter in letters] == [[known["email"].lower()], [NEW["email"]]]
    assert events("organisation:register-refuse") == 1


def test_a_known_address_gets_the_same_answer(alice, db):
    Person.objects.filter(id=alice.person.id).update(email="x@free.example")
    answer = register(domain="free.example", email="x@free.example")
    assert answer.headers["Location"] == "/register/thanks/"
    assert not Organisation.objects.filter(domain="free.example").exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": "  "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"kind": "operator"}, "kind"),
        ({"kind": "castle"}, "kind"),
        ({"domain": "localhost"}, "domain"),
        ({"domain": "no domain"}, "domain"),
        ({"email": "n@elsewhere.example"}, "email"),
        ({"email": "n@notneustadt.example"}, "email"),
        ({"email": "no address"}, "email"),
        ({"given_name": ""}, "given_name"),
        ({"family_name": "x" * 101}, "family_name"),
    ],
)
@pytest.mark.parametrize("domain_is_known", [False, True])
def test_bad_fields_are_named_whether_the_domain_is_known_or_not(hospital_a, changes, field, domain_is_known):
    known = {"domain": "hospital-a.example", "email": "n@hospital-a.example"} if domain_is_known else {}
    answer = register(**known | changes)
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in answer.content.decode()
    assert Organisation.objects.count() == 1
    sent = NEW | known | changes | {"language": "de"}
    with pytest.raises(Invalid) as refusal:
        register_organisation(by=STRANGER, registration=Registration(**sent), address="192.0.2.1")
    assert field in refusal.value.errors


@pytest.mark.parametrize("domain", ["neustadt.example", "hospital-a.example"])
def test_names_that_no_person_can_have_tell_nothing_either(hospital_a, domain):
    answer = register(given_name="-", family_name=".", domain=domain, email=f"n@{domain}")
    assert answer.status_code == 302


def test_an_operator_s_organisation_is_never_registered(db):
    sent = NEW | {"kind": OrganisationKind.OPERATOR}
    with pytest.raises(Invalid):
        register_organisation(by=STRANGER, registration=Registration(**sent), address="192.0.2.1")


def test_the_fourth_registration_of_a_domain_in_a_day_is_refused(db):
    for _ in range(3):
        assert register().status_code == 302
    answer = register()
    assert answer.status_code == 429
    assert b"Too many attempts" in answer.content
    assert register(domain="other.example", email="n@other.example").status_code == 302


def test_the_eleventh_registration_from_an_address_in_an_hour_is_refused(db):
    for number in range(10):
        assert register(domain=f"d{number}.example", email=f"n@d{number}.example").status_code == 302
    assert register().status_code == 429
    assert not Organisation.objects.filter(domain=NEW["domain"]).exists()


def test_through_the_api_it_is_the_same(hospital_a):
    browser = fresh_browser()
    for domain in ("neustadt.example", "hospital-a.example"):
        sent = NEW | {"domain": domain, "email": f"n@{domain}"}
        answer = browser.post("/api/v1/registrations", sent, content_type="application/json")
        assert (answer.status_code, answer.content) == (202, b"")
    assert Organisation.objects.filter(domain="neustadt.example").exists()
    bad = browser.post("/api/v1/registrations", NEW | {"kind": "operator"}, content_type="application/json")
    assert bad.status_code == 400


def test_where_registration_is_closed_there_is_none(db, settings):
    settings.OPEN_REGISTRATION = False
    assert register().status_code == 404
    assert fresh_browser().get("/register/").status_code == 404
    sent = fresh_browser().post("/api/v1/registrations", NEW, content_type="application/json")
    assert sent.status_code == 404
    assert b"/register/" not in fresh_browser().get("/sign-in/").content
    settings.OPEN_REGISTRATION = True
    assert b"/register/" in fresh_browser().get("/sign-in/").content


def test_without_a_mail_server_the_operator_hands_the_link_over(db, olga, sara):
    register()
    made = Organisation.objects.get(domain=NEW["domain"])
    address = f"/operator/applications/{made.id}/link/"
    assert b"operator of this platform hands you a link" in fresh_browser().get("/register/thanks/").content
    for other in (sara.client, fresh_browser()):
        assert other.post(address).status_code in {302, 404}
    link = link_in(olga.client.post(address))
    path = link[link.index("/invitation/") :]
    browser = fresh_browser()
    begin(browser, path)
    choose(browser, path, PASSWORD)
    assert olga.client.post(address).status_code == 409
    made = olga.api.post(f"/api/v1/operator/applications/{made.id}/link")
    assert made.status_code == 409


@pytest.mark.django_db(transaction=True)
def test_a_registration_that_nobody_has_entered_is_removed_and_the_domain_free(db, olga, sara):
    register()
    made = Organisation.objects.get(domain=NEW["domain"])
    key = Path(django_settings.KEYS_DIR) / "organisations" / f"{made.id}.key"
    assert key.exists()
    with pytest.raises(NotFound):
        remove_registration(by=sara.actor, organisation_id=made.id)
    assert olga.client.post(f"/operator/applications/{made.id}/remove/").status_code == 302
    assert not Organisation.objects.filter(id=made.id).exists()
    assert not key.exists()
    assert not Person.objects.filter(email=NEW["email"]).exists()
    assert events("organisation:remove") == 1
    assert register().status_code == 302
    assert Organisation.objects.filter(domain=NEW["domain"]).exists()


def test_one_that_somebody_has_entered_or_that_is_verified_is_not_removed(olga, sara, sandbox, hospital_a):
    Person.objects.filter(id=sara.person.id).update(last_login=now())
    for organisation in (sandbox, hospital_a):
        with pytest.raises(Conflict):
            remove_registration(by=olga.actor, organisation_id=organisation.id)
    assert Organisation.objects.count() == 3


def test_after_fourteen_days_an_abandoned_registration_is_gone_and_no_other_one(sandbox, hospital_a, dora):
    register()
    with time_machine.travel(now() + dt.timedelta(days=13), tick=False):
        expire()
        assert Organisation.objects.filter(domain=NEW["domain"]).exists()
    with time_machine.travel(now() + dt.timedelta(days=15), tick=False):
        expire()
    assert set(Organisation.objects.values_list("domain", flat=True)) == {sandbox.domain, hospital_a.domain}


def test_one_whose_administrator_has_begun_stays(db):
    register()
    Person.objects.update(password="argon2$something")
    with time_machine.travel(now() + dt.timedelta(days=400), tick=False):
        expire()
    assert Organisation.objects.count() == 1


def test_operators_are_invited_by_a_command(db):
    told = run(
        "operator", "add", "o.olsen@platform.example", "--given-name", "Olga", "--family-name", "Olsen"
    )
    assert "/invitation/?token=" in told
    run("operator", "add", "o.oster@platform.example", "--given-name", "Otto", "--family-name", "Oster")
    assert Organisation.objects.get().kind == OrganisationKind.OPERATOR
    assert not Application.objects.exists()
    assert "o.oster@platform.example" in run("operator", "list")
