"""A hospital that nobody knows becomes live: registered, its domain proven, checked and approved by two operators."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys import running as ways
from tests.journeys.browser import Person, signed_in
from tests.journeys.running import Running
from tests.journeys.test_account import authenticator
from tests.journeys.test_pages import faults_of
from tests.nameserver import Zone, nameserver

pytestmark = pytest.mark.journey

DOMAIN = "neustadt.example"
EMAIL = f"n.neuer@{DOMAIN}"


@pytest.fixture(scope="module")
def zone() -> Iterator[Zone]:
    with nameserver() as served:
        yield served


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory, zone: Zone) -> Iterator[Running]:
    started = ways.one_machine(tmp_path_factory.mktemp("onboarding"), MEDICUS_DNS_RESOLVERS=zone.address)
    yield started
    started.stop()


@pytest.fixture(scope="module")
def olga(browser: Browser, running: Running) -> Iterator[Person]:
    yield from _operator(browser, running, "o.lindner@plattform.example")


@pytest.fixture(scope="module")
def rolf(browser: Browser, running: Running) -> Iterator[Person]:
    yield from _operator(browser, running, "r.oster@plattform.example")


def _operator(browser: Browser, running: Running, email: str) -> Iterator[Person]:
    person = signed_in(browser, running, email)
    yield person
    person.close()


def register(nadja: Person) -> None:
    nadja.go("/sign-in/")
    nadja.page.get_by_role("link", name="Eine Einrichtung registrieren").click()
    page = nadja.page
    page.get_by_label("Name der Einrichtung").fill("Klinik Neustadt")
    page.get_by_label("Ort").fill("Neustadt")
    page.get_by_label("DNS-Domain").fill(DOMAIN)
    page.get_by_label("Vorname").fill("Nadja")
    page.get_by_label("Familienname").fill("Neuer")
    page.get_by_label("E-Mail-Adresse").fill(EMAIL)
    nadja.look("register")
    page.get_by_role("button", name="Registrieren").click()
    expect(page.get_by_role("heading", name="Vielen Dank")).to_be_visible()
    nadja.look("registered")


def hand_over(olga: Person) -> str:
    page = olga.page
    olga.go("/operator/applications/")
    olga.look("applications")
    page.get_by_role("link", name="Klinik Neustadt").click()
    olga.look("application-begin")
    address = page.url
    assert faults_of(page, address) == []
    olga.go(address)
    page.get_by_role("button", name="Link erstellen").click()
    link = page.get_by_role("textbox", name="Der Link").input_value()
    olga.look("operator-link")
    return str(link)


def enter(nadja: Person, link: str) -> None:
    page = nadja.page
    nadja.begin(link)
    expect(page.get_by_text("ist noch nicht geprüft")).to_be_visible()
    nadja.look("sandbox-home")
    nadja.go("/conversations/")
    assert page.evaluate("document.documentElement.scrollHeight - window.innerHeight") <= 1
    nadja.look("sandbox-conversations")
    page.get_by_role("link", name="Zur Checkliste").click()
    nadja.look("checklist-begin")


def step(nadja: Person, title: str) -> str:
    nadja.go("/administration/")
    row = nadja.page.locator(".checklist__step").filter(has_text=title).first
    return row.locator(".badge").inner_text()


def prove(nadja: Person, zone: Zone) -> None:
    page = nadja.page
    page.get_by_role("link", name="Domain nachweisen").click()
    nadja.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Wert kopieren").click()
    expect(page.get_by_text("Kopiert")).to_be_visible()
    value = page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name="Jetzt abfragen").click()
    expect(page.get_by_text("steht kein TXT-Eintrag")).to_be_visible()
    zone.texts[f"_medicus-challenge.{DOMAIN}"] = ["something else"]
    page.get_by_role("button", name="Noch einmal abfragen").click()
    expect(page.get_by_text("mit einem anderen Wert")).to_be_visible()
    nadja.look("domain-other-value")
    zone.texts[f"_medicus-challenge.{DOMAIN}"] = [value]
    page.get_by_role("button", name="Noch einmal abfragen").click()
    expect(page.get_by_role("link", name="Weiter zum Nachweis")).to_be_visible()
    nadja.look("domain-proven")


def apply(nadja: Person) -> None:
    page = nadja.page
    page.get_by_role("link", name="Weiter zum Nachweis").click()
    page.get_by_label("Was Sie nachweisen").select_option("ik")
    page.get_by_label("Nummer oder Eintrag").fill("260326821")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("#errors")).to_contain_text("Tippfehler")
    nadja.look("evidence-slip")
    page.get_by_label("Nummer oder Eintrag").fill("260326822")
    page.get_by_role("button", name="Speichern").click()
    page.get_by_role("button", name="Antrag einreichen").click()
    expect(page.locator("h1 + .badge")).to_have_text("Wartet auf die Prüfung")
    nadja.look("own-application")
    nadja.faults.clear()  # Chromium reports the 400 of the slip


def open_application(operator: Person) -> None:
    operator.go("/operator/applications/")
    operator.page.get_by_role("link", name="Klinik Neustadt").click()
    operator.page.wait_for_url(
        re.compile("/operator/applications/.+/")
    )  # loaded, so that its buttons ask first


def decline(olga: Person) -> None:
    open_application(olga)
    olga.page.get_by_label("Grund").fill("Bitte nennen Sie, wo die Nummer steht.")
    olga.page.get_by_role("button", name="Ablehnen").click()
    expect(olga.page.locator("h1 + .badge")).to_have_text("Abgelehnt")


def mend(nadja: Person) -> None:
    assert step(nadja, "Nachweis angeben") == "Sie sind dran"
    nadja.look("checklist-declined")
    nadja.page.get_by_role("link", name="Nachweis angeben").click()
    expect(nadja.page.get_by_text("wo die Nummer steht")).to_be_visible()
    nadja.page.get_by_label("Wo ein Betreiber es findet").fill("Verzeichnis der ARGE IK")
    nadja.page.get_by_role("button", name="Speichern").click()
    nadja.page.get_by_role("button", name="Noch einmal einreichen").click()


def check(olga: Person) -> None:
    open_application(olga)
    olga.page.get_by_label("Was Sie geprüft haben").fill("Nummer im Verzeichnis der ARGE IK nachgesehen.")
    olga.look("application-check")
    olga.page.get_by_role("button", name="Der Nachweis stimmt").click()
    expect(olga.page.get_by_text("Jemand anderes entscheidet")).to_be_visible()
    expect(olga.page.get_by_role("button", name="Genehmigen")).to_have_count(0)
    assert faults_of(olga.page, olga.page.url) == []


def approve(rolf: Person) -> None:
    open_application(rolf)
    rolf.look("application-approve")
    rolf.page.get_by_role("button", name="Genehmigen").click()
    rolf.page.get_by_role("dialog").get_by_role("button", name="Genehmigen").click()
    expect(rolf.page.locator("h1 + .badge")).to_have_text("Genehmigt")
    rolf.look("application-approved")


def set_up(nadja: Person) -> None:
    page = nadja.page
    cdp, _ = authenticator(nadja)
    nadja.go("/administration/")
    page.get_by_role("link", name="Eigener Passkey").click()
    page.get_by_label("Name des Passkeys").fill("Dienst-Notebook")
    page.get_by_role("button", name="Passkey hinzufügen").click()
    expect(page.get_by_text("Passkey: Dienst-Notebook")).to_be_visible()
    nadja.go("/administration/departments/")
    page.get_by_label("Name").fill("Kardiologie")
    page.get_by_role("button", name="Hinzufügen").click()
    expect(page.locator(".row__title", has_text="Kardiologie")).to_be_visible()
    nadja.go("/administration/people/invite/")
    page.get_by_label("E-Mail-Adresse").fill(f"k.kluge@{DOMAIN}")
    page.get_by_label("Vorname").fill("Karla")
    page.get_by_label("Familienname").fill("Kluge")
    page.get_by_label("Funktion").select_option("physician")
    page.get_by_role("button", name="Link erstellen").click()
    expect(page.get_by_role("textbox", name="Der Link")).to_be_visible()
    cdp.detach()


def test_from_the_application_to_a_live_hospital(
    browser: Browser, running: Running, olga: Person, rolf: Person, zone: Zone
) -> None:
    nadja = Person.at(browser, running, EMAIL)
    register(nadja)
    enter(nadja, hand_over(olga))
    prove(nadja, zone)
    apply(nadja)
    assert step(nadja, "Genehmigung durch zwei Personen") == "wartet"
    decline(olga)
    mend(nadja)
    check(olga)
    set_up(nadja)
    nadja.go("/administration/")
    expect(nadja.page.locator(".banner--sandbox")).to_be_visible()
    approve(rolf)
    nadja.go("/administration/")
    expect(nadja.page.locator(".banner--sandbox")).to_have_count(0)
    expect(nadja.page.locator(".checklist__step--done")).to_have_count(8)
    nadja.look("checklist-live")
    nadja.go("/directory/?q=brandt")
    expect(nadja.page.get_by_text("Anna Brandt")).to_be_visible()
    for path in ("/administration/", "/administration/domain/", "/administration/evidence/"):
        assert faults_of(nadja.page, path) == []
    assert nadja.faults == []
    nadja.close()


def test_the_pages_on_the_way_have_no_barrier(browser: Browser, running: Running, olga: Person) -> None:
    stranger = Person.at(browser, running, "")
    stranger.go("/register/")
    for path in ("/register/", "/register/thanks/"):
        assert faults_of(stranger.page, path) == []
    assert stranger.faults == []
    stranger.close()
    assert faults_of(olga.page, "/operator/applications/") == []
    wiebke = signed_in(browser, running, "w.reuter@weststadt.example")
    for path in (
        "/administration/",
        "/administration/domain/",
        "/administration/application/",
        "/directory/",
    ):
        assert faults_of(wiebke.page, path) == []
    assert re.search("Weststadt", wiebke.page.content())
    assert wiebke.faults == []
    wiebke.close()


def test_the_demo_s_administrator_sees_figures(browser: Browser, running: Running) -> None:
    stefan = signed_in(browser, running, "s.vogel@nordstadt.example")
    stefan.go("/administration/")
    expect(stefan.page.locator(".plot__column")).to_have_count(30)
    stefan.page.get_by_text("Alle Zahlen").click()
    stefan.look("figures")
    assert faults_of(stefan.page, "/administration/") == []
    assert stefan.faults == []
    stefan.close()
