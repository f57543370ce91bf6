"""A hospital sets up its single sign-on; a new physician signs in by it, and reaches the work list."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from tests.identity.sso.conftest import Provider, start_provider
from tests.journeys import running as ways
from tests.journeys.browser import Person, signed_in
from tests.journeys.running import Running
from tests.journeys.test_pages import faults_of

pytestmark = pytest.mark.journey

EMAIL = "dora.dietz@nordstadt.example"
WORK_LIST = re.compile(r"//[^/]+/$")
SIX_MINUTES_LATER = """
from datetime import timedelta
from django.contrib.sessions.models import Session
from identity.session_store import SessionStore
from identity.sessions import FULL
from medicus.lib.clock import now
for row in Session.objects.all():
    session = SessionStore(row.session_key)
    if FULL in session:
        session[FULL] = session[FULL] | {"verified_at": (now() - timedelta(minutes=6)).isoformat()}
        session.save()
"""


@pytest.fixture(scope="module")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    started = start_provider(tmp_path_factory.mktemp("provider") / "a")
    started.control(asks=True, user=_user("dora", "Dora", "Dietz"))
    yield started
    started.service.stop()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("single-sign-on")
    started = ways.one_machine(folder, MEDICUS_PROVIDER_NETWORKS="127.0.0.0/8")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def stefan(browser: Browser, running: Running) -> Iterator[Person]:
    """The IT admin of Nordstadt."""
    person = signed_in(browser, running, "s.vogel@nordstadt.example")
    yield person
    person.close()


def _user(sub: str, given_name: str, family_name: str) -> dict[str, object]:
    email = f"{given_name}.{family_name}@nordstadt.example".lower()
    names = {"given_name": given_name, "family_name": family_name}
    return {"sub": sub, "email": email, "email_verified": True} | names


def set_up(stefan: Person, provider: Provider) -> None:
    page = stefan.page
    stefan.go("/administration/")
    page.get_by_role("link", name="Single Sign-on").click()
    stefan.look("sso-begin")
    assert faults_of(page, page.url) == []
    stefan.go("/administration/single-sign-on/")
    provider.control(redirect_uris=[page.get_by_label("Rückkehradresse").input_value()])
    page.get_by_label("Adresse des Ausstellers").fill(provider.issuer + "/")
    page.get_by_label("Client-ID").fill("medicus")
    page.get_by_label("Client-Secret").fill("a-secret-of-the-provider")
    page.get_by_label("unbekannt ist").select_option("physician")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("button", name="Prüfen").click()
    expect(page.locator("#trouble")).to_contain_text("nennt sich anders")
    stefan.look("sso-trouble")
    page.get_by_label("Adresse des Ausstellers").fill(provider.issuer)
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("#errors")).to_contain_text("Client-Secret")
    stefan.look("sso-secret-again")
    page.get_by_label("Client-Secret").fill("a-secret-of-the-provider")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("button", name="Prüfen").click()
    expect(page.locator("#trouble")).to_have_count(0)
    page.get_by_role("button", name="Einschalten").click()
    expect(page.locator("#state-title + .badge")).to_have_text("An")
    stefan.look("sso-on")
    stefan.faults.clear()  # Chromium reports the 400 of the slip


def connect(admin: Person, provider: Provider) -> None:
    """Set it up and turn it on, without a slip."""
    page = admin.page
    admin.go("/administration/single-sign-on/")
    provider.control(redirect_uris=[page.get_by_label("Rückkehradresse").input_value()])
    page.get_by_label("Adresse des Ausstellers").fill(provider.issuer)
    page.get_by_label("Client-ID").fill("medicus")
    page.get_by_label("Client-Secret").fill("a-secret-of-the-provider")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("button", name="Prüfen").click()
    expect(page.locator("#trouble")).to_have_count(0)
    page.get_by_role("button", name="Einschalten").click()
    expect(page.locator("#state-title + .badge")).to_have_text("An")


def leave(person: Person) -> None:
    person.go("/sign-in/?next=/directory/")
    person.page.get_by_label("E-Mail").fill(person.email)
    person.look("sso-sign-in")
    person.page.get_by_role("button", name="Über Ihr Krankenhaus anmelden").click()
    expect(person.page.get_by_role("heading", name="Login of Hospital A")).to_be_visible()


def test_a_new_physician_signs_in_by_the_single_sign_on_that_the_hospital_has_set_up(
    browser: Browser, running: Running, provider: Provider, stefan: Person
) -> None:
    set_up(stefan, provider)
    dora = Person.at(browser, running, EMAIL)
    page = dora.page
    leave(dora)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#reference")).to_be_visible()
    reference = page.locator("#reference").inner_text()
    dora.look("sso-refused")
    stefan.go("/audit/?event=sign-in:provider-refuse")
    stefan.page.get_by_text("Einzelheiten").last.click()
    expect(stefan.page.get_by_text(reference)).to_be_visible()
    expect(stefan.page.get_by_text("Der Anmeldedienst hat niemanden eingelassen")).to_be_visible()
    stefan.look("sso-audit")
    dora.go("/sign-in/hospital/?at=nordstadt.example")
    dora.look("sso-link")
    assert faults_of(page, page.url) == []
    leave(dora)
    page.get_by_role("button", name="Sign in as Dora").click()
    expect(page).to_have_url(re.compile("/enrol/"))
    dora.look("sso-enrol")
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.locator("input[name=code]").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="Bestätigen und anmelden").click()
    page.get_by_role("link", name="Nicht jetzt").click()
    expect(page).to_have_url(re.compile("/directory/"))
    dora.go("/")
    expect(page).to_have_url(WORK_LIST)
    dora.look("sso-work-list")
    dora.faults.clear()  # Chromium reports the 403 of the cancelled sign-in
    dora.close()


def test_who_has_shown_the_second_factor_there_works_at_once_and_confirms_there(
    browser: Browser, running: Running, provider: Provider, stefan: Person
) -> None:
    page = stefan.page
    stefan.go("/administration/single-sign-on/")
    page.get_by_text("Der Anmeldedienst fragt nach dem zweiten Faktor").click()
    page.get_by_label("amr-Werte").fill("otp")
    page.get_by_role("button", name="Speichern").click()
    provider.control(amr=["pwd", "otp"], user=_user("doris", "Doris", "Dorn"))
    doris = Person.at(browser, running, "doris.dorn@nordstadt.example")
    leave(doris)
    doris.page.get_by_role("button", name="Sign in as Dora").click()
    expect(doris.page).to_have_url(re.compile("/directory/"))
    running.manage("shell", "-c", SIX_MINUTES_LATER)
    doris.go("/account/confirm/?next=/account/")
    doris.look("sso-confirm")
    assert faults_of(doris.page, doris.page.url) == []
    doris.go("/account/confirm/?next=/account/")
    with doris.context.expect_page() as opened:
        doris.page.get_by_role("button", name="Anmeldung Ihres Krankenhauses öffnen").click()
    tab = opened.value
    tab.get_by_role("button", name="Sign in as Dora").click()
    expect(tab.get_by_role("heading", name="Bestätigt")).to_be_visible()
    tab.close()
    doris.page.get_by_role("button", name="Weiter").click()
    expect(doris.page).to_have_url(re.compile(r"//[^/]+/account/$"))
    doris.look("sso-account")
    doris.close()


def test_the_administrator_sees_whose_account_is_bound(stefan: Person) -> None:
    stefan.go("/administration/people/?q=Dietz")
    stefan.page.locator("a.person__name").first.click()
    expect(stefan.page.get_by_role("button", name="Konto beim Anmeldedienst vergessen")).to_be_visible()
    stefan.look("sso-person")
    stefan.go("/administration/single-sign-on/")
    expect(stefan.page.get_by_text("2 Personen")).to_be_visible()
    assert faults_of(stefan.page, stefan.page.url) == []
