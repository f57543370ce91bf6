"""The IT admin's pages: no barrier in any shape; and the way of a new colleague from the link to the second factor."""

import json
import re
from collections.abc import Iterator
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import PASSWORD, Person, signed_in
from tests.journeys.running import Running
from tests.journeys.test_pages import faults_of

pytestmark = pytest.mark.journey


@pytest.fixture(scope="module")
def stefan(browser: Browser, running: Running) -> Iterator[Person]:
    """The IT admin of Nordstadt."""
    person = signed_in(browser, running, "s.vogel@nordstadt.example")
    yield person
    person.close()


def page_of(stefan: Person, name: str) -> str:
    stefan.go(f"/administration/people/?q={name}")
    return str(stefan.page.locator("a.person__name").first.get_attribute("href"))


@pytest.mark.parametrize(
    "path",
    [
        "/administration/people/",
        "/administration/people/?q=zzz",
        "/administration/people/invite/",
        "/administration/departments/",
        "/administration/people/import/",
        "/administration/api-keys/",
    ],
)
def test_the_pages_have_no_barrier(stefan: Person, path: str) -> None:
    stefan.go(path)
    stefan.look(path.strip("/").replace("/", "-").replace("?", "-"))
    assert faults_of(stefan.page, path) == []
    assert stefan.faults == []


def test_the_pages_of_a_person_and_a_department_have_no_barrier(stefan: Person) -> None:
    person = page_of(stefan, "brandt")
    stefan.go(person)
    stefan.look("person")
    assert faults_of(stefan.page, person) == []
    assert faults_of(stefan.page, page_of(stefan, "vogel")) == []
    stefan.go("/administration/departments/")
    department = str(stefan.page.locator("main .row__title a").first.get_attribute("href"))
    assert faults_of(stefan.page, department) == []
    assert stefan.faults == []


def test_a_colleague_goes_from_the_link_to_the_second_factor(
    stefan: Person, browser: Browser, running: Running
) -> None:
    page = stefan.page
    stefan.go("/administration/people/invite/")
    page.get_by_label("E-Mail-Adresse").fill("n.neu@nordstadt.example")
    page.get_by_label("Vorname").fill("Nora")
    page.get_by_label("Familienname").fill("Neu")
    page.get_by_label("Funktion").select_option("nurse")
    page.get_by_role("button", name="Link erstellen").click()
    link = page.get_by_role("textbox", name="Der Link").input_value()
    stefan.look("invited")

    nora = Person.at(browser, running, "n.neu@nordstadt.example")
    nora.go(link)
    nora.look("invitation")
    assert faults_of(nora.page, link) == []
    nora.go(link)
    nora.page.get_by_role("button", name="In diesem Browser beginnen").click()
    expect(nora.page.get_by_text("n.neu@nordstadt.example")).to_be_visible()
    assert faults_of(nora.page, link) == []
    nora.go(link)
    nora.look("invitation-password")

    thief = Person.at(browser, running, "")
    thief.go(link)
    expect(thief.page.get_by_role("alert")).to_contain_text("in einem anderen Browser")
    thief.look("invitation-refused")
    assert faults_of(thief.page, link) == []
    thief.close()

    nora.page.get_by_label("Passwort", exact=True).fill(PASSWORD)
    nora.page.get_by_label("Passwort wiederholen").fill(PASSWORD)
    nora.page.get_by_role("button", name="Weiter").click()
    nora.enrol_app()
    expect(nora.page).to_have_url(re.compile(r"//[^/]+/$"))
    nora.close()


