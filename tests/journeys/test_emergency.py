"""A protected folder: its department, a colleague in an emergency, and who reviews it."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import Person, signed_in
from tests.journeys.running import Running
from tests.journeys.test_rota import check

pytestmark = pytest.mark.journey
NUMBER = "100245"


def protect(anna: Person) -> None:
    page = anna.page
    anna.go(f"/patients/?q={NUMBER}")
    page.get_by_role("link", name="Mustermann, Erika").click()
    page.locator("medicus-confirm:defined").get_by_role("button", name="Nur für Kardiologie").click()
    anna.look("guard-question")
    page.get_by_role("button", name="Schützen").click()
    expect(page.get_by_text("Nur noch Kardiologie öffnet diese Akte.")).to_be_visible()
    check(anna, "guarded")


def open_in_emergency(leyla: Person) -> None:
    page = leyla.page
    leyla.go(f"/patients/?q={NUMBER}")
    check(leyla, "guarded-not-found")
    page.get_by_role("link", name="Notfallzugriff").last.click()
    page.get_by_role("button", name="Für eine Stunde öffnen").click()
    expect(page.get_by_role("alert")).to_contain_text("Bitte wählen Sie einen Grund.")
    leyla.look("emergency-refused")
    page.get_by_label("Patientennummer").fill(NUMBER)
    page.get_by_label("Niemand aus der Abteilung ist erreichbar").check()
    page.get_by_label("Was ist geschehen?").fill("Bewusstlos eingeliefert, Antikoagulation unklar.")
    check_filled(leyla)
    page.get_by_role("button", name="Für eine Stunde öffnen").click()
    expect(page).to_have_url(re.compile("/patients/"))
    expect(page.get_by_text("Notfallzugriff bis")).to_be_visible()
    check(leyla, "emergency-folder")


def check_filled(leyla: Person) -> None:
    """Looked at without a reload, which would empty the form."""
    leyla.look("emergency-form")


def review(stefan: Person) -> None:
    page = stefan.page
    stefan.go("/administration/")
    stefan.look("emergency-dashboard")
    page.get_by_role("link", name="Notfallzugriffe zu prüfen").click()
    check(stefan, "emergency-reviews")
    assert "Mustermann" not in page.content()
    page.get_by_label("Berechtigt", exact=True).check()
    page.get_by_label("Vermerk zur Prüfung").fill("Mit der Kardiologie besprochen.")
    page.get_by_role("button", name="Prüfung abschließen").click()
    expect(page.get_by_text("ist abgeschlossen")).to_be_visible()
    check(stefan, "emergency-reviewed")


def test_a_colleague_opens_it_for_an_hour_and_the_administrator_reviews_it(
    browser: Browser, running: Running
) -> None:
    anna = signed_in(browser, running, "a.brandt@nordstadt.example")
    leyla = signed_in(browser, running, "l.yildiz@nordstadt.example")
    stefan = signed_in(browser, running, "s.vogel@nordstadt.example")
    protect(anna)
    open_in_emergency(leyla)
    review(stefan)
    leyla.go("/emergency-access/")
    check(leyla, "emergency-own")
    leyla.page.get_by_role("button", name="Jetzt beenden").click()
    expect(leyla.page.get_by_text("Der Notfallzugriff ist beendet.")).to_be_visible()
    leyla.go(f"/patients/?q={NUMBER}")
    expect(leyla.page.get_by_text("Niemand gefunden")).to_be_visible()
    for person in (anna, leyla, stefan):
        assert [fault for fault in person.faults if "400 (Bad Request)" not in fault] == []
        person.close()
