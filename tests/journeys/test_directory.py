"""What a hospital and its people state in the directory, until a colleague of another one finds it."""

import pytest
from playwright.sync_api import Browser, expect

from tests.journeys.browser import PHONE, Person, signed_in
from tests.journeys.running import Running
from tests.journeys.test_pages import faults_of

pytestmark = pytest.mark.journey


def test_a_statement_is_found_by_a_colleague_elsewhere(browser: Browser, running: Running) -> None:
    stefan = signed_in(browser, running, "s.vogel@nordstadt.example")
    leyla = signed_in(browser, running, "l.yildiz@nordstadt.example")
    martin = signed_in(browser, running, "m.weiss@suedstadt.example")
    the_hospital_states(stefan)
    leyla_says_what_she_speaks(leyla)
    martin_finds_her(martin)
    for person in (stefan, leyla, martin):
        assert person.faults == [], person.email
        person.close()


def the_hospital_states(stefan: Person) -> None:
    page = stefan.page
    stefan.go("/administration/people/?q=yıldız")
    page.get_by_role("link", name="Yıldız").first.click()
    page.locator("section[aria-labelledby=directory-title] a.button").click()
    page.get_by_label("Telematik-ID").fill("nonsense")
    page.get_by_label("Intensivmedizin").check()
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("#errors")).to_contain_text("Telematik-ID")
    stefan.look("directory-statement-wrong")
    stefan.faults.clear()  # the browser names the answer 400
    expect(page.get_by_label("Intensivmedizin")).to_be_checked()
    page.get_by_label("Telematik-ID").fill("1-20012345678")
    page.get_by_role("button", name="Speichern").click()
    expect(page.locator("section[aria-labelledby=directory-title]")).to_contain_text("Intensivmedizin")
    stefan.look("directory-statement-of-person")
    stefan.go("/administration/directory/")
    page.get_by_role("textbox", name="Adresse").fill("https://pacs.nordstadt.example/dicom-web")
    page.locator("select[name=new-connection_type]").select_option("dicom-web")
    page.get_by_role("button", name="Hinzufügen").click()
    expect(page.locator("ul.rows")).to_contain_text("pacs.nordstadt.example")
    stefan.look("directory-entry")
    assert faults_of(page, "/administration/directory/") == []


def leyla_says_what_she_speaks(leyla: Person) -> None:
    leyla.go("/account/")
    leyla.page.locator("section[aria-labelledby=languages-title] a.button").click()
    leyla.page.get_by_label("Ukrainisch").check()
    leyla.look("directory-languages")
    leyla.page.get_by_role("button", name="Speichern").click()
    expect(leyla.page.locator("section[aria-labelledby=languages-title]")).to_contain_text("Ukrainisch")
    assert faults_of(leyla.page, "/account/languages/") == []


def martin_finds_her(martin: Person) -> None:
    page = martin.page
    martin.go("/directory/")
    page.get_by_role("combobox", name="Fachrichtung").select_option("neurology")
    page.get_by_text("Weitere Filter").click()
    page.get_by_role("combobox", name="Sprache").select_option("uk")
    page.get_by_label("Krankenhaus oder Ort").fill("mannh")
    page.get_by_role("button", name="Suchen").click()
    expect(page.locator("table.people tbody tr")).to_have_count(1)
    expect(page.locator("table.people")).to_contain_text("angegeben vom Krankenhaus")
    martin.look("directory-found")
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]  # as in tests.journeys.browser
    found = page.locator("table.people").bounding_box()
    assert found
    assert found["y"] < PHONE["height"], "the results begin on the first screen of a phone"
    page.get_by_role("link", name="Ukrainisch").click()
    page.get_by_role("link", name="Neurologie").first.click()
    expect(page.locator(".chips .chip")).to_have_count(1)
    assert faults_of(page, "/directory/?speciality=neurology&language=uk&q=y") == []
    martin.go("/directory/?speciality=urology&language=tr&on_duty=on")
    expect(page.get_by_role("link", name="Bei den Rollen suchen")).to_be_visible()
    martin.look("directory-nobody")