def test_the_admin_imports_a_list_and_undoes_it(stefan: Person) -> None:
    page = stefan.page
    head = "e-mail;vorname;nachname;funktion;abteilung\n"
    wrong = (head + "x@anderswo.example;Xaver;Xu;chirurg;Nirgends\n").encode()
    right = head + "".join(f"p{n}@nordstadt.example;Paul;Probe {n};Pflege;Kardiologie\n" for n in range(600))
    stefan.go("/administration/people/import/")
    page.get_by_label("CSV-Datei").set_input_files(
        [{"name": "x.csv", "mimeType": "text/csv", "buffer": wrong}]
    )  # type: ignore[list-item]
    page.get_by_role("button", name="Datei prüfen").click()
    expect(page.get_by_role("heading", name="Was nicht stimmt")).to_be_visible()
    stefan.look("import-faults")
    stefan.faults.clear()  # Chromium reports the 400 of the page
    page.get_by_label("CSV-Datei").set_input_files(
        [{"name": "x.csv", "mimeType": "text/csv", "buffer": right.encode()}]
    )  # type: ignore[list-item]
    page.get_by_role("button", name="Datei prüfen").click()
    expect(page.get_by_text("600 Personen können importiert werden")).to_be_visible()
    stefan.look("import-preview")
    address = page.url
    assert faults_of(page, address) == []
    stefan.go(address)
    page.get_by_role("button", name="600 Personen importieren").click()
    expect(page.get_by_text("600 Personen wurden angelegt")).to_be_visible()
    stefan.look("import-done")
    assert faults_of(page, address) == []
    stefan.go(address)
    page.get_by_role("button", name="Import rückgängig machen").click()
    page.get_by_role("dialog").get_by_role("button", name="Rückgängig machen").click()
    expect(page.get_by_text("Der Import ist rückgängig gemacht")).to_be_visible()
    assert stefan.faults == []


def test_a_system_brings_a_colleague_with_its_key_until_the_key_is_revoked(
    stefan: Person, running: Running
) -> None:
    page = stefan.page
    stefan.go("/administration/api-keys/")
    page.get_by_role("button", name="Schlüssel erstellen").click()
    expect(page.locator("#errors")).to_contain_text("Was er öffnet")
    stefan.faults.clear()  # Chromium reports the 400 of the page
    page.get_by_label("Name", exact=True).fill("Keycloak der IT-Abteilung")
    page.get_by_label("Personen und Abteilungen verwalten (SCIM)").check()
    stefan.look("api-keys-form")
    page.get_by_role("button", name="Schlüssel erstellen").click()
    key = page.get_by_role("textbox", name="Der Schlüssel").input_value()
    assert page.get_by_role("textbox", name="Adresse für SCIM").input_value() == f"{running.url}/scim/v2"
    stefan.look("api-key-made")
    assert provision(running, key) == 201
    stefan.go("/administration/people/?q=kessler")
    expect(page.locator("a.person__name")).to_contain_text("Kira Keßler")
    stefan.go("/audit/")
    expect(page.get_by_text("API-Schlüssel Keycloak der IT-Abteilung").first).to_be_visible()
    stefan.go("/administration/api-keys/")
    stefan.look("api-keys")
    assert faults_of(page, "/administration/api-keys/") == []
    stefan.go("/administration/api-keys/")
    page.get_by_role("button", name="Widerrufen Keycloak").click()
    page.get_by_role("dialog").get_by_role("button", name="Widerrufen").click()
    expect(page.get_by_text("widerrufen am")).to_be_visible()
    stefan.look("api-keys-revoked")
    assert provision(running, key) == 401
    assert stefan.faults == []


def provision(running: Running, key: str) -> int:
    """Make a person over SCIM, as a system of the hospital does."""
    person = {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
        "userName": "k.kessler@nordstadt.example",
        "name": {"givenName": "Kira", "familyName": "Keßler"},
    }
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/scim+json"}
    request = Request(f"{running.url}/scim/v2/Users", json.dumps(person).encode(), headers)
    try:
        with urlopen(request, timeout=10) as answer:
            return int(answer.status)
    except HTTPError as refused:
        return refused.code


def test_the_admin_deactivates_a_person_and_undoes_it(stefan: Person) -> None:
    page = stefan.page
    stefan.go(page_of(stefan, "yildiz"))
    page.get_by_role("button", name="Deaktivieren").click()
    page.get_by_role("dialog").get_by_role("button", name="Deaktivieren").click()
    expect(page.get_by_text("hat keinen Zugriff mehr")).to_be_visible()
    page.get_by_role("button", name="Wieder aktivieren").click()
    expect(page.get_by_text("hat wieder Zugang")).to_be_visible()
    assert stefan.faults == []
